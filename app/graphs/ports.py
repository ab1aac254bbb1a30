"""What graphs need of the outside, each port as narrow as its use."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.ci import CiFailure
from app.domain.part import Part, PartIssue
from app.domain.policy import Price
from app.domain.ref import IssueRef, RepoRef
from app.domain.review import Reviews
from app.domain.run import Access, AgentJob, AgentResult, AgentSession, RunExit, RunSpec, Usage
from app.domain.verdict import Verdict


class Executor(Protocol):
    """Where runs happen. A run outlives the app: it is found again by its id."""

    async def start(self, run: RunSpec, prepare: Callable[[Path], Awaitable[None]]) -> None:
        """Start the run unless it is running or has ended; `prepare` fills the empty workspace."""

    async def wait(self, run_id: str) -> RunExit:
        """Wait until the run has ended, however and by whichever process it was started."""

    async def stop(self, run_id: str) -> None:
        """End the run and everything it started; a run that is not there is fine."""

    async def known(self) -> frozenset[str]:
        """The ids of all runs that run or have left something."""

    async def remove(self, runs: frozenset[str]) -> None:
        """Stop and remove these runs, and no other; one that has just begun too."""


class Agent(Protocol):
    """A coding agent: how it is called and how its output is read. It knows no executor."""

    name: str
    reaches_out: bool  # it needs the gateway
    metered: bool  # what it uses is counted there

    def run(self, job: AgentJob) -> RunSpec:
        """The command for one job; the caller adds base and limits."""

    def read(self, ended: RunExit) -> AgentResult:
        """What the run means; never raises, whatever the agent printed."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What a run may do at the gateway, and for whom it is done.

    `commands` are patterns such as `project.*` and `respond`, `egress` are hosts, or `host:port`.
    `spent_usd` is what the issue had cost before this run, `budget_usd` what it may cost in all.
    `prices` are by globs of models' names and stand before those that the gateway knows.
    """

    run_id: str
    issue: IssueRef
    round: int
    role: str
    seconds: float
    commands: frozenset[str] = frozenset()
    egress: frozenset[str] = frozenset()
    spent_usd: float = 0.0
    budget_usd: float | None = None
    prices: tuple[tuple[str, Price], ...] = ()


class Gate(Protocol):
    """The gateway: all that a run may reach. It counts what the run uses."""

    async def admit(self, admission: Admission) -> Access:
        """Let the run in; asking again for the same run, also after a restart, changes nothing."""

    async def dismiss(self, run_id: str) -> Usage:
        """Let it in no more; what it used in all. A run that was never admitted used nothing."""


class AgentSessions(Protocol):
    """What an agent needs to go on where it stopped on the same issue. It may be lost."""

    async def find(self, key: str, agent: str) -> AgentSession | None:
        """The last session that this agent had on the issue of this key."""

    async def keep(self, key: str, agent: str, session: AgentSession) -> None:
        """In place of the one before; the files of its home are copied."""


class ReviewBoard(Protocol):
    """What reviewers say of a pull request, and our answers to it."""

    async def read(self, issue: IssueRef, number: int) -> Reviews:
        """All of pull request `number` at this moment."""

    async def answer(
        self, issue: IssueRef, thread: str, text: str, *, key: str, resolve: bool
    ) -> None:
        """Reply in a thread, once for each `key`, and resolve it if that is wanted."""


class Ci(Protocol):
    """The repository's own CI."""

    async def failures(self, repo: RepoRef, head: str, base: str) -> tuple[CiFailure, ...]:
        """The jobs that failed on `head`; `base` is the branch that it is to go to."""


class SubIssues(Protocol):
    """The parts of a large request, as issues of its repository."""

    async def create(self, parent: IssueRef, parts: Sequence[Part]) -> dict[str, IssueRef]:
        """By key. Each is made once, however often it is asked for, and waits for its needs."""

    async def listed(self, parent: IssueRef) -> tuple[PartIssue, ...]:
        """All there are; those with a key are ours."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Where a task's code stands, as shas; before the first push there is no branch, attempt 0."""

    base: str
    branch: str | None
    attempt: int


class GivenUp(Exception):
    """The run can't go on, and trying again won't help; the text says what a person can do."""


class Violation(Protocol):
    """Why a commit is not taken: which path, and what a person or agent can do about it."""

    @property
    def path(self) -> str: ...

    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file's text before and after; None where it was not, is gone, or is `unread`, with why."""

    path: str
    old: str | None
    new: str | None
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """Commit `base` merged into `branch`, as the commit `sha`.

    `conflicts` are the files in which both sides stand between markers, as people are told of them;
    then it is only begun. `parents` are those of the commit that it is, or becomes.
    """

    sha: str
    branch: str
    base: str
    conflicts: tuple[str, ...]
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateUpdate:
    """What a newer version of its template makes of a project: `merge`, on what was there.

    Versions are digests. `brought` are the files that the template has changed. `ground` is a
    commit with those of them alone that no agent may change, which then comes before the merge.
    """

    was: str
    now: str
    merge: Merge
    brought: frozenset[str]
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What an agent gets to see of the commit `of`: the commit `sha`, which may be `of` itself.

    It differs in those files alone from which agents take orders.
    """

    sha: str
    of: str

    @property
    def hides(self) -> bool:
        return self.sha != self.of


class Code(Protocol):
    """The repository's code, on the host's side: nothing an agent wrote is ever executed here."""

    async def heads(self, issue: IssueRef, branch: str, base: str, mark: str) -> Heads:
        """Fetch the task's branch and the base branch; `mark` is what commits of ours carry."""

    async def checkout(self, repo: RepoRef, sha: str, into: Path) -> None:
        """A fresh clone at `sha` without remote, credentials or hooks."""

    async def view(self, repo: RepoRef, sha: str, base: str) -> View:
        """`sha` with the files that agents take orders from as they are at the commit `base`.

        It is pushed nowhere; done again, here or on another machine, it is the same.
        """

    async def unveil(self, repo: RepoRef, view: View, sha: str) -> str:
        """The commit `sha`, which was taken on `view.sha`, on `view.of` instead.

        What the view had replaced is there again, unless `sha` made something else of it. Raises
        ValueError where nothing is changed.
        """

    async def merge(self, repo: RepoRef, branch: str, base: str, message: str) -> Merge | None:
        """Merge commit `base` into commit `branch`; None where there is nothing to be merged.

        It is pushed nowhere; done again, here or on another machine, it is the same.
        """

    async def unsettled(self, repo: RepoRef, sha: str, merge: Merge) -> tuple[str, ...]:
        """The files at `sha` that still hold markers of the merge."""

    async def take(
        self, repo: RepoRef, work: Path, parent: str, message: str, merge: Merge | None = None
    ) -> str:
        """Read a bundle, squash it onto `parent` as one commit of ours; returns its sha.

        On `merge`, which is then `parent`, it stands where that does. The same work
        gives the same sha. Raises ValueError when the bundle can't be trusted.
        """

    async def restore(self, repo: RepoRef, sha: str, of: str, message: str) -> str:
        """The files of commit `of` as a commit on top of `sha`; pushed nowhere, always the same."""

    async def inspect(self, repo: RepoRef, parent: str, sha: str) -> tuple[Violation, ...]:
        """Everything in parent..sha that an agent may not change."""

    async def held(self, repo: RepoRef, parent: str, sha: str) -> Sequence[Violation]:
        """What of parent..sha no agent may change, by its name and mode alone."""

    async def foreign(self, repo: RepoRef, base: str, sha: str) -> str | None:
        """A commit of `sha` that is neither of the branch `base` nor known as our own."""

    async def fork(self, repo: RepoRef, base: str, sha: str) -> str:
        """The commit at which `sha` left the branch `base`."""

    async def changes(self, repo: RepoRef, base: str, sha: str) -> tuple[FileChange, ...]:
        """What the commit `sha` changes of where it left the branch `base`."""

    async def push(self, issue: IssueRef, branch: str, sha: str) -> None:
        """Push `sha` to the task's branch, never by force; a branch already there is fine."""


class Scaffold(Protocol):
    """The template that projects are made from. Nothing of a project is executed."""

    async def newest(self) -> str:
        """The version of it that there is now, as a digest."""

    async def update(
        self, repo: RepoRef, head: str, message: str, to: str
    ) -> TemplateUpdate | None:
        """From commit `head` to the template's version `to`; None if that is what it has.

        It is pushed nowhere; done again, here or on another machine, it is the same.
        """

    async def lay(self, issue: IssueRef, branch: str, update: TemplateUpdate) -> None:
        """Push its ground, if it has one, with a right that no agent's work is pushed with.

        Nothing if it is there, or the update on it.
        """


@dataclass(frozen=True, slots=True)
class PullRequestDraft:
    """`part` of the body is ours to change when the pull request is there already."""

    base: str
    branch: str
    title: str
    body: str
    part: str


class Desk(Protocol):
    """What the graph leaves on GitHub. Each is done once, however often it is called."""

    async def publish_check(self, issue: IssueRef, verdict: Verdict, *, resumed: bool) -> None:
        """A completed check run on verdict.sha. With `resumed`, look for it before creating it."""

    async def open_pull_request(
        self, issue: IssueRef, draft: PullRequestDraft, *, resumed: bool
    ) -> int:
        """The number of the branch's open pull request. With `resumed`, look before creating.

        In one that is there, our part is brought up to date, and nothing else is touched.
        """
