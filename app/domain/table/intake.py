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

RULES: tuple[AnyRule, ...] = (
    Rule(
        of(INTAKE),
        IntakeFinished,
        QUEUED,
        guard.intake_outdated,
        change.finish_intake_and_begin,
        reaction.queue,
    ),
    Rule(of(INTAKE), IntakeFinished, NEEDS_INFO, guard.asks, change.finish_intake, reaction.ask),
    Rule(of(INTAKE), IntakeFinished, DONE, guard.answers, change.finish_intake, reaction.answer),
    Rule(
        of(INTAKE),
        IntakeFinished,
        PLAN_REVIEW,
        guard.specified_and_plan_wanted,
        change.specify_with_plan,
    ),
    Rule(of(INTAKE), IntakeFinished, QUEUED, guard.specified, change.specify, reaction.queue),
    Rule(of(INTAKE), IntakeFinished, BLOCKED, guard.this_round, change.finish_intake),
    Rule(of(INTAKE), IssueEdited, QUEUED, guard.always, change.begin_anew, reaction.stop_and_queue),
    Rule(of(NEEDS_INFO), IssueEdited, QUEUED, guard.unspecified, change.begin_anew, reaction.queue),
    Rule(of(NEEDS_INFO), Retried, QUEUED, guard.always, change.begin, reaction.queue),
)
