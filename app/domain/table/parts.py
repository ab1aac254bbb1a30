"""A task that is handed over to others, its parts; and their side of it."""

from app.domain import change, guard, handover, reaction
from app.domain.event import (
    Cancelled,
    Delegated,
    Found,
    IssueClosed,
    Mentioned,
    PartsMade,
    Withdrawn,
)
from app.domain.table.rule import (
    AT_WORK,
    BLOCKED,
    BUILDING,
    CANCELLED,
    DONE,
    NEEDS_INFO,
    PARTS,
    PLAN_REVIEW,
    QUEUED,
    REVIEW,
    WAITING,
    AnyRule,
    Rule,
    of,
)

_STARTABLE = of(None, CANCELLED)

RULES: tuple[AnyRule, ...] = (
    Rule(of(BUILDING), PartsMade, PARTS, guard.this_round, handover.take, handover.show_and_begin),
    Rule(of(PARTS), Mentioned, None, guard.unaltered, change.nothing, handover.point),
    Rule(of(PARTS), Cancelled, CANCELLED, guard.always, change.stopped, handover.withdraw),
    Rule(of(PARTS), IssueClosed, CANCELLED, guard.always, change.stopped, handover.withdraw),
    Rule(of(PARTS), Found, CANCELLED, guard.is_closed, change.found_closed, handover.withdraw),
    Rule(of(PARTS), Found, DONE, handover.all_done, handover.see, handover.finish),
    Rule(of(PARTS), Found, BLOCKED, handover.one_given_up, handover.give_up),
    Rule(of(PARTS), Found, None, handover.moved, handover.see, handover.show_and_begin),
    Rule(of(PARTS), Found, None, guard.always, change.nothing, handover.mend_and_begin),
    # as a part of another
    Rule(
        _STARTABLE,
        Delegated,
        QUEUED,
        handover.is_as_made,
        handover.begin,
        reaction.queue_reopened,
    ),
    Rule(
        _STARTABLE,
        Delegated,
        QUEUED,
        handover.needs_no_plan,
        handover.begin_edited,
        reaction.queue_reopened,
    ),
    Rule(_STARTABLE, Delegated, PLAN_REVIEW, guard.always, handover.begin_edited, reaction.reopen),
    Rule(
        WAITING | of(NEEDS_INFO, REVIEW, BLOCKED),
        Withdrawn,
        CANCELLED,
        guard.always,
        handover.withdrawn,
    ),
    Rule(AT_WORK, Withdrawn, CANCELLED, guard.always, handover.withdrawn, reaction.stop),
    Rule(of(PARTS), Withdrawn, CANCELLED, guard.always, handover.withdrawn, handover.withdraw),
)
