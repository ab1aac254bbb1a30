"""A task that is a part of another."""

from app.domain import change, guard, reaction
from app.domain.event import Delegated, Withdrawn
from app.domain.table.rule import (
    AT_WORK,
    BLOCKED,
    CANCELLED,
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
from app.domain.topic import part, whole

_STARTABLE = of(None, CANCELLED)

RULES: tuple[AnyRule, ...] = (
    Rule(of(CANCELLED), Delegated, None, part.was_stopped_since, change.nothing, reaction.nothing),
    Rule(of(None), Delegated, CANCELLED, guard.is_closed, part.closed_before),
    Rule(_STARTABLE, Delegated, QUEUED, part.is_as_made, part.begin, reaction.queue_reopened),
    Rule(_STARTABLE, Delegated, PLAN_REVIEW, part.is_unedited, part.begin_unseen, reaction.reopen),
    Rule(
        _STARTABLE,
        Delegated,
        QUEUED,
        part.needs_no_plan,
        part.begin_edited,
        reaction.queue_reopened,
    ),
    Rule(_STARTABLE, Delegated, PLAN_REVIEW, guard.always, part.begin_edited, reaction.reopen),
    Rule(of(BLOCKED), Withdrawn, CANCELLED, whole.is_handed_over, part.withdrawn, whole.withdraw),
    Rule(
        WAITING | of(NEEDS_INFO, REVIEW, BLOCKED),
        Withdrawn,
        CANCELLED,
        guard.always,
        part.withdrawn,
    ),
    Rule(AT_WORK, Withdrawn, CANCELLED, guard.always, part.withdrawn, reaction.stop),
    Rule(of(PARTS), Withdrawn, CANCELLED, guard.always, part.withdrawn, whole.withdraw),
)
