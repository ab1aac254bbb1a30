"""The inbox: order within an issue, bounded memory, and no second look at a GUID."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine import inbox as module
from app.engine.delivery import Delivery, Issue, Payload, Repository
from app.engine.inbox import Inbox, Lane


def delivery(guid: str, number: int = 1, repository: int = 7) -> Delivery:
    return Delivery(
        guid, "issues", Payload(repository=Repository(id=repository), issue=Issue(number=number))
    )


async def emptied(inbox: Inbox) -> list[list[Delivery]]:
    return [[await lane.get() for _ in range(len(lane))] for lane in inbox.lanes]


def test_one_guid_is_taken_once() -> None:
    inbox = Inbox()
    assert [inbox.put(delivery(guid)) for guid in ("a", "b", "a", "b", "c")] == [
        "accepted",
        "accepted",
        "seen before",
        "seen before",
        "accepted",
    ]


def test_deliveries_without_guids_are_all_taken() -> None:
    inbox = Inbox()
    assert [inbox.put(delivery("")) for _ in range(3)] == ["accepted"] * 3


async def test_a_guid_that_did_not_fit_may_come_again() -> None:
    inbox = Inbox(size=1, lanes=1)
    assert [inbox.put(delivery(guid)) for guid in "ab"] == ["accepted", "left to a sweep"]
    assert inbox.full.is_set()
    await inbox.lanes[0].get()
    assert inbox.put(delivery("b")) == "accepted"


def test_guids_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 3)
    inbox = Inbox()
    for guid in "abcd":
        assert inbox.put(delivery(guid)) == "accepted"
    assert len(inbox._seen) == 3
    assert inbox.put(delivery("d")) == "seen before"
    assert inbox.put(delivery("a")) == "accepted"  # forgotten; the domain makes nothing twice


def test_a_full_lane_does_not_fill_the_others() -> None:
    inbox = Inbox(size=4, lanes=4)
    assert inbox.put(delivery("a", number=1)) == "accepted"
    assert inbox.put(delivery("b", number=1)) == "left to a sweep"
    assert inbox.put(delivery("c", number=2)) == "accepted"


@given(
    numbers=st.lists(st.tuples(st.integers(-5, 5), st.integers(-(2**63), 2**64 - 1)), max_size=50),
    lanes=st.integers(1, 20),
)
def test_every_issue_has_one_lane_and_keeps_its_order(
    numbers: list[tuple[int, int]], lanes: int
) -> None:
    inbox = Inbox(lanes=lanes)
    for index, (number, repository) in enumerate(numbers):
        assert inbox.put(delivery(str(index), number, repository)) == "accepted"
    where: dict[tuple[int, int], set[int]] = {}
    for index, lane in enumerate(asyncio.run(emptied(inbox))):
        order = [int(one.guid) for one in lane]
        assert order == sorted(order)
        for guid in order:
            where.setdefault(numbers[guid], set()).add(index)
    assert all(len(used) == 1 for used in where.values())
    assert sum(map(len, where.values())) == len(set(numbers))


@pytest.mark.parametrize("payload", [Payload(), Payload(repository=Repository(id=5))])
def test_deliveries_about_no_issue_have_a_lane_too(payload: Payload) -> None:
    assert Inbox().put(Delivery("a", "push", payload)) == "accepted"


async def test_a_worker_waits_for_the_next_one() -> None:
    lane = Lane(2)
    waiting = asyncio.create_task(lane.get())
    await asyncio.sleep(0)
    assert [lane.put(delivery(guid)) for guid in "abc"] == [True, True, False]
    assert (await waiting).guid == "a"
    assert (await lane.get()).guid == "b"
    assert len(lane) == 0


async def test_nothing_is_lost_with_a_worker_that_stopped_waiting() -> None:
    lane = Lane(2)
    waiting = asyncio.create_task(lane.get())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert lane.put(delivery("a"))
    assert (await lane.get()).guid == "a"
