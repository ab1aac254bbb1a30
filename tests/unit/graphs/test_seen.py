"""That what reviewers wrote reaches agents as it is seen, and a log says what did not."""

from dataclasses import dataclass
from typing import Any, cast

from structlog.testing import capture_logs

from app.domain.policy import Role
from app.domain.ref import IssueRef, RepoRef
from app.domain.review import Reviews, Said, Thread
from app.graphs.context import Context
from app.graphs.engineering.reviewed import reviewed
from app.graphs.seen import seen
from tests.unit.domain.make import AT, task, with_record


@dataclass
class Board:
    found: Reviews

    async def read(self, _issue: IssueRef, _number: int) -> Reviews:
        return self.found


class Roster:
    async def role(self, _repo: RepoRef, _login: str) -> Role:
        return Role.WRITE


@dataclass
class Workshop:
    reviews: Board
    roster: Roster


def said(number: int, text: str) -> Said:
    return Said(number, "wanda", AT, text, is_person=True, ours=False, edited=False)


async def test_a_review_is_told_as_it_is_seen() -> None:
    thread = Thread("T1", "a.py", 3, "@@", (said(2, "Mend <b title='h'>this</b>.<!-- h -->"),))
    review = said(1, "```\n<!-- seen -->\n```\n\n<!-- h")
    found = Reviews(decisive=(review,), threads=(thread,))
    made = with_record(task(), pull_request=7)
    workshop = cast("Any", Workshop(Board(found), Roster()))
    given = Context(made, workshop, cast("Any", None), resumed=False, latest=lambda: made)
    with capture_logs() as logged:
        state = await reviewed(given)
    assert state["remarks"] == ["wanda: ```\n<!-- seen -->\n```\n\n"]
    assert state["threads"][0]["said"] == ["wanda: Mend <b>this</b>."]
    assert [(entry["part"], entry["cut"]) for entry in logged] == [
        ("review 2", {"HTML comment": 1, "HTML attribute": 1}),
        ("review 1", {"HTML comment": 1}),
    ]


def test_it_is_shortened_when_it_is_clean() -> None:
    issue = task().issue
    assert seen(issue, "comment 1", f"[x]: # '{'h' * 5_000}'\n\na") == "\na"
    assert seen(issue, "comment 1", "a" * 5_000) == "a" * 4_000
