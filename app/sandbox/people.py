"""What people do with reviews, protection and sub-issues, as demo and tests call it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.sandbox.protected import Protection
from app.sandbox.review import Place, Review, ReviewComment, ReviewThread, Side
from app.sandbox.rules import hierarchy, protection, reviews, threads
from app.sandbox.rules.reviews import Draft, Event
from app.sandbox.state import Issue, PullRequest, Repository, Role, State
from app.sandbox.world import Actor, World


@dataclass(frozen=True, slots=True)
class LineComment:
    """A comment at a line of the pull request's diff; LEFT: of what it was changed from."""

    path: str
    line: int
    body: str
    side: Side = "RIGHT"
    start_line: int | None = None

    @property
    def place(self) -> Place:
        start_side = None if self.start_line is None else self.side
        return Place(self.path, self.line, self.side, self.start_line, start_side)


class Reviewers(ABC):
    """Part of `Sandbox`."""

    _world: World

    @property
    @abstractmethod
    def state(self) -> State: ...

    @abstractmethod
    def _enter(self, repo: str, login: str, role: Role) -> tuple[Repository, Actor]: ...

    @abstractmethod
    def repository(self, name: str) -> Repository: ...

    # Reviews.

    def review(
        self, repo: str, number: int, *, by: str, state: Event = "COMMENT", body: str = "",
        comments: Sequence[LineComment] = (),
    ) -> Review:  # fmt: skip
        """Whoever may read may review; approvals count from people who may write."""
        found, actor = self._enter(repo, by, "read")
        placed = [(comment.place, comment.body) for comment in comments]
        return reviews.submit(self._world, found, number, actor, Draft(state, body, placed))

    def edit_review(self, repo: str, review_id: int, body: str, *, by: str) -> Review:
        own = reviews.get(self.repository(repo), review_id).author == by
        found, actor = self._enter(repo, by, "read" if own else "write")
        return reviews.edit(self._world, found, review_id, body, actor)

    def dismiss_review(self, repo: str, review_id: int, *, by: str) -> Review:
        found, actor = self._enter(repo, by, "write")
        return reviews.dismiss(self._world, found, review_id, actor)

    def request_review(self, repo: str, number: int, login: str, *, by: str) -> PullRequest:
        found, actor = self._enter(repo, by, "triage")
        return reviews.ask(self._world, found, number, [login], actor)

    def review_comment(
        self, repo: str, number: int, comment: LineComment, *, by: str
    ) -> ReviewComment:
        """One comment at a line, outside a review."""
        found, actor = self._enter(repo, by, "read")
        return threads.comment(self._world, found, number, comment.place, comment.body, actor)

    def reply_to_review_comment(
        self, repo: str, comment_id: int, body: str, *, by: str
    ) -> ReviewComment:
        """Any comment of the thread will do, as on the page."""
        found, actor = self._enter(repo, by, "read")
        thread = found.threads[threads.get(found, comment_id).thread_id]
        return threads.reply(self._world, found, thread, body, actor)

    def edit_review_comment(
        self, repo: str, comment_id: int, body: str, *, by: str
    ) -> ReviewComment:
        own = threads.get(self.repository(repo), comment_id).author == by
        found, actor = self._enter(repo, by, "read" if own else "write")
        return threads.edit(self._world, found, comment_id, body, actor)

    def delete_review_comment(self, repo: str, comment_id: int, *, by: str) -> None:
        own = threads.get(self.repository(repo), comment_id).author == by
        found, actor = self._enter(repo, by, "read" if own else "write")
        threads.delete(self._world, found, comment_id, actor)

    def resolve_thread(
        self, repo: str, comment_id: int, *, by: str, resolved: bool = True
    ) -> ReviewThread:
        """The thread of that comment. The pull request's author may, and who may write."""
        found = self.repository(repo)
        comment = threads.get(found, comment_id)
        own = found.issues[comment.pull_number].author == by
        found, actor = self._enter(repo, by, "read" if own else "write")
        return threads.resolve(self._world, found, comment.thread_id, actor, resolved=resolved)

    def reviews(self, repo: str, number: int) -> list[Review]:
        with self.state.lock:
            return self.repository(repo).reviews_of(number)

    def review_threads(self, repo: str, number: int) -> list[ReviewThread]:
        with self.state.lock:
            return self.repository(repo).threads_of(number)

    def review_comments(self, repo: str, number: int) -> list[ReviewComment]:
        with self.state.lock:
            return self.repository(repo).review_comments_of(number)

    # Protection.

    @property
    def protects_private(self) -> bool:
        """False: as on GitHub's free plan, where branches of private repositories are open."""
        return self.state.protects_private

    @protects_private.setter
    def protects_private(self, on: bool) -> None:
        self.state.protects_private = on

    def protect_branch(self, repo: str, branch: str, *, by: str, **rules: Any) -> Protection:
        """`rules`: fields of `Protection`, e.g. reviews=1, checks=("ci",)."""
        found, _ = self._enter(repo, by, "admin")
        wanted = Protection(branch=branch, **rules)
        return protection.protect(self._world, found, wanted)

    # Sub-issues.

    def add_sub_issue(self, repo: str, parent: int, child: int, *, by: str) -> Issue:
        found, actor = self._enter(repo, by, "triage")
        return hierarchy.add(self._world, found, parent, found.issues[child], actor)

    def remove_sub_issue(self, repo: str, parent: int, child: int, *, by: str) -> Issue:
        found, actor = self._enter(repo, by, "triage")
        return hierarchy.remove(self._world, found, parent, found.issues[child], actor)

    def block_issue(self, repo: str, number: int, blocker: int, *, by: str) -> Issue:
        """`number` waits for `blocker`."""
        found, actor = self._enter(repo, by, "triage")
        return hierarchy.block(self._world, found, number, found.issues[blocker], actor)
