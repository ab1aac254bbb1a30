"""What was said of a pull request's code, as GitHub shows it. It knows nobody's permission."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.remark import quoted


class Opinion(StrEnum):
    """A reviewer's latest decisive word. A dismissed one no longer counts for anything."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes requested"
    DISMISSED = "dismissed"


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
    original_line: int | None
    hunk: str
    comments: tuple[Said, ...]

    @property
    def waits_for_us(self) -> bool:
        """Whether somebody else had the last word."""
        return bool(self.comments) and not self.comments[-1].ours


@dataclass(frozen=True, slots=True)
class Review:
    """`opinion` None: the reviewer only remarked on something. `said.text` may be empty."""

    said: Said
    commit: str
    opinion: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Reviews:
    """All that reviewers say of a pull request at one moment.

    `mergeable` None: GitHub has not worked it out yet. `complete`: no thread was left out.
    """

    pull_request: int
    head: str
    mergeable: bool | None
    decisive: tuple[Review, ...] = ()
    remarks: tuple[Review, ...] = ()
    threads: tuple[Thread, ...] = ()
    complete: bool = True

    @property
    def waiting(self) -> tuple[Thread, ...]:
        return tuple(thread for thread in self.threads if thread.waits_for_us)


def settled(text: str, head: str) -> str:
    """A reply of ours to a thread; `text` is the developer's, which may have said nothing."""
    where = f"Settled in {head}." if text else f"The code is now as in {head}; please look again."
    return f"{quoted(text)}\n\n{where}" if text else where


def settled_marker(key: str) -> str:
    """Ends a reply of ours, so that it is found when it may have been written before."""
    return f"<!-- orc:settled {key} -->"
