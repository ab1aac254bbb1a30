"""Whose words on a pull request reach the developer, and up to when they are known."""

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from app.domain.policy import Role
from app.domain.ref import IssueRef, RepoRef
from app.domain.review import Reviews, Said, Thread
from app.domain.task import Task
from app.graphs.context import Context
from app.graphs.engineering.reviewed import reviewed
from app.graphs.engineering.state import State
from tests.unit.domain.make import AT, LATER, task, with_record

NEVER = datetime.min.replace(tzinfo=UTC)
TASK = with_record(task(), pull_request=7)


@dataclass
class Board:
    found: Reviews
    asked: list[int] = field(default_factory=list)

    async def read(self, _issue: IssueRef, number: int) -> Reviews:
        self.asked.append(number)
        return self.found


@dataclass
class Roster:
    asked: Counter[str] = field(default_factory=Counter)

    async def role(self, _repo: RepoRef, login: str) -> Role:
        self.asked[login] += 1
        return {"wanda": Role.WRITE, "olivia": Role.ADMIN, "rita": Role.READ}.get(login, Role.NONE)


@dataclass
class Workshop:
    reviews: Board
    roster: Roster = field(default_factory=Roster)


def said(text: str = "Mend it.", by: str = "wanda", **more: Any) -> Said:
    return Said(more.pop("id", 1), by, more.pop("at", AT), text, **more)


def review(text: str = "Almost.", by: str = "wanda", **more: Any) -> Said:
    return said(text, by, **more)


def thread(*comments: Said, name: str = "T1", line: int | None = 3) -> Thread:
    return Thread(name, "a.py", line, "@@", comments or (said(),))


def house(made: Task = TASK, **found: Any) -> Context:
    board = Board(Reviews(**found))
    workshop = cast("Any", Workshop(board))
    return Context(made, workshop, cast("Any", None), resumed=False, latest=lambda: made)


async def told(**found: Any) -> State:
    return await reviewed(house(**found))


OURS: dict[str, Any] = {"by": "orc[bot]", "is_person": False, "ours": True}
LAST = {
    "of a writer": ((said(),), True),
    "of an admin": ((said(by="olivia"),), True),
    "of a reader": ((said(by="rita"),), False),
    "of a stranger": ((said(by="stan"),), False),
    "of an App": ((said(is_person=False),), False),
    "of who is gone": ((said(by="ghost", is_person=False),), False),
    "edited": ((said(edited=True),), False),
    "ours": ((said(), said(**OURS)), False),
    "a writer's, after ours": ((said(), said(**OURS), said("Still not.")), True),
    "a stranger's, after a writer's": ((said(), said(by="stan")), False),
    "nobody's": ((), False),
}


@pytest.mark.parametrize(("comments", "counts"), LAST.values(), ids=LAST)
async def test_a_thread_counts_by_its_last_word(comments: tuple[Said, ...], counts: bool) -> None:
    one = Thread("T1", "a.py", 3, "@@", comments)
    assert bool((await told(threads=(one,)))["threads"]) is counts


@pytest.mark.parametrize(("comments", "counts"), LAST.values(), ids=LAST)
async def test_a_review_counts_by_its_author(comments: tuple[Said, ...], counts: bool) -> None:
    for where in ("decisive", "remarks"):
        one = comments[-1:]
        assert bool((await told(**{where: one}))["remarks"]) is counts


@pytest.mark.parametrize("text", ["", " \n\t", "\u00a0"])
async def test_a_review_without_words_is_no_remark(text: str) -> None:
    state = await told(decisive=(review(text),))
    assert state["remarks"] == []


async def test_what_is_told_of_a_thread() -> None:
    comments = (said("One."), said("Psst.", "stan"), said("Done.", **OURS), said("No.", "olivia"))
    state = await told(threads=(thread(*comments), thread(name="T2", line=None)))
    assert state["threads"] == [
        {"id": "T1", "where": "a.py, line 3", "hunk": "@@",
         "said": ["wanda: One.", "you: Done.", "olivia: No."]},
        {"id": "T2", "where": "a.py, since changed", "hunk": "@@", "said": ["wanda: Mend it."]},
    ]  # fmt: skip
    assert state["answers"] == {}


async def test_the_role_is_the_one_the_configuration_names() -> None:
    strict = replace(TASK, policy=replace(TASK.policy, who=Role.ADMIN))
    state = await reviewed(house(strict, decisive=(review(), review("Hm.", "olivia"))))
    assert state["remarks"] == ["olivia: Hm."]


async def test_a_remark_that_was_told_before_is_not_told_again_and_a_thread_is() -> None:
    made = with_record(TASK, answered=AT)
    later = review("More.", at=AT + timedelta(seconds=1))
    state = await reviewed(house(made, decisive=(review(), later), threads=(thread(),)))
    assert state["remarks"] == ["wanda: More."]
    assert len(state["threads"]) == 1


async def test_without_a_pull_request_nobody_is_asked() -> None:
    given = house(task(), decisive=(review(),))
    state = await reviewed(given)
    assert given.workshop.reviews.asked == []  # type: ignore[attr-defined]
    assert state == {"threads": [], "remarks": [], "read": NEVER.isoformat(), "answers": {}}


# Up to when it is known


READ = {
    "nothing": ({}, {}, NEVER),
    "a remark": ({"decisive": (review(at=LATER),)}, {}, LATER),
    "a thread": ({"threads": (thread(said(at=LATER)),)}, {}, LATER),
    "what came before its review was submitted": (
        {"threads": (thread(said(at=AT)),)}, {"reviewed": LATER}, LATER
    ),
    "what its author has edited since": (
        {"threads": (thread(said(at=AT, edited=True)),)}, {"reviewed": LATER}, LATER
    ),
    "what was resolved since": ({}, {"reviewed": LATER, "answered": AT}, LATER),
    "nothing new": ({}, {"answered": LATER, "reviewed": AT}, LATER),
    "what came since the event": ({"remarks": (review(at=LATER),)}, {"reviewed": AT}, LATER),
}  # fmt: skip


@pytest.mark.parametrize(("found", "record", "read"), READ.values(), ids=READ)
async def test_up_to_when_it_is_known(
    found: dict[str, Any], record: dict[str, Any], read: datetime
) -> None:
    """A review that is never told, since its words are gone, must not begin a round for ever."""
    state = await reviewed(house(with_record(TASK, **record), **found))
    assert datetime.fromisoformat(state["read"]) == read


# Who writes too much


async def test_a_crowd_costs_few_requests_and_little_room() -> None:
    crowd = tuple(review("x" * 60_000, f"stranger{n}", id=n) for n in range(100))
    many = tuple(thread(*[said("y" * 60_000)] * 31, name=f"T{n}") for n in range(200))
    given = house(decisive=(review(by="wanda"), *crowd), threads=many)
    state = await reviewed(given)
    asked = given.workshop.roster.asked  # type: ignore[attr-defined]
    assert (len(asked), set(asked.values())) == (50, {1})
    assert len(state["threads"]) == 30
    assert len(state["remarks"]) == 1
    assert [len(one["said"]) for one in state["threads"]] == [6] * 30
    assert len(json.dumps(state)) < 800_000


async def test_it_comes_out_of_a_checkpoint_as_it_went_in() -> None:
    state = await told(threads=(thread(),), decisive=(review("Ä\u200d\ud83d\ude00"),))
    assert json.loads(json.dumps(state)) == state
