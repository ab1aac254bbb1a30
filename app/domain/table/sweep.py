"""What a sweep comes upon: facts first, then what was cut short."""

from app.domain import change, guard, reaction
from app.domain.event import Found
from app.domain.table.rule import (
    AT_WORK,
    BLOCKED,
    BUILDING,
    BUILT_HERE,
    CANCELLED,
    DONE,
    INTAKE,
    NEEDS_INFO,
    PLAN_REVIEW,
    QUEUED,
    REVIEW,
    TRACKED,
    WAITING,
    AnyRule,
    Rule,
    of,
)
from app.domain.topic import approval, ending, intake, review

RULES: tuple[AnyRule, ...] = (
    Rule(BUILT_HERE, Found, DONE, ending.is_merged, ending.found_merged, reaction.finish),
    Rule(WAITING | of(NEEDS_INFO, REVIEW), Found, CANCELLED, guard.is_closed, ending.found_closed),
    Rule(AT_WORK, Found, CANCELLED, guard.is_closed, ending.found_closed, reaction.stop),
    Rule(of(REVIEW), Found, BLOCKED, ending.is_closed_unmerged, ending.found_unmerged),
    Rule(of(INTAKE), Found, QUEUED, intake.unread_edit, change.begin_anew, reaction.stop_and_queue),
    Rule(of(INTAKE), Found, None, guard.always, change.mend, reaction.mend_and_run),
    Rule(of(NEEDS_INFO), Found, QUEUED, intake.unread_edit, change.begin_anew, reaction.queue),
    Rule(of(NEEDS_INFO), Found, None, intake.question_unsaid, change.mend, reaction.ask_again),
    Rule(of(QUEUED), Found, PLAN_REVIEW, approval.is_void, approval.void),
    Rule(
        of(BUILDING),
        Found,
        QUEUED,
        approval.void_and_unspecified,
        change.begin_anew,
        reaction.stop_and_queue,
    ),
    Rule(of(BUILDING), Found, PLAN_REVIEW, approval.is_void, approval.void, reaction.stop),
    Rule(of(QUEUED), Found, None, guard.always, change.mend, reaction.mend_and_queue),
    Rule(of(BUILDING), Found, None, guard.always, change.mend, reaction.mend_and_run),
    Rule(of(REVIEW), Found, QUEUED, review.may_repair, review.begin_repair, reaction.queue),
    Rule(of(REVIEW), Found, BLOCKED, review.is_red, review.not_repaired),
    Rule(of(REVIEW), Found, QUEUED, review.may_be_merged_again, review.begin_merge, reaction.queue),
    Rule(of(REVIEW), Found, BLOCKED, review.conflicts, review.not_merged),
    Rule(of(REVIEW), Found, None, review.may_merge, change.mend, reaction.mend_and_merge),
    Rule(of(PLAN_REVIEW), Found, QUEUED, guard.unspecified, change.begin_anew, reaction.queue),
    Rule(of(PLAN_REVIEW), Found, None, approval.plan_is_old, approval.ask),
    Rule(TRACKED, Found, None, guard.is_stale, change.mend),
)
