"""What each event leaves on record, to the letter: nothing else of the record may change."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from app.domain.event import AgentChosen, AttemptEnded, BudgetAsked, RunFinished
from app.domain.policy import PlanApproval
from app.domain.record import Attempt, Record, Visit
from app.domain.run import UNUSED, Usage
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import PullRequestState, Task
from tests.unit.domain.make import AT, EVENTS, HEAD, LATER, PULL, RED, task

S = Stage
MERGED = replace(PULL, number=10, state=PullRequestState.MERGED, merge_commit="e" * 40)
CLOSED = replace(PULL, number=10, state=PullRequestState.CLOSED)
ALWAYS = {"plan_approval": PlanApproval.ALWAYS}
BUDGET = {"budget_usd": 2.0}
DIGEST = task().request_digest
AGAIN = (
    "The plan, or the request, changed as it was approved. Look at the plan as it stands now, then "
    "write `/approve` once more."
)
# A record with something in every field, so that whatever is reset shows.
FULL = Record(
    round=4,
    floor=1,
    branch="orc/issue-7-3",
    attempts=(RED, Attempt(2, "failed", "c" * 40, detail="It broke.")),
    verified=HEAD,
    pull_request=9,
    merged="f" * 40,
    planned="0" * 16,
    approved="1" * 16,
    reason="Something happened.",
    usage=Usage(1_000, 200, 300, 1.5),
    running=Usage(10, 2, 3, 0.25),
    counted=2,
    paused=False,
    agent="claude",
    outdated=True,
    budget_extra=3.0,
    over_budget=True,
    handled=("1-Retried",),
    approval=700,
    question="Which city?",
    asked=600,
    requesters=("alice",),
    plan="One more route.",
    planned_at=AT,
    repairs=2,
    merges=1,
)
BEGUN: dict[str, Any] = {
    "round": 5, "rounds": 1, "floor": 2, "verified": None, "merged": None, "approved": None,
    "reason": "", "outdated": False, "over_budget": False, "approval": 0, "question": "",
    "asked": 0, "plan": "", "repairs": 0, "merges": 0,
}  # fmt: skip
PLANNED = {"approved": "", "planned": DIGEST, "planned_at": None}
VOID: dict[str, Any] = {
    **BEGUN, "branch": "orc/issue-7-5", "pull_request": None, **PLANNED,
    "reason": "The request was edited after it had been approved, so it waits for a new approval.",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """`event` in `stage` with FULL as changed by `record`: the stage and what differs after it."""

    id: str
    stage: Stage
    event: Any
    to: Stage
    after: dict[str, Any]
    record: dict[str, Any] = field(default_factory=dict)
    task: dict[str, Any] = field(default_factory=dict)


PAUSED = {"paused": True, "reason": "Paused by alice."}
RUNS_ON = {"paused": False, "reason": ""}
CASES = [
    Case("retry", S.BLOCKED, "Retried", S.QUEUED, BEGUN),
    Case("retry with a plan", S.BLOCKED, "Retried", S.PLAN_REVIEW,
         {**BEGUN, **PLANNED}, task={"policy": ALWAYS}),
    Case("retry after the pull request was closed", S.BLOCKED, "Retried", S.QUEUED,
         {**BEGUN, "branch": "orc/issue-7-5", "pull_request": None}, task={"pull_request": CLOSED}),
    Case("retry without a branch", S.BLOCKED, "Retried", S.QUEUED,
         {**BEGUN, "branch": "orc/issue-7-5", "pull_request": None}, {"branch": ""}),
    Case("the very first round", S.BLOCKED, "Retried", S.QUEUED,
         {**BEGUN, "round": 1, "branch": "orc/issue-7", "pull_request": None},
         {"branch": "", "round": 0}),
    Case("plan", S.QUEUED, "PlanAsked", S.PLAN_REVIEW, PLANNED),
    Case("mention", S.BLOCKED, "Mentioned", S.QUEUED, BEGUN),
    Case("mention in review", S.REVIEW, "Mentioned", S.QUEUED, BEGUN),
    Case("mention with a plan", S.DONE, "Mentioned", S.PLAN_REVIEW,
         {**BEGUN, **PLANNED}, task={"policy": ALWAYS}),
    Case("mention while queued", S.QUEUED, "Mentioned", S.QUEUED, {"asked": 601},
         {"approved": None}),
    Case("mention after the approval", S.QUEUED, "Mentioned", S.PLAN_REVIEW,
         {"asked": 601, **PLANNED}),
    Case("mention before the approval", S.PLAN_REVIEW, "Mentioned", S.PLAN_REVIEW, {"asked": 601},
         {"approved": ""}),
    Case("mention at work", S.BUILDING, "Mentioned", S.BUILDING, {"asked": 601}),
    Case("mention that comes late", S.BUILDING, "Mentioned", S.BUILDING, {}, {"asked": 900}),
    Case("approve", S.PLAN_REVIEW, "Approved", S.QUEUED,
         {"approved": DIGEST, "reason": "", "approval": 502},
         {"planned": DIGEST, "planned_at": AT}),
    Case("approve what was not shown", S.PLAN_REVIEW, "Approved", S.PLAN_REVIEW,
         {**PLANNED, "reason": AGAIN}),
    Case("edit of a plan", S.PLAN_REVIEW, "IssueEdited", S.PLAN_REVIEW,
         PLANNED),
    Case("edit while queued", S.QUEUED, "IssueEdited", S.PLAN_REVIEW, VOID),
    Case("edit while building", S.BUILDING, "IssueEdited", S.PLAN_REVIEW, VOID),
    Case("edit while paused", S.QUEUED, "IssueEdited", S.PLAN_REVIEW, VOID, {"paused": True}),
    Case("found edited", S.QUEUED, "Found", S.PLAN_REVIEW, VOID),
    Case("slot after an edit", S.QUEUED, "SlotFreed", S.PLAN_REVIEW, VOID),
    Case("slot", S.QUEUED, "SlotFreed", S.BUILDING, {}, {"approved": DIGEST}),
    Case("pause", S.REVIEW, "Paused", S.REVIEW, PAUSED),
    Case("pause at work", S.BUILDING, "Paused", S.QUEUED,
         {**PAUSED, "round": 5, "outdated": False}),
    Case("resume", S.QUEUED, "Resumed", S.QUEUED, RUNS_ON, {"paused": True}),
    Case("retry of what is paused", S.REVIEW, "Retried", S.REVIEW, RUNS_ON, {"paused": True}),
    Case("attempt", S.BUILDING, AttemptEnded(LATER, 4, Attempt(3, "failed"), Usage(5, 1, 0, 0.5)),
         S.BUILDING,
         {"attempts": (replace(RED, failures=()), Attempt(2, "failed", "c" * 40),
                       Attempt(3, "failed")),
          "running": Usage(5, 1, 0, 0.5)}, {"outdated": False}),
    Case("green", S.BUILDING,
         RunFinished(LATER, 4, (), pull_request=12, verified="d" * 40, usage=Usage(5, 1, 0, 0.5),
                     heard=600),
         S.REVIEW,
         {"verified": "d" * 40, "pull_request": 12, "reason": "", "counted": 4, "running": UNUSED,
          "usage": Usage(1_005, 201, 300, 2.0), "outdated": False, "over_budget": False,
          "question": ""}),
    Case("green, more is asked", S.BUILDING,
         RunFinished(LATER, 4, (Attempt(3, "passed"),), pull_request=12, verified="d" * 40,
                     usage=Usage(5, 1, 0, 0.5), heard=599),
         S.QUEUED,
         {**BEGUN, "floor": 3, "pull_request": 12, "counted": 4, "running": UNUSED,
          "attempts": (replace(RED, failures=()), Attempt(2, "failed", "c" * 40),
                       Attempt(3, "passed")),
          "usage": Usage(1_005, 201, 300, 2.0)}),
    Case("red, more is asked, with a plan", S.BUILDING,
         RunFinished(LATER, 4, (), reason="Spent.", heard=599), S.PLAN_REVIEW,
         {**BEGUN, **PLANNED, "counted": 4, "running": UNUSED},
         task={"policy": ALWAYS}),
    Case("a question", S.BUILDING,
         RunFinished(LATER, 4, (), reason="Asked.", question="é" * 3_000, heard=600), S.BLOCKED,
         {"verified": None, "reason": "Asked.", "counted": 4, "running": UNUSED,
          "outdated": False, "over_budget": False, "question": "é" * 2_000}),
    Case("red", S.BUILDING, RunFinished(LATER, 4, (), reason="Spent.", over_budget=True), S.BLOCKED,
         {"verified": None, "reason": "Spent.", "counted": 4, "running": UNUSED,
          "outdated": False, "over_budget": True, "question": ""}, {"over_budget": False}),
    Case("merged", S.REVIEW, "PullRequestMerged", S.DONE, {"merged": "c" * 40, "reason": ""}),
    Case("found merged", S.REVIEW, "Found", S.DONE,
         {"merged": "e" * 40, "pull_request": 10, "reason": ""}, task={"pull_request": MERGED}),
    Case("issue closed by the merge", S.REVIEW, "IssueClosed", S.DONE,
         {"merged": "e" * 40, "pull_request": 10, "reason": ""}, task={"pull_request": MERGED}),
    Case("closed unmerged", S.REVIEW, "PullRequestClosed", S.BLOCKED,
         {"reason": "bob closed the pull request without merging it."}),
    Case("found closed unmerged", S.REVIEW, "Found", S.BLOCKED,
         {"reason": "The pull request was closed without being merged."},
         task={"pull_request": CLOSED}),
    Case("refused", S.REVIEW, "MergeRefused", S.BLOCKED,
         {"reason": "GitHub refused the merge: not mergeable"}),
    Case("cancel", S.BLOCKED, "Cancelled", S.CANCELLED, {"reason": "Stopped by alice."}),
    Case("issue closed", S.BUILDING, "IssueClosed", S.CANCELLED, {"reason": "Stopped by alice."}),
    Case("found closed", S.QUEUED, "Found", S.CANCELLED,
         {"reason": "Stopped: the issue was closed."}, task={"is_open": False}),
    Case("agent", S.REVIEW, "AgentChosen", S.REVIEW, {"agent": "codex"}),
    Case("agent at work", S.BUILDING, "AgentChosen", S.BUILDING,
         {"agent": "codex", "outdated": True}, {"outdated": False}),
    Case("the agent at work already", S.BUILDING,
         AgentChosen(LATER, "alice", 1, argument="claude"), S.BUILDING, {}, {"outdated": False}),
    Case("budget", S.REVIEW, "BudgetAsked", S.REVIEW, {"budget_extra": 8.0},
         task={"policy": BUDGET}),
    Case("budget that was spent", S.BLOCKED, "BudgetAsked", S.QUEUED,
         {**BEGUN, "budget_extra": 8.0}, task={"policy": BUDGET}),
    Case("budget that was spent, with a plan", S.BLOCKED, "BudgetAsked", S.PLAN_REVIEW,
         {**BEGUN, **PLANNED, "budget_extra": 8.0},
         task={"policy": {**BUDGET, **ALWAYS}}),
    Case("budget that is too much", S.REVIEW, BudgetAsked(LATER, "alice", 1, argument="+16"),
         S.REVIEW, {}, task={"policy": BUDGET}),
]  # fmt: skip


def before(case: Case) -> Task:
    made = task(case.stage, **{"is_open": True, **case.task})
    record = replace(FULL, stage=case.stage, history=(Visit(case.stage, AT),))
    return replace(made, record=replace(record, **case.record))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_on_record_afterwards(case: Case) -> None:
    event = EVENTS[case.event] if isinstance(case.event, str) else case.event
    start = before(case)
    taken = step(start, event).task
    assert taken.stage is case.to
    changed = {**case.record, **case.after, "stage": case.to}
    expected = replace(start.record, **changed)
    kept = {name: getattr(taken.record, name) for name in ("history", "handled", "wording")}
    expected = replace(expected, **kept)
    assert taken.record == expected
    moved = case.to is not case.stage
    assert taken.record.history == start.record.history + (Visit(case.to, LATER),) * moved


@pytest.mark.parametrize(
    ("change", "mended"),
    [
        pytest.param({}, {}, id="nothing to mend"),
        pytest.param(
            {"round": 0, "branch": ""}, {"round": 1, "branch": "orc/issue-7"}, id="lost record"
        ),
    ],
)
def test_what_a_sweep_mends(change: dict[str, Any], mended: dict[str, Any]) -> None:
    made = task(S.BUILDING, labels=frozenset(), pull_request=replace(PULL, number=21))
    record = replace(FULL, stage=S.BUILDING, approved=None, **change)
    taken = step(replace(made, record=record), EVENTS["Found"]).task
    assert taken.record == replace(record, **mended, pull_request=21)
    ended = replace(made, record=record, pull_request=CLOSED)
    assert step(ended, EVENTS["Found"]).task.record == replace(record, **mended)
