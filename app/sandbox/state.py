"""What the offline GitHub remembers, as plain values; nothing here reads HTTP or runs git.

Everything but `State` and `Repository` is frozen: a change replaces the value. So a reader may keep
what it got, and a page that lists things starts with `state.view()`, a consistent copy.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from app.sandbox.actions.record import JobRecord, Workflow, WorkflowRun
from app.sandbox.ids import node_id
from app.sandbox.protected import Protection
from app.sandbox.review import Review, ReviewComment, ReviewThread
from app.sandbox.suite import AppSuite

Role = Literal["none", "read", "triage", "write", "maintain", "admin"]
ROLES: tuple[Role, ...] = ("none", "read", "triage", "write", "maintain", "admin")

TimelineKind = Literal[
    "labeled", "unlabeled", "closed", "reopened", "renamed", "referenced", "merged",
    "head_ref_deleted",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """A person, a bot or the organisation that owns everything."""

    id: int
    login: str
    type: Literal["User", "Bot", "Organization"] = "User"

    @property
    def node_id(self) -> str:
        kind = {"User": "U", "Bot": "BOT", "Organization": "O"}[self.type]
        return node_id(kind, self.id)


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a repository. `color` is six hex digits without '#'."""

    id: int
    repo_id: int
    name: str
    color: str = "ededed"
    description: str | None = None

    @property
    def node_id(self) -> str:
        return node_id("LA", self.id, self.repo_id)


@dataclass(frozen=True, slots=True)
class Reaction:
    """`content` is REST's word: +1 -1 laugh confused heart hooray rocket eyes."""

    id: int
    repo_id: int
    content: str
    login: str
    created_at: datetime

    @property
    def node_id(self) -> str:
        return node_id("REA", self.id, self.repo_id)


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One line between the comments of an issue, e.g. "ann added the label bug"."""

    id: int
    repo_id: int
    kind: TimelineKind
    actor: str
    created_at: datetime
    label: str | None = None
    label_color: str | None = None
    commit: str | None = None  # closed, merged or referenced by this commit
    source: int | None = None  # closed or referenced by this pull request
    renamed_from: str | None = None
    renamed_to: str | None = None
    state_reason: str | None = None
    sequence: int = 0  # counts events, comments and reviews together, in the order they came

    @property
    def node_id(self) -> str:
        prefix = "".join(word[0] for word in self.kind.split("_")).upper()
        return node_id(f"{prefix}E", self.id, self.repo_id)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on an issue or pull request. `via_app`: written with a token of the App."""

    id: int
    repo_id: int
    issue_number: int
    author: str
    body: str
    created_at: datetime
    updated_at: datetime
    via_app: bool = False
    last_edited_at: datetime | None = None
    reactions: tuple[Reaction, ...] = ()
    sequence: int = 0

    @property
    def node_id(self) -> str:
        return node_id("IC", self.id, self.repo_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue; a pull request is one too (see the subclass). `labels` are names."""

    id: int
    repo_id: int
    number: int
    title: str
    body: str
    author: str
    created_at: datetime
    updated_at: datetime
    state: Literal["open", "closed"] = "open"
    state_reason: Literal["completed", "not_planned", "duplicate", "reopened"] | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    last_edited_at: datetime | None = None
    last_edited_by: str | None = None
    via_app: bool = False
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    comments: tuple[int, ...] = ()  # ids, oldest first; see Repository.comments
    reactions: tuple[Reaction, ...] = ()
    timeline: tuple[TimelineEvent, ...] = ()
    parent: int | None = None  # numbers of issues of the same repository, here and below
    sub_issues: tuple[int, ...] = ()
    blocked_by: tuple[int, ...] = ()

    @property
    def node_id(self) -> str:
        return node_id("I", self.id, self.repo_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest(Issue):
    """`head_*` and `base_*` are branch names and commits of the same repository."""

    issue_id: int  # REST shows a pull request as an issue with an id of its own
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: str | None = None
    merge_commit_sha: str | None = None
    reviewers: tuple[str, ...] = ()  # asked for a review that they have not given yet

    @property
    def merged(self) -> bool:
        return self.merged_at is not None

    @property
    def node_id(self) -> str:
        return node_id("PR", self.id, self.repo_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A verdict bound to a commit. `output_*` are Markdown."""

    id: int
    repo_id: int
    suite_id: int
    name: str
    head_sha: str
    status: Literal["queued", "in_progress", "completed"] = "queued"
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    details_url: str | None = None
    external_id: str = ""
    output_title: str | None = None
    output_summary: str | None = None
    output_text: str | None = None
    by_actions: bool = False  # else by the App

    @property
    def node_id(self) -> str:
        return node_id("CR", self.id, self.repo_id)


@dataclass(slots=True, kw_only=True)
class Repository:
    """A repository: its bare git folder, its refs and everything said about it."""

    id: int
    owner: str
    name: str
    path: Path  # the bare repository
    private: bool
    default_branch: str
    created_at: datetime
    pushed_at: datetime
    updated_at: datetime
    archived: bool = False
    description: str | None = None
    next_number: int = 1
    roles: dict[str, Role] = field(default_factory=dict)  # by login, as granted
    labels: dict[str, Label] = field(default_factory=dict)  # by lower-case name
    issues: dict[int, Issue] = field(default_factory=dict)  # by number, pull requests too
    comments: dict[int, Comment] = field(default_factory=dict)  # by id
    check_runs: dict[int, CheckRun] = field(default_factory=dict)  # by id
    refs: dict[str, str] = field(default_factory=dict)  # "refs/heads/main" -> sha
    mergeable: dict[tuple[str, str], bool | None] = field(default_factory=dict)  # base, head
    homepage: str | None = None
    topics: tuple[str, ...] = ()
    protections: dict[str, Protection] = field(default_factory=dict)  # by branch name
    reviews: dict[int, Review] = field(default_factory=dict)  # by id
    threads: dict[int, ReviewThread] = field(default_factory=dict)  # by id
    review_comments: dict[int, ReviewComment] = field(default_factory=dict)  # by id
    workflows: dict[str, Workflow] = field(default_factory=dict)  # by path
    workflow_runs: dict[int, WorkflowRun] = field(default_factory=dict)  # by id
    jobs: dict[int, JobRecord] = field(default_factory=dict)  # by id, of all attempts
    app_suites: dict[str, AppSuite] = field(default_factory=dict)  # by commit

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def node_id(self) -> str:
        return node_id("R", self.id)

    @property
    def branches(self) -> dict[str, str]:
        """Branch name to sha."""
        prefix = "refs/heads/"
        return {ref[len(prefix) :]: sha for ref, sha in self.refs.items() if ref.startswith(prefix)}

    @property
    def head_sha(self) -> str | None:
        """The default branch's commit; None while it does not exist."""
        return self.refs.get(f"refs/heads/{self.default_branch}")

    def plain_issues(self) -> list[Issue]:
        """Issues that are not pull requests, oldest first."""
        return [issue for issue in self.issues.values() if not isinstance(issue, PullRequest)]

    def pull_requests(self) -> list[PullRequest]:
        """Pull requests, oldest first."""
        return [issue for issue in self.issues.values() if isinstance(issue, PullRequest)]

    def comments_of(self, number: int) -> list[Comment]:
        """Comments of an issue or pull request, oldest first."""
        return [self.comments[key] for key in self.issues[number].comments]

    def checks_of(self, sha: str) -> list[CheckRun]:
        """Of a commit; of workflow runs those of the last attempt."""
        return [run for run in self.check_runs.values()
                if run.head_sha == sha and self._is_current(run)]  # fmt: skip

    def _is_current(self, check: CheckRun) -> bool:
        job = self.jobs.get(check.id)
        return job is None or job.run_attempt == self.workflow_runs[job.run_id].run_attempt

    def reviews_of(self, number: int) -> list[Review]:
        """Submitted ones, oldest first."""
        found = self.reviews.values()
        return [one for one in found if one.pull_number == number and one.submitted_at]

    def threads_of(self, number: int) -> list[ReviewThread]:
        """Those that anybody sees: what belongs to a pending review is its author's own."""
        found = (one for one in self.threads.values() if one.pull_number == number)
        return [one for one in found if self._is_told(one.comments[0])]

    def review_comments_of(self, number: int) -> list[ReviewComment]:
        found = (one for one in self.review_comments.values() if one.pull_number == number)
        return [one for one in found if self._is_told(one.id)]

    def _is_told(self, comment: int) -> bool:
        review = self.reviews[self.review_comments[comment].review_id]
        return review.submitted_at is not None

    def labels_of(self, issue: Issue) -> list[Label]:
        return [self.labels[name.lower()] for name in issue.labels]

    def role_of(self, login: str) -> Role:
        """What `login` may do here: as granted, else read on a public repository."""
        return self.roles.get(login, "none" if self.private else "read")

    def snapshot(self) -> Repository:
        """A copy that later writes do not touch."""
        return replace(
            self, roles=dict(self.roles), labels=dict(self.labels), issues=dict(self.issues),
            comments=dict(self.comments), check_runs=dict(self.check_runs), refs=dict(self.refs),
            protections=dict(self.protections), reviews=dict(self.reviews),
            threads=dict(self.threads), review_comments=dict(self.review_comments),
            workflows=dict(self.workflows), workflow_runs=dict(self.workflow_runs),
            jobs=dict(self.jobs), app_suites=dict(self.app_suites),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AppRegistration:
    """The one GitHub App, installed on all repositories of the owner."""

    id: int
    slug: str
    private_key: str  # PEM
    webhook_secret: str
    installation_id: int
    permissions: dict[str, str]
    events: tuple[str, ...]
    created_at: datetime

    @property
    def bot_login(self) -> str:
        return f"{self.slug}[bot]"

    @property
    def node_id(self) -> str:
        return node_id("A", self.id)


@dataclass(slots=True)
class State:
    """Everything. Hold `lock` to read more than one thing, or work on a `view()`."""

    owner: Account
    app: AppRegistration
    accounts: dict[str, Account] = field(default_factory=dict)  # by login
    repositories: dict[str, Repository] = field(default_factory=dict)  # by name
    before_last_write: Repository | None = None
    protects_private: bool = True  # False: as on plans where private branches can't be protected
    lock: threading.RLock = field(default_factory=threading.RLock)

    def view(self) -> State:
        """A consistent copy of now."""
        with self.lock:
            return self._copy(self.repositories.values())

    def stale_view(self) -> State:
        """A copy of what was before the last write."""
        with self.lock:
            before = self.before_last_write
            current = self.repositories.values()
            return self._copy(before if before and before.id == r.id else r for r in current)

    def _copy(self, repositories: Iterable[Repository]) -> State:
        return replace(
            self,
            accounts=dict(self.accounts),
            repositories={repo.name: repo.snapshot() for repo in repositories},
        )
