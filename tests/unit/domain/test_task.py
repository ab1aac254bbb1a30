"""What a task says of itself beyond its fields."""

from dataclasses import replace
from datetime import timedelta

from app.domain.task import Turn
from tests.unit.domain.make import AT, ISSUE, task, with_record


def test_turns_go_by_urgency_then_age_then_numbers() -> None:
    first = task(rank=2, created=AT)
    assert first.turn == Turn(2, AT, 11, 7)
    later = AT + timedelta(seconds=1)
    elsewhere = replace(ISSUE, repo=replace(ISSUE.repo, id=12), number=1)
    line = [
        task(rank=1, created=later),
        first,
        task(rank=2, created=AT, issue=replace(ISSUE, number=8)),
        task(rank=2, created=AT, issue=elsewhere),
        task(rank=2, created=later),
    ]
    assert sorted([*line[2:], *line[:2]], key=lambda made: made.turn) == line


def test_a_person_s_wish_goes_before_the_policy() -> None:
    made = task(policy={"agent": "claude", "budget_usd": 2.0})
    assert (made.agent, made.budget_usd) == ("claude", 2.0)
    asked = with_record(made, agent="codex", budget_extra=0.5)
    assert (asked.agent, asked.budget_usd) == ("codex", 2.5)
    assert with_record(task(), budget_extra=0.5).budget_usd is None


def test_a_wording_marks_what_is_built_for_it() -> None:
    assert task().code_mark == f"11-7@{task().request_digest}"
    assert task(body="Other.").code_mark != task().code_mark
