"""What reviewers say leads to one round, and never to rounds without end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.effect import Effect, Show, TakeSlot
from app.domain.event import Reviewed, RunFinished
from app.domain.policy import PlanApproval
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import PullRequestState, Task
from tests.unit.domain.make import AT, EVENTS, GREEN, HEAD, LATER, PULL, task, with_record

S = Stage
SECOND = timedelta(seconds=1)
ALWAYS = {"plan_approval": PlanApproval.ALWAYS}
REVIEW = EVENTS["Reviewed"]
QUEUES = (Show(), TakeSlot())


@pytest.mark.parametrize(
    ("stage", "policy", "to", "effects"),
    [
        (S.REVIEW, {}, S.QUEUED, QUEUES),
        (S.BLOCKED, {}, S.QUEUED, QUEUES),
        (S.REVIEW, ALWAYS, S.QUEUED, QUEUES),
        (S.BLOCKED, ALWAYS, S.QUEUED, QUEUES),
        (S.QUEUED, {}, S.QUEUED, (Show(),)),
        (S.PLAN_REVIEW, {}, S.PLAN_REVIEW, (Show(),)),
        (S.BUILDING, {}, S.BUILDING, (Show(),)),
        *((stage, {}, stage, ()) for stage in (None, S.INTAKE, S.NEEDS_INFO, S.DONE, S.CANCELLED)),
    ],
    ids=str,
)
def test_what_a_review_leads_to(
    stage: Stage | None, policy: dict[str, object], to: Stage | None, effects: tuple[Effect, ...]
) -> None:
    taken = step(task(stage, policy=policy), REVIEW)
    assert (taken.task.stage, taken.effects) == (to, effects)
    assert taken.task.record.reviewed == (LATER if effects else None)
    assert taken.task.record.round == (0 if stage is None else 1 + (to is not stage))


@pytest.mark.parametrize("stage", [S.REVIEW, S.BLOCKED, S.QUEUED, S.BUILDING])
@pytest.mark.parametrize("field", ["answered", "reviewed"])
def test_what_is_known_is_no_news(stage: Stage, field: str) -> None:
    """A sweep sees each review again for days."""
    known = with_record(task(stage), **{field: LATER})
    assert step(known, REVIEW).task == known
    assert step(known, REVIEW).effects == ()
    later = Reviewed(LATER, "wanda", LATER + SECOND)
    assert step(known, later).task.record.reviewed == LATER + SECOND


@pytest.mark.parametrize("state", [PullRequestState.CLOSED, PullRequestState.MERGED])
@pytest.mark.parametrize("stage", [S.REVIEW, S.BLOCKED])
def test_a_word_about_what_has_ended_starts_nothing(stage: Stage, state: PullRequestState) -> None:
    """Nobody would tell it to the developer: the next round has another pull request."""
    before = with_record(task(stage, pull_request=replace(PULL, state=state)), pull_request=9)
    assert step(before, REVIEW).task == before


def building(**record: object) -> Task:
    return with_record(task(S.BUILDING, pull_request=PULL), **{"pull_request": 9, **record})


@pytest.mark.parametrize(
    ("record", "event", "to"),
    [
        ({"reviewed": LATER}, {"read": AT}, S.QUEUED),
        ({"reviewed": LATER}, {"read": LATER}, S.REVIEW),
        ({"reviewed": LATER}, {"read": LATER + SECOND}, S.REVIEW),
        ({"reviewed": LATER}, {"read": AT, "over_budget": True}, S.REVIEW),
        ({"reviewed": None}, {"read": AT}, S.REVIEW),
        ({"reviewed": LATER, "answered": AT}, {"read": None}, S.REVIEW),
        ({"reviewed": LATER}, {"read": None}, S.REVIEW),
        ({"reviewed": LATER}, {"read": AT, "round": 2}, S.BUILDING),
    ],
    ids=["later", "told", "long told", "no money", "none", "nobody read", "never read", "stopped"],
)
def test_a_run_that_ends_goes_on_where_more_was_said(
    record: dict[str, object], event: dict[str, object], to: Stage
) -> None:
    ended = replace(
        RunFinished(LATER, 1, (), pull_request=9, verified=HEAD),
        **event,  # type: ignore[arg-type]
    )
    assert step(building(**record), ended).task.stage is to


def test_what_was_approved_stays_so_whenever_a_review_comes() -> None:
    """In review, and while the next round is at work."""
    policy = task(policy=ALWAYS).policy
    digest = task().plan_digest
    approved = {"approved": digest, "approval": 502, "planned": digest, "planned_at": AT}
    before = replace(building(reviewed=LATER, **approved), policy=policy)
    taken = step(before, RunFinished(LATER, 1, (), pull_request=9, verified=HEAD, read=AT))
    assert (taken.task.stage, taken.effects) == (S.QUEUED, (Show(), TakeSlot()))
    assert {name: getattr(taken.task.record, name) for name in approved} == approved
    assert step(taken.task, EVENTS["SlotFreed"]).task.stage is S.BUILDING


def test_a_review_leads_to_the_same_round_whenever_it_comes() -> None:
    """In review it begins one at once, at work when the run has ended."""
    said = {"plan": "Twice.", "repairs": 1, "merges": 2, "pull_request": 9, "attempts": (GREEN,)}
    at_once = step(with_record(task(S.REVIEW, pull_request=PULL), **said), REVIEW).task.record
    noted = step(building(**said), REVIEW).task
    ended = RunFinished(LATER, 1, (), pull_request=9, verified=HEAD, read=AT)
    then = step(noted, ended).task.record
    told: dict[str, Any] = {"history": (), "answered": None, "counted": 0}
    assert replace(then, **told) == replace(at_once, **told)


def test_more_that_was_asked_needs_a_plan_where_plans_are_wanted() -> None:
    before = replace(building(asked=700, reviewed=LATER), policy=task(policy=ALWAYS).policy)
    taken = step(before, RunFinished(LATER, 1, (), pull_request=9, verified=HEAD, read=AT))
    assert (taken.task.stage, taken.effects) == (S.PLAN_REVIEW, (Show(),))


def test_a_run_that_fails_is_not_begun_again_for_a_review_that_it_never_read() -> None:
    """It would fail again, and again."""
    reviewed = step(task(S.REVIEW, pull_request=PULL), REVIEW).task
    started = step(reviewed, EVENTS["SlotFreed"]).task
    failed = RunFinished(LATER, started.record.round, (), reason="It broke.")
    blocked = step(started, failed).task
    assert blocked.stage is S.BLOCKED
    assert step(blocked, REVIEW).task == blocked
    assert blocked.record.answered is None


def test_what_was_answered_never_goes_back() -> None:
    before = building(answered=LATER)
    for read, answered in ((None, LATER), (AT, LATER), (LATER + SECOND, LATER + SECOND)):
        ended = RunFinished(LATER, 1, (), pull_request=9, verified=HEAD, read=read)
        assert step(before, ended).task.record.answered == answered


def test_the_last_of_several_is_kept() -> None:
    before = building(reviewed=None)
    for written, reviewed in ((LATER, LATER), (AT, LATER), (LATER + SECOND, LATER + SECOND)):
        before = step(before, Reviewed(LATER, "wanda", written)).task
        assert before.record.reviewed == reviewed


@pytest.mark.parametrize("policy", [{}, ALWAYS], ids=["at once", "with a plan"])
def test_a_review_does_not_lift_a_pause(policy: dict[str, object]) -> None:
    """Whoever reviews speaks to the code; only /resume and /retry speak to us."""
    before = with_record(task(S.REVIEW, policy=policy), paused=True, reason="Paused by alice.")
    taken = step(before, REVIEW)
    assert taken.task.record.paused
    assert taken.task.record.reason == "Paused by alice."
    assert TakeSlot() not in taken.effects
    assert taken.task.stage is S.QUEUED


def test_another_round_after_a_block_is_not_paused() -> None:
    before = with_record(task(S.BLOCKED), paused=True, reason="Refused.")
    record = step(before, REVIEW).task.record
    said = "This round works off what reviewers said on the pull request."
    assert (record.paused, record.reason) == (False, said)


@pytest.mark.parametrize(
    ("approved", "to"), [("", S.PLAN_REVIEW), (None, S.PLAN_REVIEW), ("as it stands", S.BUILDING)]
)
def test_a_review_is_built_only_under_the_approval_that_stands(
    approved: str | None, to: Stage
) -> None:
    before = task(S.REVIEW, policy=ALWAYS)
    before = with_record(before, approved=before.plan_digest if approved else approved)
    queued = step(before, REVIEW).task
    assert step(queued, EVENTS["SlotFreed"]).task.stage is to
    edited = replace(queued, body="And a backdoor.")
    assert step(edited, EVENTS["SlotFreed"]).task.stage is S.PLAN_REVIEW
