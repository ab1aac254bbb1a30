"""The pull request is merged or closed, or a person stops the work."""

from app.domain import change, escalation, guard, reaction
from app.domain.event import (
    Cancelled,
    IssueClosed,
    MergeHeld,
    MergeRefused,
    NotAssigned,
    PullRequestClosed,
    PullRequestMerged,
)
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

RULES: tuple[AnyRule, ...] = (
    Rule(BUILT_HERE, PullRequestMerged, DONE, guard.ours, change.merged, reaction.finish),
    Rule(of(REVIEW), PullRequestClosed, BLOCKED, guard.ours, change.closed_unmerged),
    Rule(of(REVIEW), MergeRefused, BLOCKED, guard.always, change.refused),
    Rule(of(REVIEW), MergeHeld, None, guard.unsaid_that_held, change.held),
    Rule(of(BLOCKED), NotAssigned, None, guard.always, escalation.note_unassigned),
    # stopping
    Rule(of(REVIEW), IssueClosed, DONE, guard.is_merged, change.found_merged, reaction.finish),
    Rule(WAITING | of(NEEDS_INFO, REVIEW), IssueClosed, CANCELLED, guard.always, change.stopped),
    Rule(AT_WORK, IssueClosed, CANCELLED, guard.always, change.stopped, reaction.stop),
    Rule(of(BLOCKED), IssueClosed, CANCELLED, guard.always, change.stopped),
    Rule(
        WAITING | of(NEEDS_INFO, REVIEW, BLOCKED),
        Cancelled,
        CANCELLED,
        guard.always,
        change.stopped,
    ),
    Rule(AT_WORK, Cancelled, CANCELLED, guard.always, change.stopped, reaction.stop),
)
