"""Runs of the graph: one per issue, and every one ends as an event or is taken up again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.event import AttemptEnded, Event, Finished, Found, RunFinished
from app.domain.ref import IssueRef
from app.domain.run import Spent, Usage
from app.domain.spec import Kind
from app.domain.stage import Stage
from app.domain.task import GraphName, Task
from app.engine.clock import now
from app.engine.ports import Postponed, Refused, Report, Unanswered
from app.engine.runs import GraphRuns
from tests.unit.domain.make import GREEN, HEAD, ISSUE, LATER, RED, SPEC, task, with_record

BUILDING = task(Stage.BUILDING)
FOUNDING = with_record(BUILDING, spec=replace(SPEC, kind=Kind.NEW_PROJECT))
DONE = RunFinished(LATER, 1, (RED, GREEN), pull_request=9, verified=HEAD)


@dataclass
class Graph:
    """Runs `does`, and notes what is asked of it."""

    does: Callable[[Report], Awaitable[RunFinished]]
    ran: list[bool] = field(default_factory=list)
    stopped: int = 0
    settled: int = 0
    cancelled: int = 0
    removed: list[str] = field(default_factory=list)
    told: list[Task] = field(default_factory=list)
    uses: list[Usage] = field(default_factory=list)

    async def run(self, task: Task, report: Report, *, resumed: bool) -> RunFinished:
        self.ran.append(resumed)
        try:
            return await self.does(report)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    def tell(self, task: Task) -> None:
        self.told.append(task)

    async def stop(self, issue: IssueRef) -> Spent:
        self.stopped += 1
        return Spent(1, self.uses.pop()) if self.uses else Spent()

    async def settle(self, issue: IssueRef) -> None:
        self.settled += 1

    async def leftovers(self) -> frozenset[str]:
        return frozenset({ISSUE.key, "11-8", "11-9"})

    async def remove(self, key: str) -> None:
        self.removed.append(key)


@dataclass
class Leases:
    elsewhere: bool = False
    held: set[str] = field(default_factory=set)

    async def acquire(self, key: str) -> bool:
        if self.elsewhere:
            return False
        self.held.add(key)
        return True

    async def release(self, key: str) -> None:
        self.held.discard(key)


@dataclass
class Sessions:
    begun: list[tuple[int, GraphName]] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)
    settled: int = 0
    error: Exception | None = None

    async def begin(self, issue: IssueRef, round_: int, graph: GraphName) -> None:
        if self.error:
            raise self.error
        self.begun.append((round_, graph))

    async def finish(self, issue: IssueRef, finished: Finished) -> None:
        self.finished.append(finished)

    async def settle(self, issue: IssueRef) -> None:
        self.settled += 1


class House:
    def __init__(self, does: Callable[[Report], Awaitable[RunFinished]], again: float = 0.0):
        self.graph, self.leases, self.sessions = Graph(does), Leases(), Sessions()
        self.events: list[Event] = []
        self.runs = GraphRuns(
            self.graph,
            self.leases,
            self.sessions,
            spawn=lambda _issue, event: self.events.append(event),
            again_seconds=again,
        )

    async def start(self, made: Task = BUILDING, *, resumed: bool = False) -> None:
        await self.runs.start(made, resumed=resumed)

    async def ended(self) -> None:
        """The run and what follows it at once."""
        live = list(self.runs._live.values())
        await asyncio.gather(*live, return_exceptions=True)
        for _ in range(3):
            await asyncio.sleep(0)


async def finishes(_: Report) -> RunFinished:
    await asyncio.sleep(0)
    return DONE


async def hangs(_: Report) -> RunFinished:
    await asyncio.Event().wait()
    raise AssertionError


def raises(error: Exception) -> Callable[[Report], Awaitable[RunFinished]]:
    async def does(_: Report) -> RunFinished:
        raise error

    return does


async def test_a_run_ends_as_an_event() -> None:
    house = House(finishes)
    await house.start()
    assert house.leases.held == {ISSUE.key}
    await house.ended()
    assert house.events == [DONE]
    assert house.sessions.finished == [DONE]
    assert house.sessions.begun == [(1, "engineering")]
    assert house.leases.held == set()


async def test_a_session_names_the_graph_that_is_run() -> None:
    reading, begun = task(Stage.INTAKE), []
    for made in (BUILDING, reading, FOUNDING):
        house = House(finishes)
        await house.start(made)
        await house.ended()
        begun += house.sessions.begun
    assert begun == [(1, "engineering"), (1, "intake"), (1, "founding")]


async def test_attempts_are_reported_while_it_runs() -> None:
    async def does(report: Report) -> RunFinished:
        await report(AttemptEnded(LATER, 1, RED))
        return DONE

    house = House(does)
    await house.start()
    await house.ended()
    assert house.events == [AttemptEnded(LATER, 1, RED), DONE]


async def test_started_twice_runs_once() -> None:
    house = House(hangs)
    await house.start()
    await house.start(resumed=True)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert house.graph.ran == [False]
    await house.runs.close()


async def test_live_in_another_instance() -> None:
    house = House(finishes)
    house.leases.elsewhere = True
    await house.start()
    await house.ended()
    assert (house.graph.ran, house.events) == ([], [])
    await house.runs.settle(ISSUE)
    assert (house.graph.settled, house.sessions.settled) == (0, 0)


async def test_after_its_end_it_may_start_again() -> None:
    house = House(finishes)
    for _ in range(2):
        await house.start()
        await house.ended()
    assert len(house.graph.ran) == 2


# Stopping


async def test_stopped_while_it_runs() -> None:
    house = House(hangs)
    await house.start()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await house.runs.stop(ISSUE)
    assert (house.graph.cancelled, house.graph.stopped) == (1, 1)
    assert house.leases.held == set()
    assert house.events == []


async def test_stopped_before_it_began() -> None:
    house = House(finishes)
    await house.start()
    await house.runs.stop(ISSUE)
    assert house.graph.ran == []
    assert house.leases.held == set()
    await house.start()
    await house.ended()
    assert house.events == [DONE]


async def test_stopped_twice_and_when_there_is_none() -> None:
    house = House(hangs)
    await house.runs.stop(ISSUE)
    await house.start()
    await asyncio.gather(house.runs.stop(ISSUE), house.runs.stop(ISSUE))
    await house.runs.stop(ISSUE)
    assert house.runs._live == {}
    assert house.leases.held == set()


async def test_a_run_that_swallows_its_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    swallowed = 0

    async def does(_: Report) -> RunFinished:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed > 1:
                    raise

    wait = asyncio.wait

    async def soon(tasks: Any, **_: Any) -> Any:
        return await wait(tasks, timeout=0.01)

    monkeypatch.setattr(asyncio, "wait", soon)
    house = House(does)
    await house.start()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await house.runs.stop(ISSUE)
    assert swallowed == 2
    assert house.events == []


async def test_what_a_stopped_run_used_is_said_until_it_is_settled() -> None:
    """What stopped it may fail before it is shown, and is then done once more."""
    house = House(hangs)
    house.graph.uses = [Usage(70, 7, 10, 0.25)]
    await house.start()
    for _ in range(2):
        assert await house.runs.stop(ISSUE) == Spent(1, Usage(70, 7, 10, 0.25))
    assert [(row.round, row.usage) for row in house.sessions.finished] == [
        (1, Usage(70, 7, 10, 0.25))
    ]
    await house.runs.settle(ISSUE)
    assert await house.runs.stop(ISSUE) == Spent()


async def test_of_a_run_of_another_time_is_said_what_it_used() -> None:
    house = House(hangs)
    house.graph.uses = [Usage(70, 7, 10, 0.25)]
    assert await house.runs.stop(ISSUE) == Spent(1, Usage(70, 7, 10, 0.25))
    await house.runs.settle(ISSUE)
    assert (house.graph.settled, await house.runs.stop(ISSUE)) == (1, Spent())


async def test_closing_lets_go_without_ending_agents() -> None:
    house = House(hangs)
    await house.start()
    await asyncio.sleep(0)
    await house.runs.close()
    assert house.graph.stopped == 0
    assert house.leases.held == set()
    assert house.events == []


# Failures


@pytest.mark.parametrize(
    "error", [ValueError("boom"), KeyError("x"), Refused(403, "push", "denied"), OSError(28, "…")],
    ids=repr,
)  # fmt: skip
async def test_a_failing_graph_blocks_with_a_reason(error: Exception) -> None:
    house = House(raises(error))
    await house.start()
    await house.ended()
    (finished,) = house.events
    assert isinstance(finished, RunFinished)
    assert not finished.green
    assert finished.round == 1
    assert type(error).__name__ in finished.reason
    assert "`/retry`" in finished.reason
    assert "boom" not in finished.reason  # it may hold what is nobody's business
    assert house.leases.held == set()


async def test_a_database_that_fails_blocks_too() -> None:
    house = House(finishes)
    house.sessions.error = ConnectionError("no database")
    await house.start()
    await house.ended()
    assert [type(event) for event in house.events] == [RunFinished]


@pytest.mark.parametrize(
    "error",
    [Unanswered("push: no answer"), Postponed(now() - timedelta(seconds=1), "rate limit")],
    ids=["unanswered", "postponed"],
)
async def test_cut_short_is_taken_up_again(error: Exception) -> None:
    house = House(raises(error))
    await house.start()
    await house.ended()
    await asyncio.sleep(0.01)
    assert [type(event) for event in house.events] == [Found]
    assert house.leases.held == set()
    await house.start(resumed=True)
    await house.ended()
    assert house.graph.ran == [False, True]


async def test_postponed_is_not_taken_up_before_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    delays: list[float] = []
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "call_later", lambda delay, *_: delays.append(delay))
    house = House(raises(Postponed(now() + timedelta(seconds=500), "rate limit")), again=60.0)
    await house.start()
    await house.ended()
    assert [round(delay) for delay in delays] == [500]


# Settling


async def test_settled_once_and_only_after_the_end() -> None:
    house = House(finishes)
    await house.start()
    await house.runs.settle(ISSUE)
    assert house.graph.settled == 0
    await house.ended()
    for _ in range(3):
        await house.runs.settle(ISSUE)
    assert (house.graph.settled, house.sessions.settled) == (1, 1)


async def test_a_run_that_was_cut_short_is_not_settled_while_it_runs_again() -> None:
    house = House(raises(Unanswered("push")), again=1e6)
    await house.start()
    await house.ended()
    house.graph.does = hangs
    await house.start(resumed=True)
    await house.runs.settle(ISSUE)
    assert house.graph.settled == 0
    await house.runs.close()


async def test_only_what_nobody_runs_is_collected() -> None:
    """Not what is live here, nor what the sweep has seen, nor what another instance has."""
    house = House(hangs)
    await house.start()
    await house.runs.collect(frozenset({"11-8"}))
    assert house.graph.removed == ["11-9"]
    assert house.leases.held == {ISSUE.key}
    house.leases.elsewhere = True
    await house.runs.collect(frozenset())
    assert house.graph.removed == ["11-9"]
    await house.runs.close()
