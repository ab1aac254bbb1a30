"""Values for the tests of the domain, each with sensible defaults."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.event import (
    AgentChosen,
    Answered,
    Approved,
    AttemptEnded,
    BudgetAsked,
    Cancelled,
    ChecksEnded,
    Delegated,
    Event,
    Found,
    HelpAsked,
    IntakeFinished,
    IssueClosed,
    IssueEdited,
    IssueReopened,
    LogsAsked,
    Mentioned,
    MergeHeld,
    MergeRefused,
    Misconfigured,
    NotAssigned,
    OpinionChanged,
    PartsMade,
    Paused,
    PlanAsked,
    Planned,
    PullRequestClosed,
    PullRequestMerged,
    Requested,
    Resumed,
    Retried,
    Reviewed,
    RunFinished,
    RunStopped,
    SlotFreed,
    StatusAsked,
    Withdrawn,
)
from app.domain.part import MadePart
from app.domain.policy import Policy
from app.domain.record import Attempt, Record, digest
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import Spent, Usage
from app.domain.spec import Kind, Specification
from app.domain.stage import Stage
from app.domain.task import PullRequest, PullRequestState, Task

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
ISSUE = IssueRef(RepoRef(11, "acme", "weather", 3), 7)
HEAD = "a" * 40
GREEN = Attempt(2, "passed", HEAD, passed=5)
RED = Attempt(1, "failed", "b" * 40, passed=4, failed=1, failures=("test_x — assert 1 == 2",))
TITLE, BODY = "One more endpoint", "Please."
SPEC = Specification(
    digest(TITLE, BODY),
    Kind.CHANGE,
    "An endpoint `/warmest`.",
    ("GET /warmest says the warmest city.",),
    ("The coldest.",),
)
WHOLE = IssueRef(RepoRef(12, "acme", "requests", 3), 4)
PART = MadePart(IssueRef(RepoRef(13, "acme", "menu", 3), 1), "all", TITLE, digest(TITLE, BODY))
PULL = PullRequest(9, PullRequestState.OPEN, HEAD)


def task(stage: Stage | None = None, **changes: Any) -> Task:
    """A task that shows what it says, in its first round where it has a stage."""
    record = Record()
    if stage is not None:
        record = Record(round=1, branch=ISSUE.branch).with_stage(stage, AT)
        if stage in (Stage.REVIEW, Stage.DONE):
            record = replace(record, pull_request=9, verified=HEAD, attempts=(RED, GREEN))
        if stage is Stage.PARTS:
            record = replace(record, branch="", parts=(PART,))
    made = Task(
        issue=ISSUE,
        title=TITLE,
        body=BODY,
        author="alice",
        is_open=stage is not Stage.DONE,
        base="main",
        stage=stage,
        record=record,
        policy=Policy(agents=("scripted", "claude", "codex", "droid")),
        labels=frozenset({stage.value} if stage else ()),
        parts=record.parts,
    )
    policy = changes.pop("policy", {})
    return replace(made, policy=replace(made.policy, **policy), **changes)


def with_record(made: Task, **changes: Any) -> Task:
    return replace(made, record=replace(made.record, **changes))


EVENTS: dict[str, Event] = {
    "Requested": Requested(LATER, "alice"),
    "Delegated": Delegated(LATER, "alice", WHOLE, digest(TITLE, BODY), approved=True),
    "Withdrawn": Withdrawn(LATER),
    "Answered": Answered(LATER, "alice", 601, text="In Fahrenheit, please"),
    "Mentioned": Mentioned(LATER, "alice", 601, text="@orc in Fahrenheit, please"),
    "PlanAsked": PlanAsked(LATER, "alice", 501),
    "Approved": Approved(LATER, "alice", 502, written=LATER),
    "Retried": Retried(LATER, "alice", 503),
    "Cancelled": Cancelled(LATER, "alice", 504),
    "StatusAsked": StatusAsked(LATER, "alice", 505),
    "HelpAsked": HelpAsked(LATER, "alice", 506),
    "Misconfigured": Misconfigured(LATER),
    "Paused": Paused(LATER, "alice", 507),
    "Resumed": Resumed(LATER, "alice", 508),
    "AgentChosen": AgentChosen(LATER, "alice", 509, argument="codex"),
    "BudgetAsked": BudgetAsked(LATER, "alice", 510, argument="+5"),
    "LogsAsked": LogsAsked(LATER, "alice", 511),
    "IssueEdited": IssueEdited(LATER, "alice"),
    "IssueClosed": IssueClosed(LATER, "alice"),
    "IssueReopened": IssueReopened(LATER, "alice"),
    "SlotFreed": SlotFreed(LATER),
    "IntakeFinished": IntakeFinished(LATER, 1, SPEC.request, spec=SPEC),
    "Planned": Planned(LATER, 1, "One more route."),
    "AttemptEnded": AttemptEnded(LATER, 1, RED),
    "RunFinished": RunFinished(LATER, 1, (RED, GREEN), pull_request=9, verified=HEAD),
    "PartsMade": PartsMade(LATER, 1, (PART,)),
    "RunStopped": RunStopped(LATER, Spent(1, Usage(70, 7, 10, 0.25))),
    "PullRequestMerged": PullRequestMerged(LATER, 9, "c" * 40),
    "PullRequestClosed": PullRequestClosed(LATER, 9, "bob"),
    "Reviewed": Reviewed(LATER, "wanda", LATER),
    "ChecksEnded": ChecksEnded(LATER),
    "OpinionChanged": OpinionChanged(LATER, "wanda"),
    "MergeRefused": MergeRefused(LATER, "not mergeable"),
    "MergeHeld": MergeHeld(LATER),
    "NotAssigned": NotAssigned(LATER, ("ghost",)),
    "Found": Found(LATER),
}
