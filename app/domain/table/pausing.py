"""What is paused keeps its stage, or goes back to the line, and nothing starts."""

from app.domain import change, guard, reaction
from app.domain.event import Paused, Resumed, Retried
from app.domain.table.rule import AT_WORK, PLAN_REVIEW, QUEUED, REVIEW, WAITING, AnyRule, Rule, of

RULES: tuple[AnyRule, ...] = (
    Rule(AT_WORK, Paused, QUEUED, guard.always, change.interrupt, reaction.stop),
    Rule(WAITING | of(REVIEW), Paused, None, guard.not_paused, change.pause),
    Rule(of(QUEUED), Resumed, None, guard.paused, change.resume, reaction.queue),
    Rule(
        of(REVIEW),
        Resumed,
        None,
        guard.paused_before_merge,
        change.resume,
        reaction.show_and_merge,
    ),
    Rule(of(PLAN_REVIEW, REVIEW), Resumed, None, guard.paused, change.resume),
    Rule(of(QUEUED), Retried, None, guard.paused, change.resume, reaction.queue),
    Rule(
        of(REVIEW),
        Retried,
        None,
        guard.paused_before_merge,
        change.resume,
        reaction.show_and_merge,
    ),
    Rule(of(PLAN_REVIEW, REVIEW), Retried, None, guard.paused, change.resume),
)
