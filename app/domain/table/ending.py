"""The pull request is merged or closed, or a person stops the work."""

from app.domain import guard, reaction
from app.domain.event import Cancelled, IssueClosed, NotAssigned, PullRequestMerged
from app.domain.table.rule import (
    AT_WORK,
    BLOCKED,
    BUILT_HERE,
    CANCELLED,
    DONE,
    NEEDS_INFO,
    REVIEW,
    WAITING,
    AnyRule,
    Rule,
    of,
)
from app.domain.topic import ending, escalation

RULES: tuple[AnyRule, ...] = (
    Rule(BUILT_HERE, PullRequestMerged, DONE, ending.ours, ending.merged, reaction.finish),
    Rule(of(BLOCKED), NotAssigned, None, guard.always, escalation.note_unassigned),
    # stopping
    Rule(of(REVIEW), IssueClosed, DONE, ending.is_merged, ending.found_merged, reaction.finish),
    Rule(WAITING | of(NEEDS_INFO, REVIEW), IssueClosed, CANCELLED, guard.always, ending.stopped),
    Rule(AT_WORK, IssueClosed, CANCELLED, guard.always, ending.stopped, reaction.stop),
    Rule(of(BLOCKED), IssueClosed, CANCELLED, guard.always, ending.stopped),
    Rule(
        WAITING | of(NEEDS_INFO, REVIEW, BLOCKED),
        Cancelled,
        CANCELLED,
        guard.always,
        ending.stopped,
    ),
    Rule(AT_WORK, Cancelled, CANCELLED, guard.always, ending.stopped, reaction.stop),
)
