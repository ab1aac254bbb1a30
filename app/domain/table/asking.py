"""Asking for work, and saying more about it."""

from app.domain import change, guard, reaction
from app.domain.event import Answered, IssueReopened, Mentioned, PlanAsked, Requested, Retried
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
from app.domain.topic import approval, asking

RULES: tuple[AnyRule, ...] = (
    Rule(of(None), Requested, PLAN_REVIEW, guard.plan_wanted, change.begin_with_plan),
    Rule(of(None), Requested, QUEUED, guard.always, change.begin, reaction.queue),
    Rule(
        of(None) | ENDED,
        PlanAsked,
        QUEUED,
        guard.unspecified,
        asking.begin_asking_approval,
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
    Rule(of(QUEUED, INTAKE, NEEDS_INFO), PlanAsked, None, guard.unspecified, asking.want_plan),
    Rule(WAITING, PlanAsked, PLAN_REVIEW, guard.always, approval.ask),
    Rule(of(INTAKE, NEEDS_INFO), PlanAsked, None, guard.always, asking.want_plan),
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
        asking.news_and_plan_wanted,
        change.begin_with_plan,
    ),
    Rule(of(DONE, CANCELLED), IssueReopened, QUEUED, guard.is_news, change.begin, reaction.queue),
    # saying more: at rest it is another round, at work it is noted
    Rule(of(PLAN_REVIEW), Mentioned, QUEUED, asking.told_owner, asking.revise, reaction.queue),
    Rule(of(QUEUED), Mentioned, None, asking.told_owner_after_approval, asking.revise),
    Rule(of(NEEDS_INFO), Mentioned, None, asking.was_heard, change.nothing, reaction.nothing),
    Rule(of(NEEDS_INFO), Mentioned, QUEUED, guard.unaltered, change.begin, reaction.queue),
    Rule(of(NEEDS_INFO), Answered, None, asking.was_heard, change.nothing, reaction.nothing),
    Rule(of(NEEDS_INFO), Answered, QUEUED, guard.unaltered, change.begin, reaction.queue),
    Rule(
        of(None, REVIEW) | ENDED,
        Mentioned,
        PLAN_REVIEW,
        asking.unaltered_and_plan_wanted,
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
    Rule(of(QUEUED), Mentioned, PLAN_REVIEW, asking.after_approval, asking.note_and_ask_approval),
    Rule(WAITING, Mentioned, None, guard.unaltered, asking.note),
    Rule(AT_WORK, Mentioned, None, guard.unaltered, asking.note, reaction.show_and_tell),
)
