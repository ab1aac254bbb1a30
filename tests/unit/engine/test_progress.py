"""Progress that was held back is shown once its while is over, and spoils nothing it tells of."""

from app.domain.event import AttemptEnded, Planned
from app.domain.policy import Policy
from app.domain.run import Usage
from tests.unit.domain.make import EVENTS, LATER, RED
from tests.unit.engine.fakes import House, issue

USED = Usage(70, 7, 0, 0.5)
PLAN = "One more route."


async def at_work() -> House:
    house = House(progress=60.0, policy=Policy(attempts=9))
    await house.handle(1, EVENTS["Requested"])
    await house.drain()
    return house


async def test_a_plan_is_shown_before_the_first_attempt_ends() -> None:
    house = await at_work()
    await house.handle(1, Planned(LATER, 1, PLAN, USED))
    assert house.board.of(1).record.plan == ""
    await house.later()
    record = house.board.of(1).record
    assert (record.plan, record.running) == (PLAN, USED)


async def test_what_was_used_is_shown_with_the_attempt() -> None:
    house = await at_work()
    await house.handle(1, AttemptEnded(LATER, 1, RED, USED))
    await house.later()
    record = house.board.of(1).record
    assert (record.attempts, record.running) == ((RED,), USED)


async def test_an_attempt_after_the_plan_is_shown_with_it() -> None:
    house = await at_work()
    await house.handle(1, Planned(LATER, 1, PLAN, USED))
    await house.handle(1, AttemptEnded(LATER, 1, RED, USED + USED))
    await house.later()
    record = house.board.of(1).record
    assert (record.plan, record.attempts, record.running) == (PLAN, (RED,), USED + USED)


async def test_nothing_is_shown_of_a_run_that_told_nothing() -> None:
    house = await at_work()
    shown = len(house.board.shown)
    house.handler._shown.show_now(issue(1))
    await house.drain()
    assert len(house.board.shown) == shown
