"""What the engine needs of the outside, each port as narrow as its use."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from app.domain.event import AttemptEnded, Event, Finished, Planned
from app.domain.log import Log
from app.domain.policy import Policy, Role
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import Spent
from app.domain.task import GraphName, PullRequest, Task

Report = Callable[[AttemptEnded | Planned], Awaitable[None]]


class Unanswered(Exception):
    """GitHub may or may not have done what was asked: look before asking again."""


class Postponed(Exception):
    """GitHub will not take requests before `until`; nothing was done."""

    def __init__(self, until: datetime, why: str) -> None:
        super().__init__(f"{why}; resuming at {until:%H:%M:%S} UTC")
        self.until = until


class Refused(Exception):
    """GitHub says no, and will say so again: status, what was asked, GitHub's own message."""

    def __init__(self, status: int, what: str, message: str) -> None:
        super().__init__(f"{what}: {status} {message}")
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Setting:
    """A repository's policy; `warning` says what is wrong with a configuration that is not used.

    Not `known`: there never was a good one, and the policy is the strictest there is.
    """

    policy: Policy
    warning: str = ""
    known: bool = True


class Policies(Protocol):
    async def of(self, repo: RepoRef) -> Setting:
        """The policy in force."""

    def forget(self, repo: RepoRef) -> None:
        """A configuration file changed: read it anew at the next use."""


class Roster(Protocol):
    async def role(self, repo: RepoRef, login: str) -> Role:
        """A person's live permission."""


class Awaited(Enum):
    """What GitHub itself waits for before it merges."""

    CHECKS = auto()
    REVIEWS = auto()


class Board(Protocol):
    """The issue as people see it."""

    async def load(self, issue: IssueRef, setting: Setting) -> Task:
        """The whole task, read fresh. Raises Refused(404) where the issue is gone."""

    async def show(self, task: Task, *, is_open: bool | None) -> None:
        """Label, status comment, open or closed. Needs a load of the issue before it."""

    async def reply(self, issue: IssueRef, command: str, text: str) -> None:
        """Answer a command."""

    async def assign(self, issue: IssueRef, logins: Sequence[str]) -> frozenset[str]:
        """Assign these people, as far as GitHub lets them be; all who are assigned now."""

    async def acknowledge(self, issue: IssueRef, comment: int, *, accepted: bool) -> None:
        """React to a comment."""

    async def merge(self, issue: IssueRef, number: int, head: str) -> PullRequest | Awaited | str:
        """Merge if `head` is still the head; the merged pull request, or why GitHub refused."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something a sweep saw. `event` None: a task to be checked; `asks`: needs permission."""

    issue: IssueRef
    event: Event | None
    asks: bool = False


class Survey(Protocol):
    """Reads what needs attention from GitHub itself, as if no webhook had ever come."""

    complete: bool  # nothing was left out of the last survey

    async def sightings(self) -> Sequence[Sighting]:
        """Of every repository of every installation."""

    def handled(self, left: Collection[RepoRef]) -> None:
        """All that was seen is dealt with, but for something in each of the repositories `left`."""


class Runs(Protocol):
    """Runs of graphs, at most one per issue over all instances of the app."""

    async def start(self, task: Task, *, resumed: bool) -> bool:
        """Start the task's run unless it is live; False where another instance has it."""

    def is_live(self, issue: IssueRef) -> bool:
        """Whether this instance runs it."""

    def tell(self, task: Task) -> None:
        """Let the task's run know of the thread as it is now, if this instance runs it."""

    async def stop(self, issue: IssueRef) -> Spent:
        """End the issue's run and its agents; none is fine.

        What it used in all, as far as that is known: said again until the issue is settled.
        """

    async def settle(self, issue: IssueRef) -> None:
        """The run's outcome stands on GitHub: forget what was kept to resume it."""

    async def collect(self, keys: frozenset[str]) -> None:
        """End and remove what belongs to no live run and to no issue of these keys."""


class Logs(Protocol):
    """What runs have printed."""

    async def tail(self, issue: IssueRef) -> Sequence[Log]:
        """The end of what the issue's last runs printed, one for each kind of run."""


class Budgets(Protocol):
    """Where runs at work are held to what they may cost."""

    async def raise_budget(self, issue: IssueRef, usd: float) -> None:
        """The issue may cost `usd` in all; also for its runs that are at work."""


class Leases(Protocol):
    async def acquire(self, key: str) -> bool:
        """False where another instance has it."""

    async def release(self, key: str) -> None: ...


class Sessions(Protocol):
    """The rows that say which runs there are, and what they have used."""

    async def begin(self, issue: IssueRef, round_: int, graph: GraphName) -> None: ...

    async def finish(self, issue: IssueRef, finished: Finished) -> None: ...

    async def settle(self, issue: IssueRef) -> None: ...


class Graph(Protocol):
    """The graph that a task is to run. It ends as an event and owns no state of the task."""

    async def run(self, task: Task, report: Report, *, resumed: bool) -> Finished:
        """From the task's round to its end. Raises Unanswered where GitHub gave up on us."""

    def tell(self, task: Task) -> None:
        """The task of a run at work as it was loaded since: what was said counts from now on."""

    async def stop(self, issue: IssueRef) -> Spent:
        """End what the issue's cancelled run left running.

        What that run used in all, where that is known.
        """

    async def settle(self, issue: IssueRef) -> None:
        """Forget what was kept to resume it."""

    async def leftovers(self) -> frozenset[str]:
        """Keys of the issues of which agent or test runs run or have left something."""

    async def remove(self, key: str) -> None:
        """End and remove what the runs of the issue of this key have left."""


class Locks(Protocol):
    def issue_lock(self, key: str) -> AbstractAsyncContextManager[None]:
        """Held while one event of the issue is handled; exclusive over all instances."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The ports that handling an event goes through. `budgets` None: nothing holds runs to one."""

    board: Board
    policies: Policies
    locks: Locks
    runs: Runs
    logs: Logs
    roster: Roster
    budgets: Budgets | None
