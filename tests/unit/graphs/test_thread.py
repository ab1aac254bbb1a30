"""Whose comments reach an agent, and how many of them."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from app.domain.policy import Role
from app.domain.ref import RepoRef
from app.domain.task import Task
from app.domain.thread import Comment
from app.graphs.context import Context
from app.graphs.state import comments_of
from app.graphs.thread import listened
from tests.unit.domain.make import AT, task, with_record


@dataclass
class Roster:
    roles: dict[str, Role]
    asked: Counter[str] = field(default_factory=Counter)

    async def role(self, _repo: RepoRef, login: str) -> Role:
        self.asked[login] += 1
        return self.roles.get(login, Role.NONE)


@dataclass
class Workshop:
    roster: Roster


def said(number: int, by: str = "alice", text: str = "More.", *, edited: bool = False) -> Comment:
    return Comment(number, by, AT, text, edited)


def context(made: Task, **roles: Role) -> Context:
    workshop = cast("Any", Workshop(Roster({"alice": Role.WRITE, **roles})))
    return Context(made, workshop, cast("Any", None), resumed=False, latest=lambda: made)


async def told(given: Context) -> tuple[list[int], int]:
    state = await listened(given)
    return [comment.id for comment in comments_of(state)], state["heard"]


def talk(*thread: Comment, **policy: Any) -> Task:
    return replace(task(policy=policy), thread=thread)


@pytest.mark.parametrize(
    ("thread", "numbers"),
    [
        ((), []),
        ((said(1), said(2)), [1, 2]),
        ((said(1), said(2, "stan"), said(3, "rita")), [1]),
        ((said(1), said(2, edited=True)), [1]),
        (tuple(said(n) for n in range(1, 31)), list(range(11, 31))),
        (tuple(said(n, text="x" * 4_000) for n in range(1, 9)), [6, 7, 8]),
        ((said(1), said(2, text="x" * 20_000)), [1, 2]),
    ],
    ids=["nothing", "all", "of those who may ask", "unedited", "20", "12,000 signs", "one long"],
)
async def test_what_is_told(thread: tuple[Comment, ...], numbers: list[int]) -> None:
    given = context(talk(*thread), rita=Role.READ)
    assert await told(given) == (numbers, numbers[-1] if numbers else 0)


async def test_nobody_is_asked_about_where_nothing_was_said() -> None:
    given = context(task())
    await told(given)
    assert not given.workshop.roster.asked  # type: ignore[attr-defined]


async def test_each_is_asked_about_once_and_a_crowd_not_to_the_last() -> None:
    crowd = [said(n, f"stranger{n}") for n in range(2, 40)]
    given = context(talk(said(1), said(40, "zoe"), said(41, "zoe"), *crowd), zoe=Role.ADMIN)
    assert await told(given) == ([40, 41], 41)
    asked = given.workshop.roster.asked  # type: ignore[attr-defined]
    assert (len(asked), set(asked.values())) == (10, {1})


async def test_who_was_listened_to_before_is_not_pushed_out_by_a_crowd() -> None:
    made = talk(said(1), *(said(n, f"stranger{n}") for n in range(2, 40)))
    taken = with_record(made, handled=("1-Mentioned",))
    assert await told(context(made)) == ([], 0)
    assert await told(context(taken)) == ([1], 1)


async def test_the_role_is_the_one_the_configuration_names() -> None:
    thread = (said(1), said(2, "olivia"))
    strict = context(talk(*thread, who=Role.ADMIN), olivia=Role.ADMIN)
    assert await told(strict) == ([2], 2)


async def test_a_comment_comes_out_of_a_checkpoint_as_it_went_in() -> None:
    comment = said(7, text="In Celsius.")
    state = await listened(context(talk(comment)))
    assert comments_of(state) == (comment,)
    assert type(state["comments"][0]["at"]) is str


async def test_a_comment_is_told_as_it_is_seen_and_no_longer_than_it_may_be() -> None:
    """Shortened first, half a hidden part would be told as text."""
    hidden = f"[x]: # '{'h' * 5_000}'"
    given = context(talk(said(1, text=f"More.<!-- h -->\n\n{hidden}\n\n{'y' * 5_000}")))
    (comment,) = comments_of(await listened(given))
    assert comment.text.startswith("More.\n\n")
    assert "h" not in comment.text
    assert len(comment.text) == 4_000


async def test_what_was_cut_is_logged_and_its_words_are_not() -> None:
    made = replace(talk(said(7, text="a<!-- secret -->\u200b")), title="b\u200b", body="c")
    with capture_logs() as logged:
        await listened(context(made))
    assert logged == [
        {"event": "unseen text cut", "log_level": "info", "issue": str(made.issue),
         "part": "title", "cut": {"invisible character": 1}},
        {"event": "unseen text cut", "log_level": "info", "issue": str(made.issue),
         "part": "comment 7", "cut": {"invisible character": 1, "HTML comment": 1}},
    ]  # fmt: skip
