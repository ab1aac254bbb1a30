"""What was said of a pull request's code, as GitHub shows it. It knows nobody's permission."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.remark import quoted


@dataclass(frozen=True, slots=True)
class Said:
    """One comment. `is_person`: no App and nobody who is gone; `ours`: this App wrote it.

    `edited`: who did that need not be who wrote it.
    """

    id: int
    by: str
    at: datetime
    text: str
    is_person: bool = True
    ours: bool = False
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """An unresolved conversation at a line. `line` None: the line has changed since.

    `hunk` is the piece of the diff at which it was begun, and as hostile as what it quotes.
    """

    id: str
    path: str
    line: int | None
    hunk: str
    comments: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Reviews:
    """All that reviewers say of a pull request at one moment.

    `decisive` are the texts of the last reviews for or against it, which may be empty; `remarks`
    those of reviews that are neither.
    """

    decisive: tuple[Said, ...] = ()
    remarks: tuple[Said, ...] = ()
    threads: tuple[Thread, ...] = ()


def settled(text: str, head: str) -> str:
    """A reply of ours to a thread; `text` is the developer's, which may have said nothing."""
    where = f"Settled in {head}." if text else f"The code is now as in {head}; please look again."
    return f"{quoted(text)}\n\n{where}" if text else where


def settled_marker(key: str) -> str:
    """Ends a reply of ours, so that it is found when it may have been written before."""
    return f"<!-- orc:settled {key} -->"
