"""Calling people: what GitHub refuses of it holds nothing up, and is told."""

import pytest

from app.domain.event import RunFinished
from app.domain.policy import Escalation, Policy
from app.domain.stage import Stage
from app.engine.ports import Refused, Unanswered
from tests.unit.domain.make import LATER, RED
from tests.unit.engine.fakes import House
from tests.unit.engine.test_handle import building

FAILED = RunFinished(LATER, 1, (RED,), reason="It broke.")
LEFT = "It broke. GitHub did not assign `ghost`."


NO = Refused(403, "POST", "no")


def house_with(assigned: frozenset[str] | None, *assign: str) -> House:
    """`assigned` None: it is refused."""
    house = House(policy=Policy(escalation=Escalation(assign, ("acme/on-call",))))
    if assigned is None:
        house.board.fail("assign", NO)
    else:
        house.board.assigns = assigned
    return house


@pytest.mark.parametrize(
    ("assigned", "assign", "reason"),
    [
        (frozenset({"Wanda", "olivia"}), ("wanda",), "It broke."),
        (frozenset(), ("ghost",), LEFT),
        (None, ("ghost",), LEFT),
        (frozenset({"wanda"}), ("wanda", "ghost"), LEFT),
    ],
    ids=["assigned", "left out", "refused", "in part"],
)
async def test_it_is_blocked_whoever_could_be_called(
    assigned: frozenset[str] | None, assign: tuple[str, ...], reason: str
) -> None:
    house = house_with(assigned, *assign)
    await building(house, 1)
    mark = len(house.board.calls)
    await house.handle(1, FAILED)
    assert house.board.calls[mark:] == ["load", "assign", "reply", "show"]
    assert house.stage(1) == Stage.BLOCKED
    assert house.board.of(1).record.reason == reason


async def test_without_anybody_to_assign_nothing_is_asked() -> None:
    house = house_with(None)
    await building(house, 1)
    mark = len(house.board.calls)
    await house.handle(1, FAILED)
    assert house.board.calls[mark:] == ["load", "reply", "show"]


async def test_a_comment_that_is_refused_holds_nothing_up() -> None:
    house = house_with(frozenset())
    await building(house, 1)
    house.board.fail("reply", NO)
    await house.handle(1, FAILED)
    assert house.stage(1) == Stage.BLOCKED


async def test_it_is_said_once_though_the_block_is_not_shown_at_first() -> None:
    house = house_with(frozenset({"wanda"}), "wanda")
    await building(house, 1)
    house.board.fail("show", Unanswered("lost"))
    await house.handle(1, FAILED)
    assert house.stage(1) == Stage.BLOCKED
    assert [key for key, _ in house.board.said] == ["blocked-1"]
