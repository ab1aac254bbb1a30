"""Reviews of pull requests, their threads and comments, as plain values; no rules here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from app.sandbox.ids import node_id

if TYPE_CHECKING:
    from app.sandbox.state import Reaction

Side = Literal["LEFT", "RIGHT"]
ReviewState = Literal["PENDING", "COMMENTED", "APPROVED", "CHANGES_REQUESTED", "DISMISSED"]
OPINIONS = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What one person said of one commit. A reply in a thread is a review of its own, as there."""

    id: int
    repo_id: int
    pull_number: int
    author: str
    body: str
    state: ReviewState
    commit_id: str
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None = None  # None: pending, which only its author sees
    last_edited_at: datetime | None = None
    via_app: bool = False
    sequence: int = 0

    @property
    def node_id(self) -> str:
        return node_id("PRR", self.id, self.repo_id)


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file of the commit that was reviewed; LEFT: of what it was changed from."""

    path: str
    line: int
    side: Side = "RIGHT"
    start_line: int | None = None
    start_side: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewThread:
    """A conversation at a place. `comments` are ids, oldest first."""

    id: int
    repo_id: int
    pull_number: int
    place: Place
    base_sha: str  # of the diff in which it was begun
    commit_id: str
    position: int  # lines below the first hunk header of that diff
    diff_hunk: str
    comments: tuple[int, ...] = ()
    resolved_by: str | None = None

    @property
    def node_id(self) -> str:
        return node_id("PRRT", self.id, self.repo_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewComment:
    """One comment of a thread. `in_reply_to`: the thread's first comment, or None for that one."""

    id: int
    repo_id: int
    pull_number: int
    review_id: int
    thread_id: int
    author: str
    body: str
    commit_id: str  # the head when it was written
    created_at: datetime
    updated_at: datetime
    via_app: bool = False
    last_edited_at: datetime | None = None
    in_reply_to: int | None = None
    reactions: tuple[Reaction, ...] = ()

    @property
    def node_id(self) -> str:
        return node_id("PRRC", self.id, self.repo_id)
