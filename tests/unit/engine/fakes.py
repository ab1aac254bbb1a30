"""The ports in memory, each as small as its port. What fails is told to them beforehand."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from app.domain.event import Event, Finished
from app.domain.log import Log
from app.domain.policy import Policy, Role
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import UNUSED, Spent, Usage
from app.domain.task import PullRequest, PullRequestState, Task
from app.engine.handle import Handler
from app.engine.ports import Awaited, Outside, Refused, Setting
from app.engine.slots import Slots
from tests.unit.domain.make import ISSUE
from tests.unit.domain.make import task as plain_task

REPO = ISSUE.repo


def issue(number: int) -> IssueRef:
    return IssueRef(REPO, number)


@dataclass
class Board:
    """`fails`: what the next calls of a method raise, in order; None lets one pass."""

    tasks: dict[str, Task] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    shown: list[Task] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    reactions: list[tuple[int, bool]] = field(default_factory=list)
    fails: dict[str, deque[Exception | None]] = field(default_factory=dict)
    assigns: frozenset[str] = frozenset()  # who can be assigned
    merges: str | Awaited = ""  # why it is refused

    def fail(self, call: str, *errors: Exception | None) -> None:
        self.fails.setdefault(call, deque()).extend(errors)

    def add(self, task: Task) -> None:
        self.tasks[task.issue.key] = task

    def of(self, number: int) -> Task:
        return self.tasks[issue(number).key]

    def _call(self, name: str) -> None:
        self.calls.append(name)
        error = self.fails[name].popleft() if self.fails.get(name) else None
        if error is not None:
            raise error

    async def load(self, issue: IssueRef, setting: Setting) -> Task:
        self._call("load")
        if issue.key not in self.tasks:
            raise Refused(404, f"load {issue}", "the issue is gone")
        return replace(self.tasks[issue.key], policy=setting.policy, warning=setting.warning)

    async def show(self, task: Task, *, is_open: bool | None) -> None:
        self._call("show")
        labels = frozenset({task.stage.value}) if task.stage else frozenset[str]()
        is_open = task.is_open if is_open is None else is_open
        self.tasks[task.issue.key] = replace(task, labels=labels, is_open=is_open)
        self.shown.append(task)

    async def reply(self, issue: IssueRef, command: str, text: str) -> None:
        self._call("reply")
        self.said.append((command, text))
        task = self.tasks[issue.key]
        self.tasks[issue.key] = replace(task, replied=task.replied | {command})

    async def assign(self, issue: IssueRef, logins: Sequence[str]) -> frozenset[str]:
        self._call("assign")
        return self.assigns

    async def acknowledge(self, issue: IssueRef, comment: int, *, accepted: bool) -> None:
        self._call("acknowledge")
        self.reactions.append((comment, accepted))

    async def merge(self, issue: IssueRef, number: int, head: str) -> PullRequest | Awaited | str:
        self._call("merge")
        return self.merges or PullRequest(number, PullRequestState.MERGED, head, "d" * 40)


@dataclass
class Policies:
    policy: Policy = field(default_factory=Policy)
    forgotten: list[RepoRef] = field(default_factory=list)

    async def of(self, repo: RepoRef) -> Setting:
        return Setting(self.policy)

    def forget(self, repo: RepoRef) -> None:
        self.forgotten.append(repo)


@dataclass
class Locks:
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    @asynccontextmanager
    async def issue_lock(self, key: str) -> AsyncIterator[None]:
        async with self.locks.setdefault(key, asyncio.Lock()):
            yield


@dataclass
class Runs:
    """A run is at work from its start to the event that it ends with, or to its stop."""

    started: list[tuple[int, bool]] = field(default_factory=list)
    live: set[int] = field(default_factory=set)
    stopped: list[int] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    told: list[Task] = field(default_factory=list)
    used: Usage = UNUSED

    async def start(self, task: Task, *, resumed: bool) -> bool:
        self.started.append((task.issue.number, resumed))
        self.live.add(task.issue.number)
        return True

    def is_live(self, issue: IssueRef) -> bool:
        return issue.number in self.live

    async def stop(self, issue: IssueRef) -> Spent:
        self.stopped.append(issue.number)
        self.live.discard(issue.number)
        return Spent(1, self.used)

    def tell(self, task: Task) -> None:
        self.told.append(task)

    async def settle(self, issue: IssueRef) -> None:
        self.settled.append(issue.number)

    async def collect(self, keys: frozenset[str]) -> None:
        raise NotImplementedError("a sweep's, not a handler's")


@dataclass
class Logs:
    logs: list[Log] = field(default_factory=list)

    async def tail(self, issue: IssueRef) -> list[Log]:
        return self.logs


@dataclass
class Budgets:
    raised: list[tuple[int, float]] = field(default_factory=list)

    async def raise_budget(self, issue: IssueRef, usd: float) -> None:
        self.raised.append((issue.number, usd))


class Roster:
    """Everybody may ask, but for those who are named."""

    def __init__(self) -> None:
        self.strangers: set[str] = set()

    async def role(self, _repo: RepoRef, login: str) -> Role:
        return Role.NONE if login in self.strangers else Role.WRITE


class House:
    """A handler among fakes, with a plain issue for each number up to `issues`."""

    def __init__(
        self,
        *,
        slots: int = 5,
        issues: int = 7,
        policy: Policy | None = None,
        progress: float = 0.0,
        metered: bool = True,
        closed: bool = False,
    ) -> None:
        self.board, self.policies, self.runs = Board(), Policies(policy or Policy()), Runs()
        self.spawned: list[tuple[int, Event]] = []
        self.logs, self.budgets, self.roster = Logs(), Budgets(), Roster()
        budgets = self.budgets if metered else None
        outside = Outside(
            self.board, self.policies, Locks(), self.runs, self.logs, self.roster, budgets
        )
        self.handler = Handler(
            outside,
            Slots(slots, closed=closed),
            spawn=lambda issue, event: self.spawned.append((issue.number, event)),
            progress_seconds=progress,
            retry_seconds=1.0,
        )
        for number in range(1, issues + 1):
            self.board.add(replace(plain_task(), issue=issue(number)))

    async def handle(self, number: int, event: Event) -> None:
        if isinstance(event, Finished):
            self.runs.live.discard(number)
        await self.handler.handle(issue(number), event)

    async def drain(self) -> None:
        """Everything that was spawned, in order."""
        while self.spawned:
            number, event = self.spawned.pop(0)
            await self.handle(number, event)

    async def later(self) -> None:
        """The while is over for which the only progress there is was held back."""
        (timer,) = self.handler._shown._later.values()
        timer._run()
        timer.cancel()
        await self.drain()

    def stage(self, number: int) -> str | None:
        return self.board.of(number).stage
