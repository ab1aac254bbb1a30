"""Places in a change that a verdict can't answer for, above all tests that became less. No blame.

A verdict can be no better than the tests it comes from; these are for whoever reviews them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

MOST = 40  # of one change
_SHOWN = 25  # in one text on GitHub
_LONG = 160  # characters of a path, and of what is quoted
_LEAD = (
    "Places where tests, what runs them, or what agents take orders from, were removed, relaxed or "
    "set up in another way. "
    "There may be good reasons; the tests alone can't tell."
)


class Kind(StrEnum):
    """What there is to look at, the weightiest first."""

    FILE_GONE = "a file with tests is gone"
    TEST_GONE = "a test is gone"
    FEWER_RUN = "fewer tests ran than before"
    NOT_RUN = "a test did not run"
    CHECKS_LESS = "a test checks less than it did, or nothing"
    ALWAYS_TRUE = "a check is always true"
    SKIPPED = "a test may be skipped, or is expected to fail"
    FEWER_CASES = "a test has fewer cases"
    SETTINGS = "what runs the tests was changed"
    AGENT_FILES = "what agents take orders from was changed"
    HOOK = "code can change what tests report"
    REPORT = "a test report is written or committed"
    ENDS_RUN = "code can end the test run, or run after it"
    AT_COLLECTION = "code runs while tests are collected"
    TELLS_TEST = "code can tell that it is tested"
    CHANGED = "a test that was there is another now"
    UNREAD = "it could not be looked at"


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` counts from 1 in the new file; 0: the whole file, or a line that is gone.

    `path` and `what` are quoted from the change, and as hostile as that.
    """

    kind: Kind
    path: str
    line: int = 0
    what: str = ""


def ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The weightiest first, each once and short, as many as can be told."""
    rank = {kind: place for place, kind in enumerate(Kind)}
    short = {replace(one, path=_flat(one.path), what=_flat(one.what)) for one in found}
    by_weight = sorted(short, key=lambda one: (rank[one.kind], one.path, one.line, one.what))
    return tuple(by_weight[:MOST])


def section(found: tuple[Finding, ...]) -> str:
    """For the pull request and the check run; empty where there is nothing to look at."""
    if not found:
        return ""
    lines = [f"- {_line(finding)}" for finding in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"- and {len(found) - _SHOWN} more")
    return "### Changes to look at\n\n" + _LEAD + "\n\n" + "\n".join(lines)


def title(found: tuple[Finding, ...]) -> str:
    """A few words behind a verdict's own."""
    return f"{len(found)} to look at" if found else ""


def _line(finding: Finding) -> str:
    what = f": {_code(finding.what)}" if finding.what.strip() else ""
    where = _code(finding.path) + (f", line {finding.line}" if finding.line else "")
    return f"{finding.kind} ({where}){what}"


def _code(text: str) -> str:
    """Foreign words as code that they can't end; nothing in it is a mention, link or tag."""
    return f"`{_flat(text).replace('`', chr(39)) or '?'}`"


def _flat(text: str) -> str:
    """One line of visible characters."""
    shown = "".join(c if c.isprintable() else " " for c in text[: 4 * _LONG])
    flat = re.sub(r" +", " ", shown).strip()
    return flat if len(flat) <= _LONG else flat[: _LONG - 1] + "…"
