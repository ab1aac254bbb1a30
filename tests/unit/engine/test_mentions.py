"""A comment that mentions us, on its way through the handler and the runs."""

import asyncio
from dataclasses import replace

import pytest

from app.domain.stage import Stage
from app.domain.thread import Comment
from app.engine.ports import Unanswered
from tests.unit.domain.make import AT, EVENTS, LATER
from tests.unit.engine.fakes import House
from tests.unit.engine.test_runs import BUILDING, hangs
from tests.unit.engine.test_runs import House as RunHouse

MENTIONED = EVENTS["Mentioned"]
SAID = Comment(601, "alice", LATER, "@orc in Fahrenheit, please")


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleep(_seconds: float) -> None:
        return None

    monkeypatch.setattr("app.engine.handle.asyncio.sleep", sleep)


async def at_work() -> House:
    house = House()
    await house.handle(1, EVENTS["Requested"])
    return house


async def test_a_run_at_work_is_told_before_the_comment_is_acknowledged() -> None:
    house = await at_work()
    mark = len(house.board.calls)
    await house.handle(1, MENTIONED)
    assert house.board.calls[mark:] == ["load", "show", "acknowledge"]
    (told,) = house.runs.told
    assert told.thread == (SAID,)
    assert house.board.reactions == [(601, True)]


async def test_what_github_has_not_got_to_read_yet_is_taken_from_the_delivery() -> None:
    house = await at_work()
    before = Comment(600, "bob", AT, "Hm.")
    house.board.add(replace(house.board.of(1), thread=(before,)))
    await house.handle(1, MENTIONED)
    assert house.runs.told[0].thread == (before, SAID)


async def test_a_write_whose_answer_is_lost_takes_the_comment_once() -> None:
    house = await at_work()
    house.board.fail("acknowledge", Unanswered("lost"))
    await house.handle(1, MENTIONED)
    assert house.stage(1) == Stage.BUILDING
    assert house.board.of(1).record.asked == 601
    assert house.board.of(1).record.handled == ("601-Mentioned",)
    assert house.board.reactions == [(601, True)]
    assert house.runs.started[-1] == (1, True)  # which tells a run that is live


async def test_more_that_was_asked_begins_a_round_in_the_slot_that_there_is() -> None:
    house = House(slots=1)
    await house.handle(1, EVENTS["Requested"])
    await house.handle(2, EVENTS["Requested"])
    await house.handle(1, MENTIONED)
    await house.handle(1, EVENTS["RunFinished"])
    assert house.stage(1) == Stage.BUILDING
    assert house.board.of(1).record.round == 2
    assert house.stage(2) == Stage.QUEUED
    assert house.runs.settled == [2]  # nothing runs there yet; the first goes on


async def test_only_a_run_that_is_live_here_is_told() -> None:
    house = RunHouse(hangs)
    house.runs.tell(BUILDING)
    assert house.graph.told == []
    await house.start()
    house.runs.tell(BUILDING)
    await house.start(resumed=True)
    assert house.graph.told == [BUILDING, BUILDING]
    await house.runs.close()
    await asyncio.sleep(0)
