"""A slot is free, attempts end, a run finishes."""

from app.domain import change, guard, reaction
from app.domain.event import AttemptEnded, Planned, RunFinished, RunStopped, SlotFreed
from app.domain.table.rule import (
    BLOCKED,
    BUILDING,
    DONE,
    INTAKE,
    PLAN_REVIEW,
    QUEUED,
    REVIEW,
    TRACKED,
    AnyRule,
    Rule,
    of,
)
from app.domain.topic import approval, building, intake

RULES: tuple[AnyRule, ...] = (
    Rule(of(QUEUED), SlotFreed, None, guard.paused, change.nothing, reaction.nothing),
    Rule(of(QUEUED), SlotFreed, INTAKE, guard.unspecified, intake.start_reading, reaction.start),
    Rule(of(QUEUED), SlotFreed, PLAN_REVIEW, approval.is_void, approval.void),
    Rule(of(QUEUED), SlotFreed, BUILDING, guard.always, change.nothing, reaction.start),
    Rule(of(BUILDING), Planned, None, guard.this_round, building.add_plan, reaction.show_soon),
    Rule(
        of(BUILDING),
        AttemptEnded,
        None,
        building.run_is_outdated,
        building.add_attempt_and_restart,
        reaction.restart,
    ),
    Rule(
        of(BUILDING), AttemptEnded, None, guard.this_round, building.add_attempt, reaction.show_soon
    ),
    Rule(
        of(BUILDING),
        RunFinished,
        PLAN_REVIEW,
        building.more_is_asked_and_plan_wanted,
        building.finish_and_begin_with_plan,
    ),
    Rule(
        of(BUILDING),
        RunFinished,
        QUEUED,
        building.more_is_asked,
        building.finish_and_begin,
        reaction.queue,
    ),
    Rule(
        of(BUILDING),
        RunFinished,
        QUEUED,
        building.more_is_reviewed,
        building.finish_and_review,
        reaction.queue,
    ),
    Rule(
        of(BUILDING),
        RunFinished,
        REVIEW,
        building.green_and_merge,
        building.finish,
        reaction.show_and_merge,
    ),
    Rule(
        of(BUILDING), RunFinished, REVIEW, building.green, building.finish, reaction.show_and_look
    ),
    Rule(of(BUILDING), RunFinished, DONE, building.nothing_to_do, building.finish, reaction.answer),
    Rule(of(BUILDING), RunFinished, BLOCKED, guard.this_round, building.finish),
    Rule(TRACKED, RunStopped, None, guard.always, building.add_usage),
)
