"""The ports of the graphs in memory: agents that say what they are told to, and what they heard."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from langgraph.runtime import Runtime

from app.domain.event import AttemptEnded, Planned
from app.domain.part import Part, PartIssue
from app.domain.policy import Role
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import (
    AgentError,
    AgentJob,
    AgentOutcome,
    AgentResult,
    AgentSession,
    ExitReason,
    RunExit,
    RunSpec,
    Usage,
)
from app.domain.task import Task
from app.graphs.context import Context
from app.graphs.ports import Heads, View

BASE, HEAD, FORK = "b" * 40, "c" * 40, "f" * 40
OUT = Path("/nowhere/out")
EACH = Usage(7, 1, 0, 0.5)  # what each run uses


def said(
    text: str = "", outcome: AgentOutcome = AgentOutcome.SUCCEEDED, **details: Any
) -> AgentResult:
    return AgentResult(outcome, text, usage=EACH, details=details)


def failed(text: str = "", error: AgentError | None = None) -> AgentResult:
    return replace(said(text, AgentOutcome.FAILED), error=error)


def asked(text: str) -> AgentResult:
    return said(text, AgentOutcome.NEEDS_ANSWER)


CRASHED = said("", AgentOutcome.CRASHED)
POOR = failed("No money.", AgentError.OVER_BUDGET)


@dataclass
class Shop:
    """`results` by role, in order, the last again and again; the same run has one result."""

    results: dict[str, list[AgentResult]] = field(default_factory=dict)
    jobs: list[AgentJob] = field(default_factory=list)
    specs: dict[str, RunSpec] = field(default_factory=dict)
    asked_for: list[str] = field(default_factory=list)  # names of agents
    kept: dict[str, AgentSession] = field(default_factory=dict)
    answered: list[tuple[str, str, str, bool]] = field(default_factory=list)
    reported: list[AttemptEnded | Planned] = field(default_factory=list)
    split: list[tuple[Part, ...]] = field(default_factory=list)  # as asked for
    there: tuple[PartIssue, ...] = ()
    base: str = BASE
    hidden: dict[str, str] = field(default_factory=dict)  # by commit, what agents see instead
    checked_out: list[str] = field(default_factory=list)
    name: str = "claude"
    reaches_out: bool = False
    metered: bool = False
    gate: None = None
    _ended: dict[str, AgentResult] = field(default_factory=dict)

    # an agent

    def agents(self, name: str) -> "Shop":
        self.asked_for.append(name)
        return self

    def run(self, job: AgentJob) -> RunSpec:
        self.jobs.append(job)
        if job.run_id not in self._ended:
            results = self.results[job.role]
            self._ended[job.run_id] = results.pop(0) if len(results) > 1 else results[0]
        return RunSpec(job.run_id, ("true",))

    def read(self, ended: RunExit) -> AgentResult:
        return self._ended[ended.detail]

    # an executor

    async def start(self, run: RunSpec, prepare: Any) -> None:
        self.specs[run.id] = run
        await prepare(Path("/nowhere/workspace"))

    async def wait(self, run_id: str) -> RunExit:
        return RunExit(ExitReason.EXITED, 0, detail=run_id, out=OUT)

    # sessions

    async def find(self, _key: str, agent: str) -> AgentSession | None:
        return self.kept.get(agent)

    async def keep(self, _key: str, agent: str, session: AgentSession) -> None:
        self.kept[agent] = session

    # code

    async def heads(self, _issue: IssueRef, _branch: str, _base: str, _mark: str) -> Heads:
        return Heads(self.base, None, 0)

    async def view(self, _repo: RepoRef, sha: str, base: str) -> View:
        assert base == BASE
        return View(self.hidden.get(sha, sha), sha)

    async def checkout(self, _repo: RepoRef, sha: str, _into: Path) -> None:
        self.checked_out.append(sha)

    async def fork(self, _repo: RepoRef, _base: str, sha: str) -> str:
        assert sha == HEAD
        return FORK

    # sub-issues

    async def create(self, parent: IssueRef, parts: Sequence[Part]) -> dict[str, IssueRef]:
        self.split.append(tuple(parts))
        return {part.key: IssueRef(parent.repo, 20 + i) for i, part in enumerate(parts)}

    async def listed(self, _parent: IssueRef) -> tuple[PartIssue, ...]:
        return self.there

    # people

    async def role(self, _repo: RepoRef, login: str) -> Role:
        return Role.WRITE if login == "alice" else Role.NONE

    async def answer(
        self, _issue: IssueRef, thread: str, text: str, *, key: str, resolve: bool
    ) -> None:
        self.answered.append((thread, text, key, resolve))

    async def report(self, event: AttemptEnded | Planned) -> None:
        self.reported.append(event)

    @property
    def executor(self) -> "Shop":
        return self

    code = sessions = roster = reviews = parts = executor

    @property
    def prompts(self) -> Sequence[str]:
        return [job.prompt for job in self.jobs]

    def context(self, task: Task) -> Context:
        workshop = cast("Any", self)
        return Context(task, workshop, self.report, resumed=False, latest=lambda: task)

    def runtime(self, task: Task) -> Runtime[Context]:
        return Runtime(context=self.context(task))
