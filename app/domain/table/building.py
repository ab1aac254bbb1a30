"""A slot is free, attempts end, a run finishes."""

from app.domain import change, guard, reaction
from app.domain.event import (
    AttemptEnded,
    ChecksEnded,
    OpinionChanged,
    Planned,
    RunFinished,
    RunStopped,
    SlotFreed,
)
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

RULES: tuple[AnyRule, ...] = (
    Rule(of(QUEUED), SlotFreed, None, guard.paused, change.nothing, reaction.nothing),
    Rule(of(QUEUED), SlotFreed, INTAKE, guard.unspecified, change.start_reading, reaction.start),
    Rule(of(QUEUED), SlotFreed, PLAN_REVIEW, guard.approval_void, change.void_approval),
    Rule(of(QUEUED), SlotFreed, BUILDING, guard.always, change.nothing, reaction.start),
    Rule(of(BUILDING), Planned, None, guard.this_round, change.add_plan, reaction.show_soon),
    Rule(
        of(BUILDING),
        AttemptEnded,
        None,
        guard.run_is_outdated,
        change.add_attempt_and_restart,
        reaction.restart,
    ),
    Rule(
        of(BUILDING), AttemptEnded, None, guard.this_round, change.add_attempt, reaction.show_soon
    ),
    Rule(
        of(BUILDING),
        RunFinished,
        PLAN_REVIEW,
        guard.more_is_asked_and_plan_wanted,
        change.finish_and_begin_with_plan,
    ),
    Rule(
        of(BUILDING),
        RunFinished,
        QUEUED,
        guard.more_is_asked,
        change.finish_and_begin,
        reaction.queue,
    ),
    Rule(
        of(BUILDING),
        RunFinished,
        QUEUED,
        guard.more_is_reviewed,
        change.finish_and_review,
        reaction.queue,
    ),
    Rule(
        of(BUILDING),
        RunFinished,
        REVIEW,
        guard.green_and_merge,
        change.finish,
        reaction.show_and_merge,
    ),
    Rule(of(BUILDING), RunFinished, REVIEW, guard.green, change.finish, reaction.show_and_look),
    Rule(of(BUILDING), RunFinished, DONE, guard.nothing_to_do, change.finish, reaction.answer),
    Rule(of(BUILDING), RunFinished, BLOCKED, guard.this_round, change.finish),
    Rule(TRACKED, RunStopped, None, guard.always, change.add_usage),
    # the repository's own CI
    Rule(of(REVIEW), ChecksEnded, QUEUED, guard.may_repair, change.begin_repair, reaction.queue),
    Rule(of(REVIEW), ChecksEnded, BLOCKED, guard.is_red, change.not_repaired),
    Rule(of(REVIEW), ChecksEnded, None, guard.may_merge, change.mend, reaction.mend_and_merge),
    # reviewers of the pull request
    Rule(of(REVIEW), OpinionChanged, None, guard.may_merge, change.mend, reaction.mend_and_merge),
)
