"""Our parts of a large request: each made once, ordered, listed in one request."""

from __future__ import annotations

import pytest

from app.domain.part import Part, marker
from app.engine.ports import Refused, Unanswered
from app.github.sub_issues import GitHubSubIssues
from app.sandbox import Fault
from app.sandbox.records import FaultKind
from tests.flow.sandbox.client import Client, client
from tests.flow.sandbox.conftest import Hub

PARTS = (
    Part("api", "Serve it", "An endpoint.", after=("db",)),
    Part("db", "Keep it", "A table."),
    Part("page", "Show it", "A page.", after=("api", "db")),
)
SPLIT = {"api": 2, "db": 3, "page": 4}


def sub_issues_of(we: Client) -> GitHubSubIssues:
    return GitHubSubIssues(we.api, we.hub.sandbox.app.slug, retry_seconds=0.0)


def blockers(hub: Hub) -> dict[int, tuple[int, ...]]:
    return {one.number: one.blocked_by for one in hub.sandbox.repository("web").plain_issues()}


async def split(we: Client, parts: tuple[Part, ...] = PARTS) -> dict[str, int]:
    made = await sub_issues_of(we).create(we.issue(), parts)
    return {key: issue.number for key, issue in made.items()}


async def test_parts_are_made_and_ordered(hub: Hub) -> None:
    async with client(hub) as we:
        assert await split(we) == SPLIT
        assert blockers(hub) == {1: (), 2: (3,), 3: (), 4: (2, 3)}
        listed = await sub_issues_of(we).listed(we.issue())
        assert [(one.key, one.is_open) for one in listed] == [
            ("api", True), ("db", True), ("page", True),
        ]  # fmt: skip
        hub.sandbox.close_issue("web", 3, by="ann")
        listed = await sub_issues_of(we).listed(we.issue())
    assert [one.key for one in listed if one.is_open] == ["api", "page"]
    assert hub.sandbox.issue("web", 3).body == f"A table.\n\n{marker(we.issue(), 'db')}"


async def test_all_are_made_in_one_request(hub: Hub) -> None:
    async with client(hub) as we:
        before = len(hub.sandbox.requests)
        await split(we)
        asked = we.asked(before)
        assert [one.operation for one in asked[:2]] == ["Parts", "Split"]
        assert asked[1].content == 3
        assert [one.method for one in asked[2:]] == ["POST"] * 3
        before = len(hub.sandbox.requests)
        await sub_issues_of(we).listed(we.issue())
        assert len(we.asked(before)) == 1


LOST: list[tuple[str, FaultKind, int]] = [
    ("graphql:Split", "fail", 1),
    ("graphql:Split", "write_then_fail", 1),
    ("graphql:Split", "write_then_drop", 1),
    ("graphql:Split", "partial", 1),
    ("graphql:Split", "partial", 2),
    ("POST */blocked_by", "fail", 2),
    ("POST */blocked_by", "write_then_fail", 1),
    ("POST */blocked_by", "write_then_drop", 2),
]


@pytest.mark.parametrize(("match", "kind", "times"), LOST, ids=[f"{m}-{k}-{n}" for m, k, n in LOST])
async def test_never_a_part_twice(hub: Hub, match: str, kind: FaultKind, times: int) -> None:
    hub.sandbox.inject(Fault(match, kind, times=times))
    async with client(hub) as we:
        first = await split(we)
        assert await split(we) == first
    assert first.keys() == SPLIT.keys()
    assert len(hub.sandbox.repository("web").plain_issues()) == 4
    wanted = {first[part.key]: tuple(first[key] for key in part.after) for part in PARTS}
    assert {number: blockers(hub)[number] for number in wanted} == wanted


async def test_what_was_half_made_is_finished(hub: Hub) -> None:
    hub.sandbox.inject(Fault("POST */blocked_by", "fail", times=9))
    async with client(hub) as we:
        with pytest.raises(Unanswered):
            await split(we)
        hub.sandbox.clear_faults()
        more = (*PARTS, Part("docs", "Tell of it", "A page.", after=("page",)))
        assert await split(we, more) == SPLIT | {"docs": 5}
    assert blockers(hub) == {1: (), 2: (3,), 3: (), 4: (2, 3), 5: (4,)}


async def test_many_parts_go_in_batches(hub: Hub) -> None:
    many = tuple(Part(f"p{n}", f"Part {n}", "") for n in range(23))
    async with client(hub) as we:
        before = len(hub.sandbox.requests)
        made = await split(we, many)
        assert [one.content for one in we.asked(before) if one.writes] == [10, 10, 3]
    assert list(made.values()) == list(range(2, 25))


async def test_what_people_add_is_listed_and_not_ours(hub: Hub) -> None:
    async with client(hub) as we:
        await split(we)
        forged = f"Mine.\n\n{marker(we.issue(), 'db')}"
        number = hub.sandbox.open_issue("web", by="bob", title="Db", body=forged).number
        hub.sandbox.add_sub_issue("web", 1, number, by="ann")
        listed = await sub_issues_of(we).listed(we.issue())
        assert [one.key for one in listed] == ["api", "db", "page", None]
        assert await split(we) == SPLIT


async def test_a_part_of_another_request_is_not_taken(hub: Hub) -> None:
    second = hub.sandbox.open_issue("web", by="ann", title="More").number
    async with client(hub) as we:
        made = await split(we, PARTS[1:2])
        hub.sandbox.remove_sub_issue("web", 1, made["db"], by="ann")
        hub.sandbox.add_sub_issue("web", second, made["db"], by="ann")
        there = await sub_issues_of(we).create(we.issue(second), PARTS[1:2])
    assert there["db"].number != made["db"]


async def test_parts_that_wait_for_one_another_are_refused(hub: Hub) -> None:
    circle = (Part("a", "A", "", after=("b",)), Part("b", "B", "", after=("a",)))
    async with client(hub) as we:
        with pytest.raises(ValueError, match="wait for one another"):
            await split(we, circle)
        with pytest.raises(Refused, match="404"):
            await sub_issues_of(we).create(we.issue(99), PARTS)
    assert len(hub.sandbox.repository("web").plain_issues()) == 1
