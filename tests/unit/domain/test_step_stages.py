"""Where each event leads from each stage, a line an event: what is not named stays where it is."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.effect import Effect, Show, StopRun, TakeSlot
from app.domain.policy import Member, PlanApproval
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import PullRequestState
from app.domain.thread import Comment
from tests.unit.domain.make import AT, EVENTS, PULL, task, with_record

S = Stage
PLAIN: dict[str, Any] = {}
ALWAYS = {"plan_approval": PlanApproval.ALWAYS}
TEAM = {"team": frozenset({Member.PRODUCT_OWNER})}
BOTH = {**ALWAYS, **TEAM}
ENDED = (S.DONE, S.BLOCKED, S.CANCELLED)
Moves = dict[Stage | None, Stage]


def all_to(to: Stage, *stages: Stage | None) -> Moves:
    return dict.fromkeys(stages, to)


CANCELS = all_to(S.CANCELLED, *(set(S) - {S.DONE, S.CANCELLED}))
MERGES = all_to(S.DONE, *(set(S) - {S.DONE, S.PARTS}))
TABLE: list[tuple[str, dict[str, Any], Moves]] = [
    ("Requested", PLAIN, {None: S.QUEUED}),
    ("Requested", ALWAYS, {None: S.PLAN_REVIEW}),
    ("Requested", BOTH, {None: S.QUEUED}),
    ("PlanAsked", PLAIN, all_to(S.PLAN_REVIEW, None, *ENDED, S.QUEUED)),
    ("PlanAsked", TEAM, all_to(S.QUEUED, None, *ENDED)),
    ("Retried", PLAIN, all_to(S.QUEUED, None, *ENDED, S.NEEDS_INFO)),
    ("Retried", ALWAYS, {**all_to(S.PLAN_REVIEW, None, *ENDED), S.NEEDS_INFO: S.QUEUED}),
    ("Retried", BOTH, all_to(S.QUEUED, None, *ENDED, S.NEEDS_INFO)),
    ("IssueReopened", PLAIN, all_to(S.QUEUED, S.DONE, S.CANCELLED)),
    ("IssueReopened", ALWAYS, all_to(S.PLAN_REVIEW, S.DONE, S.CANCELLED)),
    ("IssueReopened", BOTH, all_to(S.QUEUED, S.DONE, S.CANCELLED)),
    ("Mentioned", PLAIN, all_to(S.QUEUED, None, *ENDED, S.REVIEW, S.NEEDS_INFO)),
    ("Mentioned", ALWAYS,
     {**all_to(S.PLAN_REVIEW, None, *ENDED, S.REVIEW), S.NEEDS_INFO: S.QUEUED}),
    ("Mentioned", TEAM, all_to(S.QUEUED, None, *ENDED, S.REVIEW, S.NEEDS_INFO, S.PLAN_REVIEW)),
    ("Mentioned", BOTH, all_to(S.QUEUED, None, *ENDED, S.REVIEW, S.NEEDS_INFO, S.PLAN_REVIEW)),
    ("Cancelled", PLAIN, CANCELS),
    ("IssueClosed", PLAIN, CANCELS),
    ("Paused", PLAIN, all_to(S.QUEUED, S.INTAKE, S.BUILDING)),
    ("Resumed", PLAIN, {}),
    ("PullRequestMerged", PLAIN, MERGES),
    ("PullRequestClosed", PLAIN, {S.REVIEW: S.BLOCKED}),
    ("MergeRefused", PLAIN, {S.REVIEW: S.BLOCKED}),
    ("SlotFreed", PLAIN, {S.QUEUED: S.BUILDING}),
    ("SlotFreed", ALWAYS, {S.QUEUED: S.PLAN_REVIEW}),
    ("SlotFreed", BOTH, {S.QUEUED: S.INTAKE}),
    ("RunFinished", PLAIN, {S.BUILDING: S.REVIEW}),
    ("PartsMade", PLAIN, {S.BUILDING: S.PARTS}),
    ("Delegated", PLAIN, all_to(S.QUEUED, None, S.CANCELLED)),
    ("Delegated", BOTH, all_to(S.QUEUED, None, S.CANCELLED)),
    ("Withdrawn", PLAIN, CANCELS),
    ("AttemptEnded", PLAIN, {}),
    ("Planned", PLAIN, {}),
    ("RunStopped", PLAIN, {}),
    ("AgentChosen", PLAIN, {}),
    ("BudgetAsked", {"budget_usd": 2.0}, {}),
]  # fmt: skip


def named(row: tuple[str, dict[str, Any], Moves]) -> str:
    return f"{row[0]} {'+'.join(row[1])}"


@pytest.mark.parametrize(("event", "policy", "moves"), TABLE, ids=map(named, TABLE))
def test_where_it_leads(event: str, policy: dict[str, Any], moves: Moves) -> None:
    for stage in (None, *S):
        before = task(stage, policy=policy, pull_request=PULL)
        before = with_record(before, pull_request=9)
        assert step(before, EVENTS[event]).task.stage is moves.get(stage, stage), stage


@pytest.mark.parametrize("stage", [None, *S])
def test_an_edited_comment_leads_nowhere(stage: Stage | None) -> None:
    """Who edited it need not be who wrote it."""
    thread = (Comment(601, "alice", AT, "More.", edited=True),)
    for policy in (PLAIN, ALWAYS, TEAM, BOTH):
        before = task(stage, policy=policy, thread=thread)
        assert step(before, EVENTS["Mentioned"]).task == before


OPENS = (Show(open=True), TakeSlot())


@pytest.mark.parametrize("stage", [None, *ENDED, S.REVIEW])
@pytest.mark.parametrize(
    ("policy", "effects"), [(PLAIN, OPENS), (ALWAYS, OPENS[:1])], ids=["at once", "with a plan"]
)
def test_another_round_opens_the_issue_again(
    stage: Stage | None, policy: dict[str, Any], effects: tuple[Effect, ...]
) -> None:
    for event in ("Mentioned", *(["Retried"] if stage is not S.REVIEW else [])):
        taken = step(task(stage, policy=policy), EVENTS[event])
        assert taken.effects[:-1] == effects
        assert (taken.task.record.planned is not None) == bool(policy)


@pytest.mark.parametrize("stage", [S.DONE, S.CANCELLED])
def test_a_reopened_issue_waits_for_its_plan(stage: Stage) -> None:
    taken = step(task(stage, policy=ALWAYS), EVENTS["IssueReopened"])
    assert taken.effects == (Show(),)
    assert (taken.task.record.round, taken.task.record.approved) == (2, "")
    assert taken.task.record.planned == taken.task.plan_digest


@pytest.mark.parametrize("stage", sorted(S))
def test_what_is_found_closed_or_merged(stage: Stage) -> None:
    """Whatever waits or works is stopped; what has ended stays as it ended."""
    merged = task(stage, pull_request=replace(PULL, state=PullRequestState.MERGED))
    # of an earlier round, where it is handed over
    expected = S.PARTS if stage is S.PARTS else S.DONE
    assert step(merged, EVENTS["Found"]).task.stage is expected
    closed = step(task(stage, is_open=False), EVENTS["Found"])
    assert closed.task.stage is (stage if stage in ENDED else S.CANCELLED)
    assert (StopRun() in closed.effects) == (stage in (S.INTAKE, S.BUILDING))


@pytest.mark.parametrize("stage", sorted(S))
def test_what_is_found_half_shown_is_shown(stage: Stage) -> None:
    stale = task(stage, labels=frozenset(), replied=frozenset({"question-1"}))
    planned = with_record(stale, planned=stale.plan_digest)
    taken = step(planned, EVENTS["Found"])
    assert Show() in taken.effects
    assert taken.task.stage is stage


@pytest.mark.parametrize("stage", [S.INTAKE, S.BUILDING])
def test_what_stops_a_run_shows_it(stage: Stage) -> None:
    for event in ("Cancelled", "IssueClosed", "Paused"):
        assert step(task(stage), EVENTS[event]).effects[:2] == (StopRun(), Show())


@pytest.mark.parametrize("stage", [S.QUEUED, S.NEEDS_INFO, S.PLAN_REVIEW, S.REVIEW, S.BLOCKED])
def test_what_does_not_run_is_not_stopped(stage: Stage) -> None:
    for event in ("Cancelled", "IssueClosed"):
        taken = step(task(stage), EVENTS[event])
        assert taken.effects[0] == Show()
        assert StopRun() not in taken.effects
        assert taken.task.record.reason == "Stopped by alice."


@pytest.mark.parametrize(
    ("event", "policy"), [("Requested", ALWAYS), ("PlanAsked", PLAIN)], ids=["by policy", "/plan"]
)
def test_a_first_round_that_waits_for_its_plan_is_on_record(
    event: str, policy: dict[str, Any]
) -> None:
    taken = step(task(policy=policy), EVENTS[event]).task
    record = taken.record
    assert (record.round, record.branch, record.approved) == (1, "orc/issue-7", "")
    assert record.planned == taken.plan_digest


@pytest.mark.parametrize("stage", [S.INTAKE, S.NEEDS_INFO])
@pytest.mark.parametrize("policy", [PLAIN, TEAM], ids=["nobody reads", "it is read"])
def test_a_plan_is_wished_for_while_it_is_read(stage: Stage, policy: dict[str, Any]) -> None:
    before = with_record(task(stage, policy=policy), planned="0" * 40, planned_at=AT)
    record = step(before, EVENTS["PlanAsked"]).task.record
    assert (record.approved, record.planned, record.planned_at) == ("", None, None)


def test_a_word_after_an_approval_shows_the_plan_again() -> None:
    before = with_record(task(S.QUEUED), approved=task().plan_digest)
    taken = step(before, EVENTS["Mentioned"])
    assert (taken.task.stage, taken.effects[0]) == (S.PLAN_REVIEW, Show())
    assert (taken.task.record.approved, taken.task.record.asked) == ("", 601)
