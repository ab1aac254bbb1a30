"""Asking for work, and saying more about it."""

from app.domain import change, guard, reaction
from app.domain.event import IssueReopened, Mentioned, PlanAsked, Requested, Retried
from app.domain.table.rule import (
    AT_WORK,
    CANCELLED,
    DONE,
    ENDED,
    INTAKE,
    NEEDS_INFO,
    PLAN_REVIEW,
    QUEUED,
    REVIEW,
    WAITING,
    AnyRule,
    Rule,
    of,
)

RULES: tuple[AnyRule, ...] = (
    Rule(of(None), Requested, PLAN_REVIEW, guard.plan_wanted, change.begin_with_plan),
    Rule(of(None), Requested, QUEUED, guard.always, change.begin, reaction.queue),
    Rule(
        of(None) | ENDED,
        PlanAsked,
        QUEUED,
        guard.unspecified,
        change.begin_asking_approval,
        reaction.queue_reopened,
    ),
    Rule(
        of(None) | ENDED,
        PlanAsked,
        PLAN_REVIEW,
        guard.always,
        change.begin_with_plan,
        reaction.reopen,
    ),
    Rule(of(QUEUED, INTAKE, NEEDS_INFO), PlanAsked, None, guard.unspecified, change.want_plan),
    Rule(WAITING, PlanAsked, PLAN_REVIEW, guard.always, change.ask_approval),
    Rule(of(INTAKE, NEEDS_INFO), PlanAsked, None, guard.always, change.want_plan),
    Rule(
        of(None) | ENDED,
        Retried,
        PLAN_REVIEW,
        guard.plan_wanted,
        change.begin_with_plan,
        reaction.reopen,
    ),
    Rule(of(None) | ENDED, Retried, QUEUED, guard.always, change.begin, reaction.queue_reopened),
    Rule(
        of(DONE, CANCELLED),
        IssueReopened,
        PLAN_REVIEW,
        guard.news_and_plan_wanted,
        change.begin_with_plan,
    ),
    Rule(of(DONE, CANCELLED), IssueReopened, QUEUED, guard.is_news, change.begin, reaction.queue),
    # saying more: at rest it is another round, at work it is noted
    Rule(of(PLAN_REVIEW), Mentioned, QUEUED, guard.told_owner, change.revise, reaction.queue),
    Rule(of(QUEUED), Mentioned, None, guard.told_owner_after_approval, change.revise),
    Rule(of(NEEDS_INFO), Mentioned, None, guard.was_heard, change.nothing, reaction.nothing),
    Rule(of(NEEDS_INFO), Mentioned, QUEUED, guard.unaltered, change.begin, reaction.queue),
    Rule(
        of(None, REVIEW) | ENDED,
        Mentioned,
        PLAN_REVIEW,
        guard.unaltered_and_plan_wanted,
        change.begin_with_plan,
        reaction.reopen,
    ),
    Rule(
        of(None, REVIEW) | ENDED,
        Mentioned,
        QUEUED,
        guard.unaltered,
        change.begin,
        reaction.queue_reopened,
    ),
    Rule(of(QUEUED), Mentioned, PLAN_REVIEW, guard.after_approval, change.note_and_ask_approval),
    Rule(WAITING, Mentioned, None, guard.unaltered, change.note),
    Rule(AT_WORK, Mentioned, None, guard.unaltered, change.note, reaction.show_and_tell),
)
