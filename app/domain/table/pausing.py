"""What is paused keeps its stage, or goes back to the line, and nothing starts."""

from app.domain import guard, reaction
from app.domain.event import Paused, Resumed, Retried
from app.domain.table.rule import AT_WORK, PLAN_REVIEW, QUEUED, REVIEW, WAITING, AnyRule, Rule, of
from app.domain.topic import pausing

RULES: tuple[AnyRule, ...] = (
    Rule(AT_WORK, Paused, QUEUED, guard.always, pausing.interrupt, reaction.stop),
    Rule(WAITING | of(REVIEW), Paused, None, guard.not_paused, pausing.pause),
    Rule(of(QUEUED), Resumed, None, guard.paused, pausing.resume, reaction.queue),
    Rule(
        of(REVIEW),
        Resumed,
        None,
        pausing.paused_before_merge,
        pausing.resume,
        reaction.show_and_merge,
    ),
    Rule(of(PLAN_REVIEW, REVIEW), Resumed, None, guard.paused, pausing.resume),
    Rule(of(QUEUED), Retried, None, guard.paused, pausing.resume, reaction.queue),
    Rule(
        of(REVIEW),
        Retried,
        None,
        pausing.paused_before_merge,
        pausing.resume,
        reaction.show_and_merge,
    ),
    Rule(of(PLAN_REVIEW, REVIEW), Retried, None, guard.paused, pausing.resume),
)
