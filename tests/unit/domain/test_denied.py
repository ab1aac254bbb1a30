"""News that GitHub does not confirm: it came late, or the task was read too early."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.event import Answered, IssueClosed, IssueReopened, Mentioned, PullRequestClosed
from app.domain.stage import Stage
from app.domain.task import PullRequestState
from app.domain.topic.ending import is_denied
from tests.unit.domain.make import AT, EVENTS, LATER, PULL, task

CLOSED = replace(PULL, state=PullRequestState.CLOSED)
GONE, ANOTHER = PullRequestClosed(LATER, 9, "bob"), PullRequestClosed(LATER, 8, "bob")


@pytest.mark.parametrize(
    ("event", "changes", "denied"),
    [
        (IssueClosed(LATER, "alice"), {"is_open": True}, True),
        (IssueClosed(LATER, "alice"), {"is_open": False}, False),
        (IssueReopened(LATER, "alice"), {"is_open": True}, False),
        (IssueReopened(LATER, "alice"), {"is_open": False}, True),
        (GONE, {"pull_request": PULL}, True),
        (GONE, {"pull_request": CLOSED}, False),
        (GONE, {"pull_request": None}, False),
        (ANOTHER, {"pull_request": PULL}, False),
        (EVENTS["Found"], {"is_open": False}, False),
    ],
    ids=[
        "closed, and open",
        "closed",
        "reopened",
        "reopened, and closed",
        "pull request closed, and open",
        "pull request closed",
        "no pull request",
        "another pull request closed",
        "no news",
    ],
)
def test_what_is_denied(event: Any, changes: dict[str, Any], denied: bool) -> None:
    assert is_denied(task(Stage.REVIEW, **changes), event) is denied


def test_an_answer_of_one_who_may_ask_is_all_that_it_was() -> None:
    said = Answered(LATER, "alice", 7, False, "now", written=AT, text="In Fahrenheit")
    assert said.by_right() == Mentioned(
        LATER, "alice", 7, False, "now", written=AT, text="In Fahrenheit"
    )
