"""The parts of a request that is too large for one task, and which waits for which. No I/O."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.ref import IssueRef
from app.domain.run import UNUSED, Usage
from app.domain.stage import Stage

FEWEST, MOST = 2, 10  # parts of a request
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MAX_TITLE, _MAX_BODY = 256, 60_000
_MARKER = re.compile(r"<!-- orc:part (\d+-\d+) ([a-z0-9][a-z0-9-]{0,39}) -->\s*\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """`key` names it among its siblings; `after` are keys of those that must be done before."""

    key: str
    title: str
    body: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartIssue:
    """A part on GitHub. `key` None: somebody else added it."""

    issue: IssueRef
    is_open: bool
    key: str | None = None


@dataclass(frozen=True, slots=True)
class MadePart:
    """A part that is a task of its own, on `issue`; `after` are keys of those that go before it.

    `request` is the digest of the wording with which it was made. `stage`, `usage` and `merged` are
    what its task's own record said last; None: it was not begun. `gone`: there is no such issue.
    """

    issue: IssueRef
    key: str
    title: str
    request: str
    after: tuple[str, ...] = ()
    stage: Stage | None = None
    usage: Usage = UNUSED
    merged: str | None = None
    gone: bool = False


def ready(parts: Sequence[MadePart]) -> tuple[MadePart, ...]:
    """Those that were not begun, and need not wait for another."""
    done = {part.key for part in parts if part.stage is Stage.DONE}
    waiting = (part for part in parts if part.stage is None and not part.gone)
    return tuple(part for part in waiting if set(part.after) <= done)


def check(parts: Sequence[Part]) -> None:
    """ValueError unless keys are good and different, and every part can be begun some day."""
    keys = [part.key for part in parts]
    if wrong := [key for key in keys if not _KEY.fullmatch(key)]:
        raise ValueError(f"a part's key is a-z, 0-9 and hyphens, at most 40, not {wrong[0]!r:.60}")
    if len(set(keys)) < len(keys):
        raise ValueError("two parts have the same key")
    if unknown := {key for part in parts for key in part.after} - set(keys):
        raise ValueError(f"a part waits for {min(unknown)!r:.60}, which is no part")
    _check_order(parts)


def _check_order(parts: Sequence[Part]) -> None:
    left = {part.key: set(part.after) for part in parts}
    while left:
        free = {key for key, needs in left.items() if not needs & left.keys()}
        if not free:
            raise ValueError(f"the parts {', '.join(sorted(left))} wait for one another")
        left = {key: needs for key, needs in left.items() if key not in free}


def wording(parent: IssueRef, part: Part) -> tuple[str, str]:
    """Title and text of its issue, the same each time, so that their digest is known."""
    return part.title[:_MAX_TITLE], f"{part.body[:_MAX_BODY]}\n\n{marker(parent, part.key)}"


def without_marker(body: str) -> str:
    return _MARKER.sub("", body).rstrip()


def is_marked(body: str) -> bool:
    """It is the text of a part, of whichever issue."""
    return _MARKER.search(body) is not None


def marker(parent: IssueRef, key: str) -> str:
    """Ends a part's text, so that it is found again instead of made a second time."""
    return f"<!-- orc:part {parent.key} {key} -->"


def key_of(parent: IssueRef, body: str) -> str | None:
    """The key in a sub-issue's text, if that is a part of `parent`."""
    found = _MARKER.search(body)
    return found[2] if found and found[1] == parent.key else None
