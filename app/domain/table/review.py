"""The pull request is open: reviewers, the repository's own CI, and the merge."""

from app.domain import change, guard, reaction
from app.domain.event import (
    ChecksEnded,
    MergeHeld,
    MergeRefused,
    OpinionChanged,
    PullRequestClosed,
    Reviewed,
)
from app.domain.table.rule import BLOCKED, BUILDING, QUEUED, REVIEW, WAITING, AnyRule, Rule, of
from app.domain.topic import ending, review

RULES: tuple[AnyRule, ...] = (
    # reviewers: one round for all that they said by then
    Rule(
        of(REVIEW, BLOCKED),
        Reviewed,
        QUEUED,
        review.unread_review,
        review.begin_review,
        reaction.queue,
    ),
    Rule(WAITING | of(BUILDING), Reviewed, None, review.unread_review, review.note_review),
    # the repository's own CI
    Rule(of(REVIEW), ChecksEnded, QUEUED, review.may_repair, review.begin_repair, reaction.queue),
    Rule(of(REVIEW), ChecksEnded, BLOCKED, review.is_red, review.not_repaired),
    Rule(of(REVIEW), ChecksEnded, None, review.may_merge, change.mend, reaction.mend_and_merge),
    # an approval, or the end of one
    Rule(of(REVIEW), OpinionChanged, None, review.may_merge, change.mend, reaction.mend_and_merge),
    # the merge
    Rule(of(REVIEW), PullRequestClosed, BLOCKED, ending.ours, ending.closed_unmerged),
    Rule(of(REVIEW), MergeRefused, BLOCKED, guard.always, review.refused),
    Rule(of(REVIEW), MergeHeld, None, review.unsaid_that_held, review.held),
)
