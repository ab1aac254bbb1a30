"""Reviews and their threads as a pull request's page tells them; it reads and never changes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from app.sandbox.pages.diff import Line, parse
from app.sandbox.review import Review, ReviewComment, ReviewThread
from app.sandbox.shapes.reviews import current_line
from app.sandbox.state import Issue, PullRequest, Repository

_LINES = 5  # of the diff above a thread


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread. `line` None: it is outdated; `quote` is where it was begun."""

    thread: ReviewThread
    comments: tuple[ReviewComment, ...]
    line: int | None
    quote: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review in the conversation, with the threads that it began."""

    review: Review
    talks: tuple[Talk, ...]

    @property
    def created_at(self) -> datetime:
        return self.review.submitted_at or self.review.created_at

    @property
    def sequence(self) -> int:
        return self.review.sequence


Noted = dict[tuple[str, str, int], list[Talk]]


def talks(repo: Repository, pull: PullRequest) -> list[Talk]:
    return [_talk(repo, thread) for thread in repo.threads_of(pull.number)]


def _talk(repo: Repository, thread: ReviewThread) -> Talk:
    comments = tuple(repo.review_comments[key] for key in thread.comments)
    files = parse(f"diff --git a/x b/x\n{thread.diff_hunk}").files
    quote = [line for file in files for hunk in file.hunks for line in hunk.lines]
    return Talk(thread, comments, current_line(repo, thread), tuple(quote[-_LINES:]))


def reviewed(repo: Repository, issue: Issue) -> list[Reviewed]:
    """A review that is only a reply stands in its thread, and nowhere else."""
    if not isinstance(issue, PullRequest):
        return []
    begun: defaultdict[int, list[Talk]] = defaultdict(list)
    for talk in talks(repo, issue):
        begun[talk.comments[0].review_id].append(talk)
    found = [Reviewed(one, tuple(begun[one.id])) for one in repo.reviews_of(issue.number)]
    return [
        one
        for one in found
        if one.talks or one.review.body.strip() or one.review.state != "COMMENTED"
    ]


def noted(found: list[Talk]) -> Noted:
    """Threads by (file, side, line), as far as they still stand somewhere in the diff."""
    places: defaultdict[tuple[str, str, int], list[Talk]] = defaultdict(list)
    for talk in found:
        if talk.line is not None:
            places[talk.thread.place.path, talk.thread.place.side, talk.line].append(talk)
    return dict(places)
