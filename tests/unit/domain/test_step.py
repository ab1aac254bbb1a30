"""What each event leads to, as people would tell it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain import reaction
from app.domain.effect import (
    Acknowledge,
    Effect,
    LookAtChecks,
    MergePullRequest,
    RaiseBudget,
    Reply,
    ReplyLogs,
    Show,
    StartRun,
    StopRun,
    TakeSlot,
)
from app.domain.event import (
    AgentChosen,
    Approved,
    AttemptEnded,
    BudgetAsked,
    Cancelled,
    Commanded,
    IssueReopened,
    Paused,
    PullRequestMerged,
    Resumed,
    Retried,
    RunFinished,
    RunStopped,
)
from app.domain.policy import Merge, PlanApproval
from app.domain.record import Attempt
from app.domain.run import Spent, Usage
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import PullRequestState, Task
from app.domain.topic import ending, means
from tests.unit.domain.make import AT, EVENTS, HEAD, LATER, PULL, RED, task, with_record

ON_GREEN = {"merge": Merge.ON_GREEN}
ALWAYS = {"plan_approval": PlanApproval.ALWAYS}
S = Stage
approved = with_record(task(S.BUILDING, policy=ALWAYS), approved=task().request_digest)
edited = replace(approved, body="Something else.")
PLANNED = with_record(
    task(S.PLAN_REVIEW), approved="", planned=task().request_digest, planned_at=AT
)
BUDGET = {"budget_usd": 2.0}
GOES_ON = (("/resume", "Resumed", 508), ("/retry", "Retried", 503))


def paused(stage: Stage, **changes: Any) -> Task:
    return with_record(task(stage, **changes), paused=True)


gone_red = RunFinished(LATER, 1, (RED,), reason="All 1 attempts are spent.")


@dataclass(frozen=True)
class Case:
    id: str
    before: Task
    event: str
    stage: Stage | None
    effects: tuple[Effect, ...]


CASES = [
    Case("a request is queued", task(), "Requested", S.QUEUED, (Show(), TakeSlot())),
    Case("a request waits for a plan", task(policy=ALWAYS), "Requested", S.PLAN_REVIEW, (Show(),)),
    Case(
        "/plan on a plain issue",
        task(),
        "PlanAsked",
        S.PLAN_REVIEW,
        (Show(open=True), Acknowledge(501, accepted=True)),
    ),
    Case(
        "/plan while queued", task(S.QUEUED), "PlanAsked", S.PLAN_REVIEW,
        (Show(), Acknowledge(501, accepted=True)),
    ),
    Case(
        "/plan too late", task(S.BUILDING), "PlanAsked", S.BUILDING,
        (Acknowledge(501, accepted=False),),
    ),
    Case(
        "/approve", PLANNED, "Approved", S.QUEUED,
        (Show(), TakeSlot(), Acknowledge(502, accepted=True)),
    ),
    Case(
        "/approve of nothing", task(S.QUEUED), "Approved", S.QUEUED,
        (Acknowledge(502, accepted=False),),
    ),
    Case("a slot", task(S.QUEUED), "SlotFreed", S.BUILDING, (Show(), StartRun())),
    Case("a slot too late", task(S.CANCELLED), "SlotFreed", S.CANCELLED, ()),
    Case(
        "a slot, but the request was edited", replace(edited, stage=S.QUEUED), "SlotFreed",
        S.PLAN_REVIEW, (Show(),),
    ),
    Case("an edit nobody had to approve", task(S.BUILDING), "IssueEdited", S.BUILDING, ()),
    Case("an edit after approval", edited, "IssueEdited", S.PLAN_REVIEW, (StopRun(), Show())),
    Case("an edit of a plan", task(S.PLAN_REVIEW), "IssueEdited", S.PLAN_REVIEW, (Show(),)),
    Case("an attempt failed", task(S.BUILDING), "AttemptEnded", S.BUILDING, (Show(soon=True),)),
    Case(
        "green, a person merges", task(S.BUILDING), "RunFinished", S.REVIEW,
        (Show(), LookAtChecks()),
    ),
    Case(
        "green, we merge", task(S.BUILDING, policy=ON_GREEN), "RunFinished", S.REVIEW,
        (Show(), MergePullRequest(9, HEAD)),
    ),
    Case("the end of a stopped run", task(S.CANCELLED), "RunFinished", S.CANCELLED, ()),
    Case(
        "merged", task(S.REVIEW), "PullRequestMerged", S.DONE, (StopRun(), Show(open=False)),
    ),
    Case("closed unmerged", task(S.REVIEW), "PullRequestClosed", S.BLOCKED, (Show(),)),
    Case("refused", task(S.REVIEW), "MergeRefused", S.BLOCKED, (Show(),)),
    Case("issue closed while queued", task(S.QUEUED), "IssueClosed", S.CANCELLED, (Show(),)),
    Case(
        "issue closed while building", task(S.BUILDING), "IssueClosed", S.CANCELLED,
        (StopRun(), Show()),
    ),
    Case(
        "issue closed by the merge",
        task(S.REVIEW, pull_request=replace(PULL, state=PullRequestState.MERGED)),
        "IssueClosed", S.DONE, (StopRun(), Show(open=False)),
    ),
    Case(
        "/cancel", task(S.BUILDING), "Cancelled", S.CANCELLED,
        (StopRun(), Show(), Acknowledge(504, accepted=True)),
    ),
    Case(
        "/cancel of nothing", task(), "Cancelled", None, (Acknowledge(504, accepted=False),),
    ),
    Case(
        "/retry", task(S.BLOCKED), "Retried", S.QUEUED,
        (Show(open=True), TakeSlot(), Acknowledge(503, accepted=True)),
    ),
    Case(
        "/retry needs a plan", task(S.BLOCKED, policy=ALWAYS), "Retried", S.PLAN_REVIEW,
        (Show(open=True), Acknowledge(503, accepted=True)),
    ),
    Case(
        "/retry at work", task(S.BUILDING), "Retried", S.BUILDING,
        (Acknowledge(503, accepted=False),),
    ),
    Case(
        "/pause at work", task(S.BUILDING), "Paused", S.QUEUED,
        (StopRun(), Show(), Acknowledge(507, accepted=True)),
    ),
    *(
        Case(
            f"/pause in {stage}", task(stage), "Paused", stage,
            (Show(), Acknowledge(507, accepted=True)),
        )
        for stage in (S.QUEUED, S.PLAN_REVIEW, S.REVIEW)
    ),
    Case(
        "/pause of what is paused", paused(S.QUEUED), "Paused", S.QUEUED,
        (Acknowledge(507, accepted=False),),
    ),
    Case(
        "/pause of what has ended", task(S.DONE), "Paused", S.DONE,
        (Acknowledge(507, accepted=False),),
    ),
    *(
        Case(
            f"{word} takes a place in the line again", paused(S.QUEUED), event, S.QUEUED,
            (Show(), TakeSlot(), Acknowledge(comment, accepted=True)),
        )
        for word, event, comment in GOES_ON
    ),
    *(
        Case(
            f"{word} with a plan that waits", paused(S.PLAN_REVIEW), event, S.PLAN_REVIEW,
            (Show(), Acknowledge(comment, accepted=True)),
        )
        for word, event, comment in GOES_ON
    ),
    *(
        Case(
            f"{word} with a pull request for a person", paused(S.REVIEW, pull_request=PULL), event,
            S.REVIEW, (Show(), Acknowledge(comment, accepted=True)),
        )
        for word, event, comment in GOES_ON
    ),
    *(
        Case(
            f"{word} with a pull request for us",
            paused(S.REVIEW, pull_request=PULL, policy=ON_GREEN), event, S.REVIEW,
            (Show(), MergePullRequest(9, HEAD), Acknowledge(comment, accepted=True)),
        )
        for word, event, comment in GOES_ON
    ),
    *(
        Case(
            f"/resume in {stage}", task(stage), "Resumed", stage,
            (Acknowledge(508, accepted=False),),
        )
        for stage in (None, *S)
    ),
    Case("a slot for what was paused meanwhile", paused(S.QUEUED), "SlotFreed", S.QUEUED, ()),
    Case(
        "/approve of what is paused", with_record(PLANNED, paused=True), "Approved", S.QUEUED,
        (Show(), Acknowledge(502, accepted=True)),
    ),
    Case(
        "/cancel of what is paused", paused(S.QUEUED), "Cancelled", S.CANCELLED,
        (Show(), Acknowledge(504, accepted=True)),
    ),
    Case("found paused", paused(S.QUEUED), "Found", S.QUEUED, ()),
    Case(
        "found paused and half shown", replace(paused(S.QUEUED), labels=frozenset()), "Found",
        S.QUEUED, (Show(),),
    ),
    Case(
        "found paused, green and unmerged", paused(S.REVIEW, pull_request=PULL, policy=ON_GREEN),
        "Found", S.REVIEW, (),
    ),
    Case(
        "a later round may have left something", with_record(task(S.QUEUED), round=2),
        "SlotFreed", S.BUILDING, (Show(), StartRun(resumed=True)),
    ),
    Case(
        "/agent at work", task(S.BUILDING), "AgentChosen", S.BUILDING,
        (Show(), Acknowledge(509, accepted=True)),
    ),
    *(
        Case(
            f"/budget in {stage}", task(stage, policy=BUDGET), "BudgetAsked", stage,
            (Show(), Acknowledge(510, accepted=True)),
        )
        for stage in (S.QUEUED, S.PLAN_REVIEW, S.REVIEW, S.DONE, S.BLOCKED, S.CANCELLED)
    ),
    Case(
        "/budget at work", task(S.BUILDING, policy=BUDGET), "BudgetAsked", S.BUILDING,
        (RaiseBudget(7.0), Show(), Acknowledge(510, accepted=True)),
    ),
    Case(
        "/budget after it was spent", with_record(task(S.BLOCKED, policy=BUDGET), over_budget=True),
        "BudgetAsked", S.QUEUED, (Show(), TakeSlot(), Acknowledge(510, accepted=True)),
    ),
    Case(
        "/budget after it was spent needs a plan",
        with_record(task(S.BLOCKED, policy={**BUDGET, **ALWAYS}), over_budget=True),
        "BudgetAsked", S.PLAN_REVIEW, (Show(), Acknowledge(510, accepted=True)),
    ),
    *(
        Case(
            f"/logs in {stage}", task(stage), "LogsAsked", stage,
            (ReplyLogs("511-LogsAsked"), Acknowledge(511, accepted=True)),
        )
        for stage in (None, *S)
    ),
    Case("reopened", task(S.DONE), "IssueReopened", S.QUEUED, (Show(), TakeSlot())),
    Case("found queued", task(S.QUEUED), "Found", S.QUEUED, (TakeSlot(),)),
    Case("found building", task(S.BUILDING), "Found", S.BUILDING, (StartRun(resumed=True),)),
    Case(
        "found half shown", task(S.BUILDING, labels=frozenset({S.QUEUED.value})), "Found",
        S.BUILDING, (Show(), StartRun(resumed=True)),
    ),
    Case("found edited", edited, "Found", S.PLAN_REVIEW, (StopRun(), Show())),
    Case("found closed", task(S.QUEUED, is_open=False), "Found", S.CANCELLED, (Show(),)),
    Case(
        "found merged",
        task(S.REVIEW, pull_request=replace(PULL, state=PullRequestState.MERGED)),
        "Found", S.DONE, (StopRun(), Show(open=False)),
    ),
    Case(
        "found closed unmerged",
        task(S.REVIEW, pull_request=replace(PULL, state=PullRequestState.CLOSED)),
        "Found", S.BLOCKED, (Show(),),
    ),
    Case(
        "found green and unmerged", task(S.REVIEW, pull_request=PULL, policy=ON_GREEN), "Found",
        S.REVIEW, (MergePullRequest(9, HEAD),),
    ),
    Case(
        "found at another head",
        task(S.REVIEW, pull_request=replace(PULL, head="d" * 40), policy=ON_GREEN), "Found",
        S.REVIEW, (),
    ),
    Case(
        "found for a person to merge", task(S.REVIEW, pull_request=PULL), "Found", S.REVIEW, (),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_follows(case: Case) -> None:
    taken = step(case.before, EVENTS[case.event])
    assert (taken.task.stage, taken.effects) == (case.stage, case.effects)


@pytest.mark.parametrize("event", ["StatusAsked", "HelpAsked"])
@pytest.mark.parametrize("stage", [None, *Stage])
def test_questions_are_answered_and_change_nothing(event: str, stage: Stage | None) -> None:
    before = task(stage)
    taken = step(before, EVENTS[event])
    reply, acknowledge = taken.effects
    assert isinstance(reply, Reply)
    assert reply.text
    assert isinstance(acknowledge, Acknowledge)
    assert acknowledge.accepted
    assert taken.task == before


@pytest.mark.parametrize("stage", [None, *Stage])
def test_a_configuration_that_nobody_can_read_is_told_once(stage: Stage | None) -> None:
    before = task(stage, warning="acme/weather:orchestrator.yml, line 1: who: not a role")
    taken = step(before, EVENTS["Misconfigured"])
    (reply,) = taken.effects
    assert isinstance(reply, Reply)
    assert "line 1: who: not a role" in reply.text
    assert taken.task == before
    again = step(replace(before, replied=frozenset({reply.to})), EVENTS["Misconfigured"])
    assert again.effects == ()


def test_one_that_was_corrected_meanwhile_is_not_told() -> None:
    assert step(task(), EVENTS["Misconfigured"]).effects == ()


def test_a_red_run_blocks_with_its_reason() -> None:
    taken = step(task(Stage.BUILDING), gone_red)
    assert taken.task.stage is Stage.BLOCKED
    assert taken.task.record.reason == "All 1 attempts are spent."
    assert taken.task.record.attempts == (RED,)


def test_a_run_of_an_earlier_round_changes_nothing() -> None:
    before = with_record(task(Stage.BUILDING), round=2)
    assert step(before, EVENTS["RunFinished"]).task == before
    assert step(before, EVENTS["AttemptEnded"]).task == before


def test_a_green_run_leaves_what_was_verified() -> None:
    event = EVENTS["RunFinished"]
    assert isinstance(event, RunFinished)
    event = replace(event, usage=Usage(20, 10, 5, 0.5))
    record = step(task(Stage.BUILDING), event).task.record
    assert (record.verified, record.pull_request) == (HEAD, 9)
    assert [a.number for a in record.attempts] == [1, 2]
    assert (record.tokens, record.cost_usd) == (30, 0.5)


def test_a_command_is_carried_out_once() -> None:
    first = step(task(Stage.BLOCKED), EVENTS["Retried"]).task
    cut_short = replace(first, stage=Stage.BLOCKED)
    again = step(cut_short, EVENTS["Retried"])
    assert again.task.record.round == first.record.round == 2
    assert again.effects == (Acknowledge(503, accepted=True),)


def test_a_question_is_answered_once() -> None:
    taken = step(task(replied=frozenset({"505-StatusAsked"})), EVENTS["StatusAsked"])
    assert taken.effects == (Acknowledge(505, accepted=True),)


def test_attempts_go_on_counting_over_rounds() -> None:
    before = with_record(task(Stage.BLOCKED), attempts=(RED, replace(RED, number=2)))
    record = step(before, EVENTS["Retried"]).task.record
    assert (record.floor, record.round) == (2, 2)
    assert step(before, EVENTS["Retried"]).task.ceiling == 5


@pytest.mark.parametrize(
    ("pull_request", "branch", "kept"),
    [
        pytest.param(None, "orc/issue-7", None, id="none yet: the same branch"),
        pytest.param(PULL, "orc/issue-7", 9, id="open: the same branch and pull request"),
        pytest.param(
            replace(PULL, state=PullRequestState.MERGED), "orc/issue-7-2", None, id="merged: anew"
        ),
        pytest.param(
            replace(PULL, state=PullRequestState.CLOSED), "orc/issue-7-2", None, id="closed: anew"
        ),
    ],
)
def test_where_another_round_works(pull_request: object, branch: str, kept: int | None) -> None:
    number = 9 if pull_request else None
    before = with_record(task(Stage.BLOCKED, pull_request=pull_request), pull_request=number)
    record = step(before, EVENTS["Retried"]).task.record
    assert (record.branch, record.pull_request) == (branch, kept)
    assert (record.verified, record.merged, record.approved, record.reason) == (None,) * 3 + ("",)


def test_an_approval_holds_for_one_wording() -> None:
    shown = task().request_digest
    waiting = with_record(
        task(Stage.PLAN_REVIEW, policy=ALWAYS), approved="", planned=shown, planned_at=AT
    )
    taken = step(waiting, EVENTS["Approved"]).task
    assert not taken.needs_approval
    assert replace(taken, title="Something else").needs_approval
    assert replace(taken, body="Something else").needs_approval


def test_a_plan_is_approved_only_as_it_was_shown() -> None:
    """An edit that comes between the reading and the handling of /approve is not approved."""
    shown = with_record(
        task(Stage.PLAN_REVIEW), approved="", planned=task().request_digest, planned_at=AT
    )
    taken = step(replace(shown, body="And a backdoor."), EVENTS["Approved"])
    assert taken.task.stage is Stage.PLAN_REVIEW
    assert taken.effects == (Show(), Acknowledge(502, accepted=False))
    seen = with_record(taken.task, planned_at=LATER)
    again = Approved(LATER, "alice", 999, written=LATER + timedelta(seconds=1))
    assert step(seen, again).task.stage is Stage.QUEUED


SECOND = timedelta(seconds=1)
SEEN = {
    # when the plan was shown, the body edited, the approval written
    "well after": ((AT, None, LATER), True),
    "well after an edit": ((AT, AT, LATER), True),
    "in the second in which it was shown": ((LATER, None, LATER), False),
    "within it": ((LATER + 0.4 * SECOND, None, LATER), False),
    "in the next second": ((LATER - 0.1 * SECOND, None, LATER), True),
    "in the second of an edit": ((AT, LATER, LATER), False),
    "before an edit": ((AT, LATER + SECOND, LATER), False),
    "before it was shown": ((LATER, None, AT), False),
    "not shown yet": ((None, None, LATER), False),
    "at no known time": ((AT, None, None), False),
}


@pytest.mark.parametrize(("times", "holds"), SEEN.values(), ids=SEEN)
def test_only_what_was_seen_can_be_approved(
    times: tuple[datetime | None, ...], holds: bool
) -> None:
    shown, edited, written = times
    waiting = task(Stage.PLAN_REVIEW, edited_at=edited)
    waiting = with_record(waiting, approved="", planned=waiting.plan_digest, planned_at=shown)
    taken = step(waiting, Approved(LATER, "alice", 1, written=written))
    assert (taken.task.stage is Stage.QUEUED) == holds
    assert taken.effects[-1] == Acknowledge(1, accepted=holds)


def test_what_was_built_for_another_wording_is_left_behind() -> None:
    record = step(edited, EVENTS["IssueEdited"]).task.record
    assert (record.round, record.branch, record.verified) == (2, "orc/issue-7-2", None)


def test_each_command_of_a_comment_is_carried_out_and_the_last_acknowledged() -> None:
    cancel = Cancelled(LATER, "alice", 700, last=False)
    retry = Retried(LATER, "alice", 700)
    first = step(task(Stage.QUEUED), cancel)
    assert first.effects == (Show(),)
    second = step(first.task, retry)
    assert second.task.stage is Stage.QUEUED
    assert second.task.record.round == 2
    assert second.effects[-1] == Acknowledge(700, accepted=True)


def test_an_edit_says_why_it_waits_again() -> None:
    record = step(edited, EVENTS["IssueEdited"]).task.record
    assert record.approved == ""
    assert "edited" in record.reason


def test_another_pull_request_is_not_ours() -> None:
    before = task(Stage.REVIEW)
    assert step(before, PullRequestMerged(LATER, 99, None)).task == before


def test_the_merge_is_on_record() -> None:
    record = step(task(Stage.REVIEW), EVENTS["PullRequestMerged"]).task.record
    assert (record.merged, record.pull_request) == ("c" * 40, 9)
    found = task(
        Stage.REVIEW,
        pull_request=replace(PULL, state=PullRequestState.MERGED, merge_commit="e" * 40),
    )
    assert step(found, EVENTS["Found"]).task.record.merged == "e" * 40


def test_a_lost_record_is_made_anew() -> None:
    before = with_record(task(Stage.REVIEW, pull_request=PULL), round=0, branch="", stage=None)
    taken = step(with_record(before, pull_request=None, verified=None), EVENTS["Found"])
    assert (taken.task.record.round, taken.task.record.branch) == (1, "orc/issue-7")
    assert taken.task.record.pull_request == 9
    assert taken.effects == (Show(),)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("PullRequestClosed", "bob closed the pull request without merging it."),
        ("MergeRefused", "GitHub refused the merge: not mergeable"),
        ("Cancelled", "Stopped by alice."),
    ],
)
def test_people_are_told_why(event: str, reason: str) -> None:
    assert step(task(Stage.REVIEW), EVENTS[event]).task.record.reason == reason


def test_visits_are_kept_with_their_times() -> None:
    taken = step(task(Stage.QUEUED), EVENTS["SlotFreed"]).task
    assert [(v.stage, v.at) for v in taken.record.history] == [
        (Stage.QUEUED, AT),
        (Stage.BUILDING, LATER),
    ]


def test_the_same_attempt_reported_twice_stands_once() -> None:
    once = step(task(Stage.BUILDING), EVENTS["AttemptEnded"]).task
    twice = step(once, EVENTS["AttemptEnded"]).task
    assert twice.record.attempts == (RED,)
    better = Attempt(1, "passed", HEAD, passed=1)
    assert once.record.with_attempt(better).attempts == (better,)


def test_a_reopening_that_was_dealt_with_is_no_news() -> None:
    """A sweep sees the last reopening of an issue, however long ago it was."""
    before = task(Stage.CANCELLED)
    assert step(before, IssueReopened(AT - timedelta(seconds=1), "alice")).task == before
    always = task(Stage.CANCELLED, policy=ALWAYS)
    assert step(always, IssueReopened(AT - timedelta(seconds=1), "alice")).task == always
    assert step(always, IssueReopened(AT, "alice")).task.stage is Stage.PLAN_REVIEW


def test_a_second_retry_is_another_round() -> None:
    first = step(task(Stage.BLOCKED), EVENTS["Retried"]).task
    blocked = replace(first, stage=Stage.BLOCKED)
    assert step(blocked, Retried(LATER, "alice", 900)).task.record.round == 3


# Pausing


def test_a_pause_ends_a_run_but_neither_its_branch_nor_its_attempts() -> None:
    """A round of its own: what the stopped run still says is not heard any more."""
    before = with_record(task(S.BUILDING), floor=2, attempts=(RED,), approved="abc", outdated=True)
    record = step(before, EVENTS["Paused"]).task.record
    assert record.reason == "Paused by alice."
    changed = {"round": 2, "paused": True, "outdated": False, "stage": S.QUEUED}
    assert {name: getattr(record, name) for name in changed} == changed
    kept = ("floor", "branch", "attempts", "approved", "pull_request")
    assert [getattr(record, name) for name in kept] == [
        getattr(before.record, name) for name in kept
    ]


def test_what_goes_on_is_as_it_was() -> None:
    once = step(task(S.QUEUED), EVENTS["Paused"]).task
    assert (once.record.paused, once.record.reason) == (True, "Paused by alice.")
    again = step(once, EVENTS["Resumed"]).task
    assert (again.record.paused, again.record.reason) == (False, "")


def test_a_pause_that_is_over_is_not_taken_up_again() -> None:
    """A sweep sees a /pause whose reaction got lost; somebody has resumed since."""
    once = step(task(S.QUEUED), EVENTS["Paused"]).task
    resumed = step(once, EVENTS["Resumed"]).task
    taken = step(resumed, EVENTS["Paused"])
    assert taken.task == resumed
    assert taken.effects == (Acknowledge(507, accepted=True),)
    assert step(resumed, Paused(LATER, "alice", 901)).task.record.paused
    paused_again = step(resumed, Paused(LATER, "alice", 901)).task
    assert not step(paused_again, Resumed(LATER, "alice", 902)).task.record.paused


def test_another_round_is_not_paused() -> None:
    blocked = with_record(task(S.BLOCKED), paused=True, outdated=True, over_budget=True)
    record = step(blocked, EVENTS["Retried"]).task.record
    assert (record.paused, record.outdated, record.over_budget) == (False, False, False)


def test_an_edit_of_a_paused_task_leaves_it_paused() -> None:
    before = with_record(replace(edited, stage=S.QUEUED), paused=True)
    taken = step(before, EVENTS["IssueEdited"])
    assert (taken.task.stage, taken.task.record.paused) == (S.PLAN_REVIEW, True)


# What runs use


def test_a_run_tells_what_it_used_up_to_now_and_at_its_end() -> None:
    """While it runs the figure is its own; the end adds it to what was before."""
    before = with_record(task(S.BUILDING), usage=Usage(100, 10, 5, 1.0))
    first = step(before, AttemptEnded(LATER, 1, RED, Usage(7, 1, 0, 0.5))).task
    assert first.record.total == Usage(107, 11, 5, 1.5)
    second = step(first, AttemptEnded(LATER, 1, RED, Usage(9, 2, 0, 0.75))).task
    assert second.record.total == Usage(109, 12, 5, 1.75)
    done = step(second, RunFinished(LATER, 1, (RED,), usage=Usage(20, 4, 1, 1.0))).task
    assert (done.record.usage, done.record.running) == (Usage(120, 14, 6, 2.0), Usage())


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        pytest.param(Usage(9, 3, 1, 0.75), Usage(9, 3, 1, 0.75), id="more than it had told"),
        pytest.param(Usage(), Usage(7, 1, 0, 0.5), id="nobody knows: what it had told"),
        pytest.param(Usage(7, 1, 0, 0.25), Usage(7, 1, 0, 0.5), id="less money"),
    ],
)
@pytest.mark.parametrize("stage", S)
def test_a_stopped_run_is_counted(stage: Stage, told: Usage, counted: Usage) -> None:
    before = with_record(task(stage), usage=Usage(100, 0, 0, 1.0), running=Usage(7, 1, 0, 0.5))
    after = step(before, RunStopped(LATER, Spent(1, told))).task
    assert (after.record.usage, after.record.running) == (Usage(100, 0, 0, 1.0) + counted, Usage())
    assert step(after, RunStopped(LATER, Spent(1, told))).task == after
    assert step(task(stage), RunStopped(LATER, Spent())).task == task(stage)


def test_a_run_that_told_its_end_is_not_counted_again_when_it_is_stopped() -> None:
    used = Usage(70, 7, 10, 0.25)
    ended = step(task(Stage.BUILDING), RunFinished(LATER, 1, (RED,), reason="no", usage=used)).task
    assert ended.record.usage == used
    assert step(ended, RunStopped(LATER, Spent(1, used))).task.record.usage == used
    assert step(ended, RunStopped(LATER, Spent(2, used))).task.record.usage == used + used


def test_what_ended_for_want_of_money_is_noted() -> None:
    for over in (True, False):
        event = RunFinished(LATER, 1, (), reason="The budget is spent.", over_budget=over)
        assert step(task(S.BUILDING), event).task.record.over_budget is over


# By whom, and for how much


def test_an_agent_is_chosen_for_what_is_to_come() -> None:
    for stage in S:
        record = step(task(stage), EVENTS["AgentChosen"]).task.record
        assert (record.agent, record.outdated) == ("codex", stage is S.BUILDING)
    assert step(task(S.QUEUED), EVENTS["AgentChosen"]).task.agent == "codex"
    blocked = step(task(S.BLOCKED), EVENTS["AgentChosen"]).task
    assert step(blocked, EVENTS["Retried"]).task.agent == "codex"


def test_the_agent_at_work_is_not_exchanged_for_itself() -> None:
    same = AgentChosen(LATER, "alice", 601, argument="scripted")
    assert not step(task(S.BUILDING), same).task.record.outdated
    changed = step(task(S.BUILDING), EVENTS["AgentChosen"]).task
    back = step(changed, same).task
    assert (back.agent, back.record.outdated) == ("scripted", True)  # nobody knows who is at work


def test_another_agent_takes_over_with_the_next_attempt() -> None:
    before = step(task(S.BUILDING), EVENTS["AgentChosen"]).task
    late = AttemptEnded(LATER, 0, RED)
    assert step(before, late).task == before
    taken = step(before, AttemptEnded(LATER, 1, RED, Usage(7, 1, 0, 0.5)))
    assert taken.effects == (StopRun(), Show(), StartRun(resumed=True))
    record = taken.task.record
    assert (record.round, record.floor, record.attempts) == (2, 0, (RED,))
    assert (record.outdated, record.running) == (False, Usage(7, 1, 0, 0.5))
    again = step(taken.task, AttemptEnded(LATER, 2, RED))
    assert again.effects == (Show(soon=True),)


@pytest.mark.parametrize(
    ("stage", "asked", "accepted"),
    [
        *((stage, "gpt", False) for stage in (None, *S)),
        *((stage, "", True) for stage in (None, *S)),
        (None, "codex", False),
    ],
)
def test_an_agent_is_named_or_refused_with_those_that_there_are(
    stage: Stage | None, asked: str, accepted: bool
) -> None:
    before = task(stage)
    taken = step(before, AgentChosen(LATER, "alice", 602, argument=asked))
    reply, acknowledge = taken.effects
    assert isinstance(reply, Reply)
    assert "`claude`" in reply.text
    assert (acknowledge, taken.task) == (Acknowledge(602, accepted=accepted), before)


def raising(argument: str, comment: int = 603) -> BudgetAsked:
    return BudgetAsked(LATER, "alice", comment, argument=argument)


def test_a_budget_is_raised_by_each_command_once() -> None:
    before = task(S.BUILDING, policy=BUDGET)
    once = step(before, raising("+5")).task
    assert (once.record.budget_extra, once.budget_usd) == (5.0, 7.0)
    assert step(once, raising("+5")).task == once
    twice = step(once, raising("+0.10", 604))
    assert twice.task.budget_usd == 7.1
    assert RaiseBudget(7.1) in twice.effects


@pytest.mark.parametrize(
    ("stage", "budget", "asked", "accepted"),
    [
        *((stage, 2.0, "", True) for stage in (None, *S)),
        *((stage, 2.0, "5", False) for stage in (None, *S)),
        *((stage, 2.0, "+18.01", False) for stage in (None, *S)),
        *((stage, None, "+5", False) for stage in (None, *S)),
        *((stage, None, "", True) for stage in (None, *S)),
    ],
)
def test_a_budget_is_told_or_why_it_can_not_be_raised(
    stage: Stage | None, budget: float | None, asked: str, accepted: bool
) -> None:
    before = with_record(task(stage, policy={"budget_usd": budget}), over_budget=True)
    taken = step(before, raising(asked))
    reply, acknowledge = taken.effects
    assert isinstance(reply, Reply)
    assert (acknowledge, taken.task) == (Acknowledge(603, accepted=accepted), before)


@pytest.mark.parametrize("policy", [BUDGET, {**BUDGET, **ALWAYS}], ids=["at once", "with a plan"])
def test_more_money_begins_another_round(policy: dict[str, Any]) -> None:
    before = with_record(task(S.BLOCKED, policy=policy), over_budget=True, attempts=(RED,))
    record = step(before, raising("+3")).task.record
    assert (record.round, record.floor, record.budget_extra) == (2, 1, 3.0)
    assert not record.over_budget
    assert record.approved == ("" if "plan_approval" in policy else None)


# Facts that a rule's guard has made sure of


def test_nothing_is_merged_or_noted_without_its_fact() -> None:
    assert reaction.merge(task(S.QUEUED)) == ()
    assert reaction.merge(with_record(task(S.REVIEW), pull_request=None)) == ()
    assert reaction.merge(with_record(task(S.REVIEW), verified=None)) == ()
    assert reaction.raise_budget(task(S.BUILDING), EVENTS["BudgetAsked"]) == (Show(),)
    assert ending.found_merged(task(S.REVIEW), EVENTS["Found"]) == task(S.REVIEW).record
    assert means.raise_budget(task(S.QUEUED), raising("nonsense")) == task(S.QUEUED).record


@pytest.mark.parametrize("stage", S)
def test_what_waits_for_us_or_is_watched_is_active(stage: Stage) -> None:
    ended = {S.DONE, S.BLOCKED, S.CANCELLED}
    assert stage.is_active is (stage not in ended)


@pytest.mark.parametrize("name", ["StatusAsked", "HelpAsked", "AgentChosen", "BudgetAsked"])
def test_an_answer_bears_the_key_of_its_command(name: str) -> None:
    event = EVENTS[name]
    assert isinstance(event, Commanded)
    asked = replace(event, argument="")
    made = task(Stage.REVIEW, policy={"budget_usd": 2.0})
    (reply,) = [one for one in step(made, asked).effects if isinstance(one, Reply)]
    assert reply.to == asked.key
    assert reply.text.strip()
