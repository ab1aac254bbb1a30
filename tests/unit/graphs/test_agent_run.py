"""What an agent is told with and without its session, and what is kept of it."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from app.domain.ref import RepoRef
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
from app.graphs.agent_run import Assignment, run_agent
from app.graphs.context import Context
from tests.unit.domain.make import HEAD, task

OUT = Path("/nowhere/out")
FILES = (".agent/*.jsonl",)
TASK = task()
KNOWN = AgentSession("s1", OUT / "home", TASK.request_digest, 5)
GOOD = AgentResult(AgentOutcome.SUCCEEDED, session="s2", usage=Usage(7, 1))
GONE = AgentResult(AgentOutcome.CRASHED, error=AgentError.NO_SESSION, usage=Usage(2, 0))


@dataclass
class House:
    """All of a workshop that an agent's run needs."""

    results: list[AgentResult]
    session: AgentSession | None = None
    jobs: list[AgentJob] = field(default_factory=list)
    kept: list[AgentSession] = field(default_factory=list)
    specs: list[RunSpec] = field(default_factory=list)
    checked_out: list[str] = field(default_factory=list)
    read_in: list[threading.Thread] = field(default_factory=list)
    name: str = "claude"
    reaches_out: bool = False
    metered: bool = False
    gate: None = None

    def run(self, job: AgentJob) -> RunSpec:
        self.jobs.append(job)
        return RunSpec(job.run_id, ("true",), keep_home=FILES)

    def read(self, _ended: RunExit) -> AgentResult:
        self.read_in.append(threading.current_thread())
        return self.results.pop(0)

    async def start(self, run: RunSpec, prepare: Any) -> None:
        self.specs.append(run)
        await prepare(OUT.parent / "workspace")

    async def wait(self, _run_id: str) -> RunExit:
        return RunExit(ExitReason.EXITED, 0, out=OUT)

    async def find(self, _key: str, _agent: str) -> AgentSession | None:
        return self.session

    async def keep(self, _key: str, _agent: str, session: AgentSession) -> None:
        self.kept.append(session)

    async def checkout(self, repo: RepoRef, sha: str, _into: Path) -> None:
        assert repo == TASK.issue.repo
        self.checked_out.append(sha)

    @property
    def executor(self) -> "House":
        return self

    code = sessions = executor

    def agents(self, _name: str) -> "House":
        return self


def prompt(session: AgentSession | None) -> str:
    return f"for {session.id}" if session else "everything"


ASSIGNMENT = Assignment("developer", "developer", prompt, 1, HEAD, heard=9)


async def worked(house: House) -> Usage:
    context = Context(
        TASK, cast("Any", house), cast("Any", None), resumed=False, latest=lambda: TASK
    )
    return (await run_agent(context, ASSIGNMENT)).usage


async def test_a_session_that_is_found_goes_on() -> None:
    house = House([GOOD], KNOWN)
    await worked(house)
    (job,) = house.jobs
    assert (job.prompt, job.session) == ("for s1", KNOWN)
    assert house.specs[0].home == KNOWN.home
    assert house.kept == [AgentSession("s2", OUT / "home", TASK.request_digest, 9, FILES)]


async def test_what_it_printed_is_not_read_in_the_event_loop() -> None:
    house = House([GOOD])
    await worked(house)
    assert threading.main_thread() not in house.read_in


async def test_without_one_it_is_told_everything() -> None:
    house = House([GOOD])
    await worked(house)
    assert [(job.prompt, job.session) for job in house.jobs] == [("everything", None)]
    assert house.checked_out == [HEAD]


async def test_one_that_the_agent_does_not_find_is_followed_by_a_fresh_one() -> None:
    house = House([GONE, GOOD], KNOWN)
    assert await worked(house) == Usage(9, 1)
    assert [(job.prompt, job.session) for job in house.jobs] == [
        ("for s1", KNOWN),
        ("everything", None),
    ]
    first, second = house.specs
    assert first.id != second.id
    assert second.home is None
    assert house.checked_out == [HEAD, HEAD]
    assert [session.id for session in house.kept] == ["s2"]


@pytest.mark.parametrize("outcome", AgentOutcome)
async def test_only_who_came_to_an_end_of_its_own_knows_what_it_was_told(
    outcome: AgentOutcome,
) -> None:
    house = House([AgentResult(outcome, session="s2")], KNOWN)
    await worked(house)
    (kept,) = house.kept
    read = outcome in (
        AgentOutcome.SUCCEEDED,
        AgentOutcome.FAILED,
        AgentOutcome.NEEDS_ANSWER,
    )
    assert (kept.request, kept.heard) == ((TASK.request_digest, 9) if read else ("", 0))
