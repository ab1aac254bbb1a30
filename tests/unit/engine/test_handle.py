"""One event of one issue, from the lock to the last effect, with everything that can go wrong."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.consent import HELD
from app.domain.event import AttemptEnded, Found, RunFinished, SlotFreed
from app.domain.log import Log
from app.domain.policy import Merge, Policy
from app.domain.run import Usage
from app.domain.stage import Stage
from app.domain.task import PullRequest, PullRequestState
from app.engine import handle as module
from app.engine.clock import now
from app.engine.ports import Awaited, Postponed, Refused, Unanswered
from tests.unit.domain.make import EVENTS, HEAD, LATER, RED
from tests.unit.domain.make import task as plain_task
from tests.unit.engine.fakes import House, issue

LOST = Unanswered("POST /graphql: no answer")
GONE = Refused(404, "load", "the issue is gone")
DENIED = Refused(403, "show", "Resource not accessible by integration")


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the handler would have slept, without sleeping."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return slept


@pytest.fixture
def house() -> House:
    return House()


async def building(house: House, *numbers: int) -> None:
    for number in numbers:
        await house.handle(number, EVENTS["Requested"])


# The path


async def test_a_request_with_a_free_slot_is_shown_once_and_started(house: House) -> None:
    await house.handle(1, EVENTS["Requested"])
    assert house.board.calls == ["load", "show"]
    assert house.stage(1) == Stage.BUILDING
    assert [v.stage for v in house.board.of(1).record.history] == [Stage.QUEUED, Stage.BUILDING]
    assert house.runs.started == [(1, False)]


async def test_a_green_run_is_merged_in_the_same_breath() -> None:
    house = House(policy=Policy(merge=Merge.ON_GREEN))
    await building(house, 1)
    await house.handle(1, EVENTS["RunFinished"])
    assert house.stage(1) == Stage.DONE
    assert not house.board.of(1).is_open
    assert house.board.of(1).record.merged == "d" * 40
    assert house.runs.settled == [1]


async def test_a_refused_merge_blocks_with_github_s_words() -> None:
    house = House(policy=Policy(merge=Merge.ON_GREEN))
    house.board.merges = "It is not allowed"
    await building(house, 1)
    await house.handle(1, EVENTS["RunFinished"])
    assert house.stage(1) == Stage.BLOCKED
    assert "It is not allowed" in house.board.of(1).record.reason


@pytest.mark.parametrize(
    ("awaited", "reason"), [(Awaited.REVIEWS, HELD), (Awaited.CHECKS, "")], ids=str
)
async def test_a_merge_that_waits_stays_in_review(awaited: Awaited, reason: str) -> None:
    house = House(policy=Policy(merge=Merge.ON_GREEN))
    house.board.merges = awaited
    await building(house, 1)
    await house.handle(1, EVENTS["RunFinished"])
    assert house.stage(1) == Stage.REVIEW
    assert house.board.of(1).record.reason == reason


async def test_a_command_is_acknowledged_after_its_effects(house: House) -> None:
    await building(house, 1)
    mark = len(house.board.calls)
    await house.handle(1, EVENTS["Cancelled"])
    assert house.board.calls[mark:] == ["load", "show", "acknowledge"]
    assert house.runs.stopped == [1]
    assert house.board.reactions == [(504, True)]


async def test_a_command_that_changes_nothing_writes_only_its_reaction(house: House) -> None:
    await house.handle(1, EVENTS["Cancelled"])
    assert house.board.calls == ["load", "acknowledge"]
    assert house.board.reactions == [(504, False)]


@pytest.mark.parametrize("event", ["StatusAsked", "HelpAsked"])
async def test_asked_twice_answered_once(event: str, house: House) -> None:
    for _ in range(3):
        await house.handle(1, EVENTS[event])
    assert len(house.board.said) == 1


# Slots


async def test_who_finds_no_slot_waits_and_is_next() -> None:
    house = House(slots=1)
    await building(house, 1, 2, 3)
    assert [house.stage(n) for n in (1, 2, 3)] == [Stage.BUILDING, Stage.QUEUED, Stage.QUEUED]
    await house.handle(1, EVENTS["RunFinished"])
    assert [(n, type(e)) for n, e in house.spawned] == [(2, SlotFreed)]
    await house.drain()
    assert [house.stage(n) for n in (1, 2, 3)] == [Stage.REVIEW, Stage.BUILDING, Stage.QUEUED]


async def test_cancelled_while_waiting_is_passed_over() -> None:
    house = House(slots=1)
    await building(house, 1, 2, 3)
    await house.handle(2, EVENTS["Cancelled"])
    assert house.spawned == []
    await house.handle(1, EVENTS["RunFinished"])
    await house.drain()
    assert [house.stage(n) for n in (2, 3)] == [Stage.CANCELLED, Stage.BUILDING]


@pytest.mark.parametrize("event", ["Cancelled", "IssueClosed", "RunFinished", "PullRequestMerged"])
async def test_whatever_ends_the_building_gives_the_slot_on(event: str) -> None:
    house = House(slots=1)
    await building(house, 1, 2)
    if event == "IssueClosed":
        house.board.add(replace(house.board.of(1), is_open=False))
    if event == "PullRequestMerged":
        task = house.board.of(1)
        house.board.add(replace(task, record=replace(task.record, pull_request=9)))
    await house.handle(1, EVENTS[event])
    await house.drain()
    assert house.stage(2) == Stage.BUILDING


async def test_cancelled_between_its_turn_and_its_start() -> None:
    """Number 2 was given the slot, but by then nobody wants it: number 3 has it."""
    house = House(slots=1)
    await building(house, 1, 2, 3)
    await house.handle(1, EVENTS["RunFinished"])
    await house.handle(2, EVENTS["Cancelled"])
    await house.drain()
    assert [house.stage(n) for n in (2, 3)] == [Stage.CANCELLED, Stage.BUILDING]


async def test_deleted_while_waiting_gives_the_slot_on() -> None:
    """Nobody will ever tell us more of a deleted issue; the line must go on."""
    house = House(slots=1)
    await building(house, 1, 2, 3)
    del house.board.tasks[house.board.of(2).issue.key]
    await house.handle(1, EVENTS["RunFinished"])
    await house.drain()
    assert house.stage(3) == Stage.BUILDING


async def test_deleted_while_building_gives_the_slot_on() -> None:
    house = House(slots=1)
    await building(house, 1, 2)
    del house.board.tasks[house.board.of(1).issue.key]
    await house.handle(1, EVENTS["RunFinished"])
    await house.drain()
    assert house.stage(2) == Stage.BUILDING


async def test_a_deleted_comment_does_not_keep_a_slot() -> None:
    """`/cancel` was done; that its reaction has no place any more changes nothing."""
    house = House(slots=1)
    await building(house, 1, 2)
    house.board.fail("acknowledge", *[Refused(404, "react", "Not Found")] * 9)
    await house.handle(1, EVENTS["Cancelled"])
    await house.drain()
    assert [house.stage(n) for n in (1, 2)] == [Stage.CANCELLED, Stage.BUILDING]


async def test_all_of_many_end_with_few_slots() -> None:
    house = House(slots=2, issues=20)
    await building(house, *range(1, 21))
    for _ in range(20):
        at_work = [n for n in range(1, 21) if house.stage(n) == Stage.BUILDING]
        assert len(at_work) <= 2
        for number in at_work[:1]:
            await house.handle(number, EVENTS["RunFinished"])
        await house.drain()
    assert {house.stage(n) for n in range(1, 21)} == {Stage.REVIEW}
    assert [number for number, _ in house.runs.started] == [*range(1, 21)]


# Pausing


async def test_a_paused_task_gives_up_its_slot_and_takes_none_when_found() -> None:
    house = House(slots=1)
    await building(house, 1, 2)
    await house.handle(1, EVENTS["Paused"])
    await house.drain()
    assert [house.stage(n) for n in (1, 2)] == [Stage.QUEUED, Stage.BUILDING]
    assert house.runs.stopped == [1]
    assert 1 in house.runs.settled
    await house.handle(2, EVENTS["RunFinished"])
    await house.handle(1, Found(LATER))
    assert house.stage(1) == Stage.QUEUED
    await house.handle(1, EVENTS["Resumed"])
    assert house.stage(1) == Stage.BUILDING
    assert house.runs.started == [(1, False), (2, False), (1, True)]


async def test_paused_while_waiting_for_a_slot() -> None:
    house = House(slots=1)
    await building(house, 1, 2, 3)
    await house.handle(2, EVENTS["Paused"])
    await house.handle(1, EVENTS["RunFinished"])
    await house.drain()
    assert [house.stage(n) for n in (2, 3)] == [Stage.QUEUED, Stage.BUILDING]


async def test_paused_just_as_the_slot_came() -> None:
    """The slot was given already; it goes on to the next."""
    house = House(slots=1)
    await building(house, 1, 2, 3)
    await house.handle(1, EVENTS["RunFinished"])
    await house.handle(2, EVENTS["Paused"])
    await house.drain()
    assert [house.stage(n) for n in (2, 3)] == [Stage.QUEUED, Stage.BUILDING]


async def test_what_a_stopped_run_used_is_shown_with_what_stopped_it(house: House) -> None:
    await building(house, 1)
    house.runs.used = Usage(70, 7, 10, 0.25)
    shown = len(house.board.shown)
    await house.handle(1, EVENTS["Cancelled"])
    assert len(house.board.shown) == shown + 1
    assert house.board.of(1).record.usage == Usage(70, 7, 10, 0.25)


# Agents, budgets, logs


async def test_another_agent_takes_over_in_a_run_of_its_own() -> None:
    house = House(policy=Policy(attempts=9, agents=("scripted", "codex")))
    await building(house, 1)
    await house.handle(1, EVENTS["AgentChosen"])
    assert house.runs.stopped == []
    house.runs.used = Usage(70, 7, 10, 0.25)
    await house.handle(1, EVENTS["AttemptEnded"])
    assert (house.runs.stopped, house.runs.started) == ([1], [(1, False), (1, True)])
    record = house.board.of(1).record
    assert (record.round, record.agent, record.usage) == (2, "codex", house.runs.used)
    await house.handle(1, EVENTS["RunFinished"])  # of the run that was stopped
    assert house.stage(1) == Stage.BUILDING


async def test_a_run_at_work_gets_the_money_that_was_added() -> None:
    house = House(policy=Policy(budget_usd=2.0))
    await building(house, 1)
    for _ in range(2):
        await house.handle(1, EVENTS["BudgetAsked"])
    assert house.budgets.raised == [(1, 7.0)]
    assert house.board.reactions == [(510, True), (510, True)]


async def test_where_nothing_holds_runs_to_a_budget_none_is_raised_there() -> None:
    house = House(policy=Policy(budget_usd=2.0), metered=False)
    await building(house, 1)
    await house.handle(1, EVENTS["BudgetAsked"])
    assert house.board.of(1).record.budget_extra == 5.0
    assert house.budgets.raised == []


async def test_logs_are_answered_once(house: House) -> None:
    house.logs.logs = [Log("developer, attempt 1", "runs/x", "Hi")]
    for _ in range(2):
        await house.handle(1, EVENTS["LogsAsked"])
    ((command, text),) = house.board.said
    assert (command, "Hi" in text) == ("511-LogsAsked", True)
    assert house.board.reactions == [(511, True), (511, True)]


# Whose turn it is


async def test_the_more_urgent_start_first() -> None:
    house = House(slots=1)
    for number, rank in ((2, 2), (3, 0), (4, 1)):
        house.board.add(replace(house.board.of(number), rank=rank))
    await building(house, 1, 2, 3, 4)
    for number in (1, 3, 4):
        await house.handle(number, EVENTS["RunFinished"])
        await house.drain()
    assert [number for number, _ in house.runs.started] == [1, 3, 4, 2]


async def test_a_task_that_has_become_urgent_is_found_so() -> None:
    house = House(slots=1)
    await building(house, 1, 2, 3)
    house.board.add(replace(house.board.of(3), rank=-1))
    await house.handle(3, Found(LATER))
    await house.handle(1, EVENTS["RunFinished"])
    await house.drain()
    assert [house.stage(n) for n in (2, 3)] == [Stage.QUEUED, Stage.BUILDING]


async def test_nothing_starts_before_all_who_wait_are_known() -> None:
    """After a restart: one is at work, three wait, the most urgent is seen last."""
    house = House(slots=2, closed=True)
    house.board.add(replace(house.board.of(4), rank=-1))
    for number, stage in ((1, Stage.QUEUED), (2, Stage.BUILDING), (3, Stage.QUEUED)):
        house.board.add(replace(plain_task(stage), issue=issue(number)))
        await house.handle(number, Found(LATER))
    await building(house, 4)
    assert house.runs.started == [(2, True)]
    house.handler.open_slots()
    await house.drain()
    assert house.runs.started == [(2, True), (4, False)]
    await house.handle(2, EVENTS["Cancelled"])
    await house.drain()
    assert [house.stage(n) for n in (1, 3)] == [Stage.BUILDING, Stage.QUEUED]


# Answers that do not come


@pytest.mark.parametrize("call", ["load", "show"])
async def test_unanswered_then_fine(call: str, house: House, waits: list[float]) -> None:
    house.board.fail(call, LOST, LOST)
    await house.handle(1, EVENTS["Requested"])
    assert house.stage(1) == Stage.BUILDING
    assert house.runs.started[0] == (1, False)
    assert waits == [1.0, 2.0]


async def test_shown_without_an_answer_is_started_all_the_same(house: House) -> None:
    """The first try shows building and never hears of it; the facts say what is left to do."""

    async def show(task: object, *, is_open: bool | None) -> None:
        await kept(task, is_open=is_open)  # type: ignore[arg-type]
        house.board.show = kept  # type: ignore[method-assign]
        raise LOST

    kept = house.board.show
    house.board.show = show  # type: ignore[method-assign]
    await house.handle(1, EVENTS["Requested"])
    assert house.runs.started == [(1, True)]


async def test_never_answered_is_left_to_the_sweep(house: House, waits: list[float]) -> None:
    house.board.fail("load", *[LOST] * 50)
    await house.handle(1, EVENTS["Requested"])
    assert house.board.calls == ["load"] * module.TRIES
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    assert house.runs.started == []


async def test_postponed_waits_until_then(house: House, waits: list[float]) -> None:
    house.board.fail("load", Postponed(now() + timedelta(seconds=90), "rate limit"))
    await house.handle(1, EVENTS["Requested"])
    assert [round(wait) for wait in waits] == [90]
    assert house.stage(1) == Stage.BUILDING


async def test_postponed_to_a_time_that_has_passed(house: House, waits: list[float]) -> None:
    house.board.fail("load", Postponed(now() - timedelta(seconds=90), "rate limit"))
    await house.handle(1, EVENTS["Requested"])
    assert waits == [0.0]
    assert house.stage(1) == Stage.BUILDING


async def test_gone_is_looked_for_again_and_then_dropped(house: House, waits: list[float]) -> None:
    house.board.fail("load", *[GONE] * 50)
    await house.handle(1, EVENTS["Requested"])
    assert house.board.calls == ["load"] * (module.LOOKS + 1)
    assert waits == [1.0, 1.0]


async def test_not_there_yet(house: House) -> None:
    """What was just made may not be there to read."""
    house.board.fail("load", GONE)
    await house.handle(1, EVENTS["Requested"])
    assert house.stage(1) == Stage.BUILDING


async def test_denied_is_not_asked_again(house: House, waits: list[float]) -> None:
    house.board.fail("show", *[DENIED] * 50)
    await house.handle(1, EVENTS["Requested"])
    assert house.board.calls == ["load", "show"]
    assert waits == []
    assert house.runs.started == []


async def test_one_at_a_time_per_issue(house: House) -> None:
    """Two requests at once start one run."""
    await asyncio.gather(*(house.handle(1, EVENTS["Requested"]) for _ in range(5)))
    assert house.runs.started == [(1, False)]
    assert house.board.calls.count("show") == 1


# Progress


def ended(number: int) -> AttemptEnded:
    return AttemptEnded(LATER, 1, replace(RED, number=number))


async def test_progress_is_folded() -> None:
    """What comes within a while is shown as one."""
    house = House(progress=60.0, policy=Policy(attempts=9))
    await building(house, 1)
    shown = len(house.board.shown)
    for number in (1, 2, 3):
        await house.handle(1, ended(number))
    assert len(house.board.shown) == shown
    await house.later()
    assert len(house.board.shown) == shown + 1
    assert [a.number for a in house.board.of(1).record.attempts] == [1, 2, 3]


async def test_progress_after_what_was_shown_waits_anew() -> None:
    house = House(progress=60.0, policy=Policy(attempts=9))
    await building(house, 1)
    await house.handle(1, ended(1))
    await house.later()
    await house.handle(1, ended(2))
    assert [a.number for a in house.board.of(1).record.attempts] == [1]
    await house.later()
    assert [a.number for a in house.board.of(1).record.attempts] == [1, 2]


async def test_what_is_not_written_is_not_read() -> None:
    house = House(progress=60.0, policy=Policy(attempts=9))
    await building(house, 1)
    mark = len(house.board.calls)
    await house.handle(1, ended(1))
    await house.handle(1, ended(2))
    assert house.board.calls[mark:] == []
    await house.later()
    assert house.board.calls[mark:] == ["load", "show"]


async def test_progress_that_could_not_be_shown_is_shown_at_the_next_try(
    waits: list[float],
) -> None:
    house = House(progress=60.0, policy=Policy(attempts=9))
    await building(house, 1)
    await house.handle(1, ended(1))
    house.board.fail("show", LOST)
    await house.later()
    assert [a.number for a in house.board.of(1).record.attempts] == [1]
    assert waits == [1.0]


async def test_the_end_shows_what_was_held_back() -> None:
    house = House(progress=60.0, policy=Policy(attempts=9))
    await building(house, 1)
    await house.handle(1, ended(1))
    finished = RunFinished(LATER, 1, (RED,), pull_request=9, verified=HEAD)
    await house.handle(1, finished)
    assert [a.number for a in house.board.of(1).record.attempts] == [1]
    assert house.handler._shown._later == {}


@pytest.mark.parametrize("between", ["ChecksEnded", "StatusAsked", "Found", "Cancelled"])
async def test_what_was_held_back_outlives_another_event(between: str) -> None:
    house = House(progress=60.0, policy=Policy(attempts=9))
    await building(house, 1)
    await house.handle(1, ended(1))
    await house.handle(1, EVENTS[between])
    await house.handle(1, ended(2))
    await house.handle(1, RunFinished(LATER, 1, ()))
    numbers = [a.number for a in house.board.of(1).record.attempts]
    assert numbers == ([1] if between == "Cancelled" else [1, 2])


async def test_progress_is_of_the_task_as_it_stands() -> None:
    """Another instance may have written since."""
    house = House(policy=Policy(attempts=9))
    await building(house, 1)
    mark = len(house.board.calls)
    await house.handle(1, ended(1))
    assert house.board.calls[mark:] == ["load", "show"]


async def test_nothing_is_kept_of_tasks_that_ended() -> None:
    house = House(progress=60.0)
    await building(house, 1, 2)
    await house.handle(1, ended(1))
    for number in (1, 2):
        await house.handle(number, EVENTS["Cancelled"])
    shown = house.handler._shown
    assert (shown._tasks, shown._later, shown._due) == ({}, {}, set())


async def test_progress_of_a_task_that_was_stopped_meanwhile() -> None:
    house = House(policy=Policy(attempts=9))
    await building(house, 1)
    await house.handle(1, EVENTS["Cancelled"])
    await house.handle(1, ended(1))
    assert house.stage(1) == Stage.CANCELLED
    assert house.board.of(1).record.attempts == ()


async def test_a_sweep_that_finds_nothing_wrong_writes_nothing() -> None:
    house = House()
    await building(house, 1)
    mark = len(house.board.calls)
    await house.handle(1, Found(LATER))
    assert house.board.calls[mark:] == ["load"]
    assert house.runs.started[1:] == [(1, True)]  # which does nothing while the run is live


@pytest.mark.parametrize("event", ["IssueClosed", "IssueReopened", "PullRequestClosed"])
async def test_what_github_does_not_say_any_more_changes_nothing(event: str) -> None:
    """Looked at twice: what was just done may not be there to read yet."""
    house = House()
    await building(house, 1)
    before = house.board.of(1)
    if event == "IssueReopened":
        house.board.add(replace(before, is_open=False, stage=Stage.DONE))
    if event == "PullRequestClosed":
        number = EVENTS[event].number  # type: ignore[attr-defined]
        pull = PullRequest(number, PullRequestState.OPEN, "a" * 40)
        record = replace(before.record, pull_request=number)
        house.board.add(replace(before, stage=Stage.REVIEW, record=record, pull_request=pull))
    stage, mark = house.stage(1), len(house.board.calls)
    await house.handle(1, EVENTS[event])
    assert house.stage(1) is stage
    assert house.board.calls[mark:][:2] == ["load", "load"]


@pytest.mark.parametrize(
    ("changes", "stops"),
    [
        ({"stage": Stage.CANCELLED}, True),
        ({"stage": Stage.QUEUED, "round": 2}, True),
        ({"stage": Stage.CANCELLED, "round": 0}, False),
        ({"stage": Stage.QUEUED}, False),
    ],
    ids=["it has ended", "another round", "an old end, read late", "the queue, read late"],
)
async def test_what_another_instance_has_stopped(changes: dict[str, Any], stops: bool) -> None:
    house = House()
    await building(house, 1)
    before = house.board.of(1)
    record = replace(before.record, **changes)
    stage = changes["stage"]
    labels = frozenset({stage.value})
    house.board.add(replace(before, stage=stage, labels=labels, record=record))
    await house.handle(1, ended(1))
    assert house.runs.stopped == ([1] if stops else [])


async def test_a_task_at_work_elsewhere_keeps_no_slot() -> None:
    house = House(slots=1)
    await building(house, 1, 2)
    house.runs.live.discard(1)
    await house.handle(1, EVENTS["StatusAsked"])
    await house.drain()
    assert house.stage(2) is Stage.BUILDING
