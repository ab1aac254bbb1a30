"""Who is called when a task is blocked: once for each time, before the block is shown."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.effect import Escalate, Show
from app.domain.event import RunFinished
from app.domain.policy import Escalation
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import Task
from app.domain.words.escalation import call
from tests.unit.domain.make import EVENTS, LATER, RED, task, with_record

PEOPLE = Escalation(("wanda",), ("acme/on-call", "wanda"))
FAILED = RunFinished(LATER, 1, (RED,), reason="All attempts are spent. @all of #1")


def building(people: Escalation = PEOPLE, **more: Any) -> Task:
    return task(Stage.BUILDING, policy={"escalation": people}, **more)


def called(before: Task, event: Any = FAILED) -> list[Escalate]:
    return [one for one in step(before, event).effects if isinstance(one, Escalate)]


def test_people_are_called_before_the_block_is_shown() -> None:
    taken = step(building(), FAILED)
    assert taken.task.stage is Stage.BLOCKED
    assert taken.effects == (Escalate("blocked-1", call(taken.task), ("wanda",)), Show())


def test_the_comment_says_who_what_and_what_next() -> None:
    (one,) = called(building())
    assert one.text.startswith("@acme/on-call @wanda — ")
    assert "> All attempts are spent. @\u200ball of #\u200b1" in one.text
    assert "`/retry` for another round" in one.text
    assert one.text.count("@wanda") == 1


def test_a_question_is_in_it() -> None:
    (one,) = called(building(), replace(FAILED, question="Which scale, @octocat?"))
    assert "The agent asks" in one.text
    assert "octocat" in one.text
    assert "@octocat" not in one.text


@pytest.mark.parametrize(
    ("before", "event"),
    [
        (building(Escalation()), FAILED),
        (building(), EVENTS["RunFinished"]),
        (building(), replace(FAILED, round=7)),
        (task(Stage.BLOCKED, policy={"escalation": PEOPLE}), EVENTS["Found"]),
        (task(Stage.BLOCKED, policy={"escalation": PEOPLE}), EVENTS["StatusAsked"]),
        (task(Stage.QUEUED, policy={"escalation": PEOPLE}), EVENTS["Cancelled"]),
    ],
    ids=["nobody is named", "green", "an old run", "blocked before", "asked", "cancelled"],
)
def test_nobody_is_called(before: Task, event: Any) -> None:
    assert called(before, event) == []


@pytest.mark.parametrize(
    ("stage", "event", "more"),
    [
        (Stage.REVIEW, "PullRequestClosed", {}),
        (Stage.REVIEW, "MergeRefused", {}),
        (Stage.INTAKE, "IntakeFinished", {"reason": "It said nothing.", "spec": None}),
    ],
    ids=["closed", "refused", "in intake"],
)
def test_however_it_came_to_be_blocked(stage: Stage, event: str, more: dict[str, Any]) -> None:
    before = task(stage, policy={"escalation": PEOPLE})
    assert len(called(before, replace(EVENTS[event], **more))) == 1


def test_who_was_told_is_not_told_again_but_may_have_to_be_assigned() -> None:
    """After a kill between the comment and the block."""
    (one,) = called(building(replied=frozenset({"blocked-1"})))
    assert (one.text, one.assign) == ("", ("wanda",))


def test_the_next_block_calls_again() -> None:
    blocked = step(building(), FAILED).task
    again = step(blocked, EVENTS["Retried"]).task
    again = step(again, EVENTS["SlotFreed"]).task
    (one,) = called(again, replace(FAILED, round=again.record.round))
    assert one.key == "blocked-2"


def test_who_could_not_be_assigned_is_said() -> None:
    blocked = with_record(task(Stage.BLOCKED), reason="It broke.")
    record = step(blocked, EVENTS["NotAssigned"]).task.record
    assert record.reason == "It broke. GitHub did not assign `ghost`."
