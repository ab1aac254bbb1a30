"""A plan waits for a person, and holds for what was approved alone."""

from app.domain import change, guard, reaction
from app.domain.event import Approved, IssueEdited
from app.domain.table.rule import BUILDING, PLAN_REVIEW, QUEUED, AnyRule, Rule, of

RULES: tuple[AnyRule, ...] = (
    Rule(of(PLAN_REVIEW), Approved, QUEUED, guard.plan_was_seen, change.approve, reaction.queue),
    Rule(
        of(PLAN_REVIEW),
        Approved,
        None,
        guard.is_specified,
        change.ask_approval_again,
        accepts=False,
    ),
    Rule(
        of(PLAN_REVIEW), IssueEdited, QUEUED, guard.unspecified, change.begin_anew, reaction.queue
    ),
    Rule(of(PLAN_REVIEW), IssueEdited, None, guard.always, change.ask_approval),
    Rule(of(QUEUED), IssueEdited, PLAN_REVIEW, guard.approval_void, change.void_approval),
    Rule(
        of(BUILDING),
        IssueEdited,
        QUEUED,
        guard.void_and_unspecified,
        change.begin_anew,
        reaction.stop_and_queue,
    ),
    Rule(
        of(BUILDING),
        IssueEdited,
        PLAN_REVIEW,
        guard.approval_void,
        change.void_approval,
        reaction.stop,
    ),
)
