"""What the repository's own CI, and a base that moves, lead to."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.effect import Effect, LookAtChecks, MergePullRequest, Show, TakeSlot
from app.domain.event import PullRequestClosed, RunFinished
from app.domain.policy import Merge, PlanApproval
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import PullRequest, PullRequestState, Task
from tests.unit.domain.make import AT, EVENTS, HEAD, LATER, PULL, SPEC, task, with_record

S = Stage
RED = replace(PULL, is_red=True)
TORN = replace(PULL, conflicts=True)
ON_GREEN: dict[str, Any] = {"merge": Merge.ON_GREEN}
QUEUES = (Show(), TakeSlot())
MERGES = (MergePullRequest(9, HEAD),)
BOTH = ("ChecksEnded", "Found")


def in_review(pull: PullRequest | None = RED, **policy: Any) -> Task:
    return task(S.REVIEW, pull_request=pull, policy=policy)


CASES: dict[str, tuple[Task, Stage, tuple[Effect, ...]]] = {
    "red": (in_review(), S.QUEUED, QUEUES),
    "red, and merged when green": (in_review(**ON_GREEN), S.QUEUED, QUEUES),
    "red, once more": (with_record(in_review(), repairs=1), S.QUEUED, QUEUES),
    "red, often enough": (with_record(in_review(), repairs=2), S.BLOCKED, (Show(),)),
    "red, and none is allowed": (in_review(repairs=0), S.BLOCKED, (Show(),)),
    "red, as the base is": (with_record(in_review(), spared=HEAD), S.REVIEW, ()),
    "red, as the base is, and merged": (
        with_record(in_review(**ON_GREEN), spared=HEAD), S.REVIEW, MERGES
    ),
    "red on another head": (in_review(replace(RED, head="d" * 40)), S.REVIEW, ()),
    "red, closed": (in_review(None), S.REVIEW, ()),
    "red, paused": (with_record(in_review(), paused=True), S.REVIEW, ()),
    "green": (in_review(PULL), S.REVIEW, ()),
    "green, and merged": (in_review(PULL, **ON_GREEN), S.REVIEW, MERGES),
    "green, paused": (with_record(in_review(PULL, **ON_GREEN), paused=True), S.REVIEW, ()),
}  # fmt: skip


@pytest.mark.parametrize("event", BOTH)
@pytest.mark.parametrize(("before", "to", "effects"), CASES.values(), ids=CASES)
def test_what_ci_leads_to(before: Task, to: Stage, effects: tuple[Effect, ...], event: str) -> None:
    taken = step(before, EVENTS[event])
    assert (taken.task.stage, taken.effects) == (to, effects)


@pytest.mark.parametrize("event", BOTH)
def test_what_is_half_shown_is_shown_before_it_is_merged(event: str) -> None:
    stale = replace(in_review(PULL, **ON_GREEN), labels=frozenset())
    assert step(stale, EVENTS[event]).effects == (Show(), *MERGES)


@pytest.mark.parametrize("stage", [None, *sorted(set(S) - {S.REVIEW})], ids=str)
def test_ci_of_what_is_not_in_review_changes_nothing(stage: Stage | None) -> None:
    before = task(stage, pull_request=RED, policy=ON_GREEN)
    assert step(before, EVENTS["ChecksEnded"]).task == before
    assert step(before, EVENTS["ChecksEnded"]).effects == ()


@pytest.mark.parametrize(
    ("repairs", "said"),
    [(1, "after 1 repair."), (3, "after 3 repairs."), (0, "after no repair was allowed.")],
)
def test_people_are_told_how_often_it_was_tried(repairs: int, said: str) -> None:
    before = with_record(in_review(repairs=0), repairs=repairs)
    record = step(before, EVENTS["ChecksEnded"]).task.record
    assert record.reason == f"CI is still red on the pull request, {said}"


APPROVED = with_record(
    in_review(plan_approval=PlanApproval.ALWAYS),
    approved=in_review().plan_digest, approval=502, planned=in_review().plan_digest,
    planned_at=AT, plan="One more route.", repairs=1, handled=("502-Approved",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("pull", "changes"),
    [
        (
            RED,
            {
                "repairs": 2,
                "reason": "CI failed on the pull request; this is repair 2 of 2.",
            },
        ),
        (
            TORN,
            {
                "repairs": 1,
                "merging": True,
                "merges": 1,
                "reason": "The pull request conflicts with its base; this round merges that in.",
            },
        ),
    ],
    ids=["a repair", "a merge"],
)
def test_what_was_approved_holds_for_what_nobody_asks_anew(
    pull: PullRequest, changes: dict[str, Any]
) -> None:
    before = replace(APPROVED, pull_request=pull)
    taken = step(before, EVENTS["Found"]).task
    record = before.record
    assert taken.record == replace(
        record, stage=S.QUEUED, round=2, rounds=1, floor=2, verified=None,
        history=taken.record.history, **changes,
    )  # fmt: skip
    assert step(taken, EVENTS["SlotFreed"]).task.stage is S.BUILDING
    edited = replace(taken, body="And a backdoor.")
    assert step(edited, EVENTS["SlotFreed"]).task.stage is S.PLAN_REVIEW


@pytest.mark.parametrize(
    ("pull", "record", "to"),
    [
        (TORN, {}, S.QUEUED),
        (TORN, {"paused": True}, S.REVIEW),
        (replace(TORN, state=PullRequestState.CLOSED), {}, S.BLOCKED),
        (PULL, {}, S.REVIEW),
        (None, {}, S.REVIEW),
        (replace(TORN, is_red=True), {"repairs": 2}, S.BLOCKED),
    ],
    ids=["torn", "paused", "closed", "whole", "none", "red for good"],
)
def test_a_base_that_moves_is_merged(
    pull: PullRequest | None, record: dict[str, Any], to: Stage
) -> None:
    assert step(with_record(in_review(pull), **record), EVENTS["Found"]).task.stage is to


@pytest.mark.parametrize("event", ["Mentioned", "Reviewed"])
def test_a_person_s_word_allows_repairs_anew(event: str) -> None:
    before = with_record(in_review(PULL), repairs=2, merging=True)
    record = step(before, EVENTS[event]).task.record
    assert (record.repairs, record.merging) == (0, False)


@pytest.mark.parametrize("merge", Merge)
@pytest.mark.parametrize("red", [True, False])
def test_a_green_run_is_merged_unless_ci_is_red(merge: Merge, red: bool) -> None:
    """It may have ended before the run, so that nobody else would say so again."""
    before = task(S.BUILDING, policy={"merge": merge}, pull_request=replace(PULL, is_red=red))
    taken = step(before, EVENTS["RunFinished"])
    assert taken.task.stage is S.REVIEW
    merged = merge is Merge.ON_GREEN and not red
    assert taken.effects == (Show(), *(MERGES if merged else (LookAtChecks(),)))


def test_what_a_run_spared_is_on_record() -> None:
    before = task(S.BUILDING)
    ended = RunFinished(LATER, 1, (), pull_request=9, verified=HEAD)
    assert step(before, replace(ended, spared=True)).task.record.spared == HEAD
    kept = with_record(before, spared="d" * 40)
    assert step(kept, ended).task.record.spared == "d" * 40


# What the table says of others


def test_another_pull_request_is_not_ours() -> None:
    before = in_review(PULL)
    assert step(before, PullRequestClosed(AT, 99, "bob")).task == before


@pytest.mark.parametrize("event", ["Resumed", "Retried"])
@pytest.mark.parametrize("stage", [S.QUEUED, S.PLAN_REVIEW, S.REVIEW])
@pytest.mark.parametrize("policy", [{}, ON_GREEN], ids=["by a person", "on green"])
def test_what_goes_on_is_not_paused_any_more(
    event: str, stage: Stage, policy: dict[str, Any]
) -> None:
    paused = with_record(
        task(stage, pull_request=PULL, policy=policy), paused=True, reason="Paused by alice."
    )
    record = step(paused, EVENTS[event]).task.record
    assert (record.paused, record.reason, record.round) == (False, "", 1)
    running = with_record(paused, paused=False)
    assert step(running, EVENTS[event]).task == running


def test_a_specification_serves_a_repair() -> None:
    before = with_record(in_review(), spec=SPEC)
    assert step(before, EVENTS["ChecksEnded"]).task.record.spec == SPEC
