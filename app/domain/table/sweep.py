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

RULES: tuple[AnyRule, ...] = (
    Rule(BUILT_HERE, Found, DONE, guard.is_merged, change.found_merged, reaction.finish),
    Rule(WAITING | of(NEEDS_INFO, REVIEW), Found, CANCELLED, guard.is_closed, change.found_closed),
    Rule(AT_WORK, Found, CANCELLED, guard.is_closed, change.found_closed, reaction.stop),
    Rule(of(REVIEW), Found, BLOCKED, guard.is_closed_unmerged, change.found_unmerged),
    Rule(of(INTAKE), Found, QUEUED, guard.unread_edit, change.begin_anew, reaction.stop_and_queue),
    Rule(of(INTAKE), Found, None, guard.always, change.mend, reaction.mend_and_run),
    Rule(of(NEEDS_INFO), Found, QUEUED, guard.unread_edit, change.begin_anew, reaction.queue),
    Rule(of(NEEDS_INFO), Found, None, guard.question_unsaid, change.mend, reaction.ask_again),
    Rule(of(QUEUED), Found, PLAN_REVIEW, guard.approval_void, change.void_approval),
    Rule(
        of(BUILDING),
        Found,
        QUEUED,
        guard.void_and_unspecified,
        change.begin_anew,
        reaction.stop_and_queue,
    ),
    Rule(
        of(BUILDING), Found, PLAN_REVIEW, guard.approval_void, change.void_approval, reaction.stop
    ),
    Rule(of(QUEUED), Found, None, guard.always, change.mend, reaction.mend_and_queue),
    Rule(of(BUILDING), Found, None, guard.always, change.mend, reaction.mend_and_run),
    Rule(of(REVIEW), Found, QUEUED, guard.may_repair, change.begin_repair, reaction.queue),
    Rule(of(REVIEW), Found, BLOCKED, guard.is_red, change.not_repaired),
    Rule(of(REVIEW), Found, QUEUED, guard.may_be_merged_again, change.begin_merge, reaction.queue),
    Rule(of(REVIEW), Found, BLOCKED, guard.conflicts, change.not_merged),
    Rule(of(REVIEW), Found, None, guard.may_merge, change.mend, reaction.mend_and_merge),
    Rule(of(PLAN_REVIEW), Found, QUEUED, guard.unspecified, change.begin_anew, reaction.queue),
    Rule(of(PLAN_REVIEW), Found, None, guard.plan_is_old, change.ask_approval),
    Rule(TRACKED, Found, None, guard.is_stale, change.mend),
)
