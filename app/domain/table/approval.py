"""A plan waits for a person, and holds for what was approved alone."""

from app.domain import change, guard, reaction
from app.domain.event import Approved, IssueEdited
from app.domain.table.rule import BUILDING, PLAN_REVIEW, QUEUED, AnyRule, Rule, of
from app.domain.topic import approval

RULES: tuple[AnyRule, ...] = (
    Rule(
        of(PLAN_REVIEW), Approved, QUEUED, approval.plan_was_seen, approval.approve, reaction.queue
    ),
    Rule(of(PLAN_REVIEW), Approved, None, approval.is_specified, approval.ask_again, accepts=False),
    Rule(
        of(PLAN_REVIEW), IssueEdited, QUEUED, guard.unspecified, change.begin_anew, reaction.queue
    ),
    Rule(of(PLAN_REVIEW), IssueEdited, None, guard.always, approval.ask),
    Rule(of(QUEUED), IssueEdited, PLAN_REVIEW, approval.is_void, approval.void),
    Rule(
        of(BUILDING),
        IssueEdited,
        QUEUED,
        approval.void_and_unspecified,
        change.begin_anew,
        reaction.stop_and_queue,
    ),
    Rule(of(BUILDING), IssueEdited, PLAN_REVIEW, approval.is_void, approval.void, reaction.stop),
)
