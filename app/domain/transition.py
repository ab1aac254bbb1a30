"""The transition table, as data: every stage and event, and what follows. It does nothing."""

from app.domain.event import (
    Answered,
    Approved,
    AttemptEnded,
    Cancelled,
    ChecksEnded,
    Delegated,
    Event,
    Found,
    IntakeFinished,
    IssueClosed,
    IssueEdited,
    IssueReopened,
    MergeHeld,
    MergeRefused,
    NotAssigned,
    OpinionChanged,
    PartsMade,
    Paused,
    PlanAsked,
    Planned,
    PullRequestClosed,
    PullRequestMerged,
    Requested,
    Resumed,
    Retried,
    Reviewed,
    RunFinished,
    RunStopped,
    SlotFreed,
    Withdrawn,
)
from app.domain.table import (
    approval,
    asking,
    asking_about,
    building,
    ending,
    intake,
    means,
    part,
    pausing,
    review,
    sweep,
    whole,
)
from app.domain.table.rule import (
    AT_WORK,
    BLOCKED,
    BUILDING,
    CANCELLED,
    DONE,
    ENDED,
    EVERY,
    INTAKE,
    NEEDS_INFO,
    PARTS,
    PLAN_REVIEW,
    QUEUED,
    REVIEW,
    TRACKED,
    AnyRule,
    Source,
)

# The first rule whose guard holds is taken; where none holds, the event changes nothing.
RULES: tuple[AnyRule, ...] = (
    *whole.RULES,
    *part.RULES,
    *asking.RULES,
    *intake.RULES,
    *approval.RULES,
    *pausing.RULES,
    *means.RULES,
    *building.RULES,
    *review.RULES,
    *ending.RULES,
    *asking_about.RULES,
    *sweep.RULES,
)

# Pairs that change nothing, each on purpose. A command among them is refused with a reaction.
IGNORED: frozenset[tuple[Source, type[Event]]] = frozenset(
    {
        *((stage, Requested) for stage in TRACKED),  # asked for already
        *((stage, Answered) for stage in EVERY - {NEEDS_INFO}),  # no question waits
        *((stage, PlanAsked) for stage in (BUILDING, PARTS, REVIEW)),  # too late for a plan
        *((stage, Retried) for stage in AT_WORK | {PARTS}),  # at work already
        *((stage, Paused) for stage in {None, NEEDS_INFO, PARTS} | ENDED),  # nothing to pause
        *((stage, Resumed) for stage in {None, NEEDS_INFO, PARTS} | AT_WORK | ENDED),
        *((stage, Approved) for stage in EVERY - {PLAN_REVIEW}),  # nothing waits for it
        *((stage, Cancelled) for stage in (None, DONE, CANCELLED)),  # nothing to stop
        *((stage, IssueEdited) for stage in {None, PARTS, REVIEW} | ENDED),
        *((stage, IssueClosed) for stage in (None, DONE, CANCELLED)),
        *((stage, IssueReopened) for stage in EVERY - {DONE, CANCELLED}),
        *((stage, SlotFreed) for stage in EVERY - {QUEUED}),  # stopped while it waited
        *((stage, IntakeFinished) for stage in EVERY - {INTAKE}),  # of a run that was stopped
        *((stage, Planned) for stage in EVERY - {BUILDING}),
        *((stage, AttemptEnded) for stage in EVERY - {BUILDING}),  # of a run that was stopped
        *((stage, RunFinished) for stage in EVERY - {BUILDING}),
        *((stage, PartsMade) for stage in EVERY - {BUILDING}),
        *((stage, Delegated) for stage in TRACKED - {CANCELLED}),  # begun already
        *((stage, Withdrawn) for stage in (None, DONE, CANCELLED)),
        (None, RunStopped),
        *((stage, PullRequestMerged) for stage in (None, PARTS, DONE)),
        *((stage, PullRequestClosed) for stage in EVERY - {REVIEW}),
        *((stage, Reviewed) for stage in (None, INTAKE, NEEDS_INFO, PARTS, DONE, CANCELLED)),
        *((stage, ChecksEnded) for stage in EVERY - {REVIEW}),  # or of a head that is left behind
        *((stage, MergeRefused) for stage in EVERY - {REVIEW}),
        *((stage, MergeHeld) for stage in EVERY - {REVIEW}),
        *((stage, NotAssigned) for stage in EVERY - {BLOCKED}),
        *((stage, OpinionChanged) for stage in EVERY - {REVIEW}),
        (None, Found),
    }
)
