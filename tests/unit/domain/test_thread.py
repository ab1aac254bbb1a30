"""What a comment that mentions us brings about, and which comments may reach an agent."""

from dataclasses import replace

import pytest

from app.domain.effect import Acknowledge, Effect, Show, TakeSlot, TellRun
from app.domain.event import Mentioned, RunFinished
from app.domain.policy import PlanApproval
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.thread import Comment, joined
from tests.unit.domain.make import AT, EVENTS, HEAD, LATER, task, with_record

S = Stage
TAKEN = Acknowledge(601, accepted=True)
REFUSED = Acknowledge(601, accepted=False)
MENTIONED = EVENTS["Mentioned"]
NEW_ROUND: tuple[Effect, ...] = (Show(open=True), TakeSlot(), TAKEN)


def said(number: int, text: str = "More.", *, edited: bool = False) -> Comment:
    return Comment(number, "alice", AT, text, edited)


@pytest.mark.parametrize(
    ("stage", "effects"),
    [
        (None, NEW_ROUND),
        (S.BLOCKED, NEW_ROUND),
        (S.DONE, NEW_ROUND),
        (S.CANCELLED, NEW_ROUND),
        (S.REVIEW, NEW_ROUND),
        (S.QUEUED, (Show(), TAKEN)),
        (S.PLAN_REVIEW, (Show(), TAKEN)),
        (S.BUILDING, (Show(), TellRun(), TAKEN)),
    ],
)
def test_at_rest_it_is_another_round_and_at_work_it_is_noted(
    stage: Stage | None, effects: tuple[Effect, ...]
) -> None:
    taken = step(task(stage), MENTIONED)
    assert taken.effects == effects
    again = step(taken.task, MENTIONED)
    assert (again.task, again.effects) == (taken.task, (TAKEN,))


@pytest.mark.parametrize("stage", [None, *S])
def test_one_that_was_edited_before_it_was_taken_is_refused(stage: Stage | None) -> None:
    before = task(stage, thread=(said(600), said(601, edited=True)))
    taken = step(before, MENTIONED)
    assert (taken.task, taken.effects) == (before, (REFUSED,))
    other = replace(before, thread=(said(600, edited=True), said(601)))
    assert step(other, MENTIONED).effects[-1] == TAKEN


def test_one_that_comes_late_is_taken_once_all_the_same() -> None:
    before = with_record(task(S.BUILDING), asked=900)
    taken = step(before, MENTIONED).task
    assert taken.record.asked == 900
    assert step(replace(taken, stage=S.REVIEW), MENTIONED).effects == (TAKEN,)


@pytest.mark.parametrize(
    ("heard", "over_budget", "stage"),
    [(600, False, S.QUEUED), (601, False, S.REVIEW), (600, True, S.REVIEW)],
    ids=["not told", "told", "no money for more"],
)
def test_what_the_agent_was_not_told_needs_another_round(
    heard: int, over_budget: bool, stage: Stage
) -> None:
    building = step(task(S.BUILDING), MENTIONED).task
    ended = RunFinished(
        LATER, 1, (), pull_request=9, verified=HEAD, heard=heard, over_budget=over_budget
    )
    assert step(building, ended).task.stage is stage
    late = replace(ended, round=7)
    assert step(building, late).task == building


def test_nothing_edited_reaches_an_agent_and_nothing_said_after_an_approval() -> None:
    thread = (said(1), said(2, edited=True), said(502), said(503))
    plain = task(S.BUILDING, thread=thread)
    assert [one.id for one in plain.audible] == [1, 502, 503]
    waiting = task(S.PLAN_REVIEW, thread=thread, policy={"plan_approval": PlanApproval.ALWAYS})
    waiting = with_record(waiting, approved="", planned=waiting.request_digest, planned_at=AT)
    approved = step(waiting, EVENTS["Approved"]).task
    assert [one.id for one in approved.audible] == [1, 502]
    again = step(approved, MENTIONED).task
    assert again.stage is S.PLAN_REVIEW
    assert [one.id for one in again.audible] == [1, 502, 503]


def test_a_thread_that_was_read_too_early_is_completed() -> None:
    event = Mentioned(LATER, "alice", 5, text="And more.")
    assert joined((said(4), said(6)), event.said) == (
        said(4),
        Comment(5, "alice", LATER, "And more."),
        said(6),
    )
    assert joined((said(5),), event.said) == (said(5),)
