"""The product owner reads the request, and asks what is unclear."""

from app.domain import change, guard, reaction
from app.domain.event import IntakeFinished, IssueEdited, Retried
from app.domain.table.rule import (
    BLOCKED,
    DONE,
    INTAKE,
    NEEDS_INFO,
    PLAN_REVIEW,
    QUEUED,
    AnyRule,
    Rule,
    of,
)
from app.domain.topic import intake

RULES: tuple[AnyRule, ...] = (
    Rule(
        of(INTAKE),
        IntakeFinished,
        QUEUED,
        intake.is_outdated,
        intake.finish_and_begin,
        reaction.queue,
    ),
    Rule(of(INTAKE), IntakeFinished, NEEDS_INFO, intake.asks, intake.finish, reaction.ask),
    Rule(of(INTAKE), IntakeFinished, DONE, intake.answers, intake.finish, reaction.answer),
    Rule(
        of(INTAKE),
        IntakeFinished,
        PLAN_REVIEW,
        intake.specified_and_plan_wanted,
        intake.specify_with_plan,
    ),
    Rule(of(INTAKE), IntakeFinished, QUEUED, intake.specified, intake.specify, reaction.queue),
    Rule(of(INTAKE), IntakeFinished, BLOCKED, guard.this_round, intake.finish),
    Rule(of(INTAKE), IssueEdited, QUEUED, guard.always, change.begin_anew, reaction.stop_and_queue),
    Rule(of(NEEDS_INFO), IssueEdited, QUEUED, guard.unspecified, change.begin_anew, reaction.queue),
    Rule(of(NEEDS_INFO), Retried, QUEUED, guard.always, change.begin, reaction.queue),
)
