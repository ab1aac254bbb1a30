"""The transition table, as data: every stage and event, and what follows. It does nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.domain import change, guard, reaction
from app.domain.effect import Effect
from app.domain.event import (
    AgentChosen,
    Approved,
    AttemptEnded,
    BudgetAsked,
    Cancelled,
    Event,
    Found,
    HelpAsked,
    IssueClosed,
    IssueEdited,
    IssueReopened,
    LogsAsked,
    Mentioned,
    MergeRefused,
    Paused,
    PlanAsked,
    PullRequestClosed,
    PullRequestMerged,
    Requested,
    Resumed,
    Retried,
    RunFinished,
    RunStopped,
    SlotFreed,
    StatusAsked,
)
from app.domain.record import Record
from app.domain.stage import Stage
from app.domain.task import Task

Source = Stage | None  # None: an issue that is not a task
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Rule(Generic[E]):
    """On `event` in one of `sources`, if `when` holds: change the record, go `to` (None: stay)."""

    sources: frozenset[Source]
    event: type[E]
    to: Source
    when: Callable[[Task, E], bool] = guard.always
    change: Callable[[Task, E], Record] = change.nothing
    effects: Callable[[Task, E], tuple[Effect, ...]] = reaction.show
    accepts: bool = True  # a command: it did what was asked


QUEUED, PLAN_REVIEW, BUILDING, REVIEW = (
    Stage.QUEUED,
    Stage.PLAN_REVIEW,
    Stage.BUILDING,
    Stage.REVIEW,
)
DONE, BLOCKED, CANCELLED = Stage.DONE, Stage.BLOCKED, Stage.CANCELLED
EVERY: frozenset[Source] = frozenset({None, *Stage})
ENDED: frozenset[Source] = frozenset({DONE, BLOCKED, CANCELLED})
WAITING: frozenset[Source] = frozenset({QUEUED, PLAN_REVIEW})
TRACKED: frozenset[Source] = frozenset(Stage)


def _of(*sources: Source) -> frozenset[Source]:
    return frozenset(sources)


# The first rule whose guard holds is taken; where none holds, the event changes nothing.
RULES: tuple[Rule[Any], ...] = (
    # asking
    Rule(_of(None), Requested, PLAN_REVIEW, guard.plan_wanted, change.begin_with_plan),
    Rule(_of(None), Requested, QUEUED, guard.always, change.begin, reaction.queue),
    Rule(
        _of(None) | ENDED,
        PlanAsked,
        PLAN_REVIEW,
        guard.always,
        change.begin_with_plan,
        reaction.reopen,
    ),
    Rule(WAITING, PlanAsked, PLAN_REVIEW, guard.always, change.ask_approval),
    Rule(
        _of(None) | ENDED,
        Retried,
        PLAN_REVIEW,
        guard.plan_wanted,
        change.begin_with_plan,
        reaction.reopen,
    ),
    Rule(_of(None) | ENDED, Retried, QUEUED, guard.always, change.begin, reaction.queue_reopened),
    Rule(
        _of(DONE, CANCELLED),
        IssueReopened,
        PLAN_REVIEW,
        guard.news_and_plan_wanted,
        change.begin_with_plan,
    ),
    Rule(_of(DONE, CANCELLED), IssueReopened, QUEUED, guard.is_news, change.begin, reaction.queue),
    # saying more: at rest it is another round, at work it is noted
    Rule(
        _of(None, REVIEW) | ENDED,
        Mentioned,
        PLAN_REVIEW,
        guard.unaltered_and_plan_wanted,
        change.begin_with_plan,
        reaction.reopen,
    ),
    Rule(
        _of(None, REVIEW) | ENDED,
        Mentioned,
        QUEUED,
        guard.unaltered,
        change.begin,
        reaction.queue_reopened,
    ),
    Rule(_of(QUEUED), Mentioned, PLAN_REVIEW, guard.after_approval, change.note_and_ask_approval),
    Rule(WAITING, Mentioned, None, guard.unaltered, change.note),
    Rule(_of(BUILDING), Mentioned, None, guard.unaltered, change.note, reaction.show_and_tell),
    # approval
    Rule(_of(PLAN_REVIEW), Approved, QUEUED, guard.plan_is_current, change.approve, reaction.queue),
    Rule(_of(PLAN_REVIEW), Approved, None, change=change.ask_approval, accepts=False),
    Rule(_of(QUEUED), IssueEdited, PLAN_REVIEW, guard.approval_void, change.void_approval),
    Rule(
        _of(BUILDING),
        IssueEdited,
        PLAN_REVIEW,
        guard.approval_void,
        change.void_approval,
        reaction.stop,
    ),
    Rule(_of(PLAN_REVIEW), IssueEdited, None, guard.always, change.ask_approval),
    # pausing: it keeps its stage, or goes back to the line, and nothing starts
    Rule(_of(BUILDING), Paused, QUEUED, guard.always, change.interrupt, reaction.stop),
    Rule(WAITING | _of(REVIEW), Paused, None, guard.not_paused, change.pause),
    Rule(_of(QUEUED), Resumed, None, guard.paused, change.resume, reaction.queue),
    Rule(
        _of(REVIEW),
        Resumed,
        None,
        guard.paused_before_merge,
        change.resume,
        reaction.show_and_merge,
    ),
    Rule(_of(PLAN_REVIEW, REVIEW), Resumed, None, guard.paused, change.resume),
    Rule(_of(QUEUED), Retried, None, guard.paused, change.resume, reaction.queue),
    Rule(
        _of(REVIEW),
        Retried,
        None,
        guard.paused_before_merge,
        change.resume,
        reaction.show_and_merge,
    ),
    Rule(_of(PLAN_REVIEW, REVIEW), Retried, None, guard.paused, change.resume),
    # by whom, and for how much
    Rule(_of(BUILDING), AgentChosen, None, guard.agent_is_known, change.replace_agent),
    Rule(TRACKED - {BUILDING}, AgentChosen, None, guard.agent_is_known, change.choose_agent),
    Rule(EVERY, AgentChosen, None, guard.is_question, change.nothing, reaction.reply_agent),
    Rule(
        EVERY,
        AgentChosen,
        None,
        guard.always,
        change.nothing,
        reaction.reply_agent,
        accepts=False,
    ),
    Rule(
        _of(BLOCKED),
        BudgetAsked,
        PLAN_REVIEW,
        guard.raises_spent_budget_and_plan_wanted,
        change.raise_budget_and_plan,
    ),
    Rule(
        _of(BLOCKED),
        BudgetAsked,
        QUEUED,
        guard.raises_spent_budget,
        change.raise_budget_and_begin,
        reaction.queue,
    ),
    Rule(
        _of(BUILDING),
        BudgetAsked,
        None,
        guard.raises_budget,
        change.raise_budget,
        reaction.raise_budget,
    ),
    Rule(TRACKED - {BUILDING}, BudgetAsked, None, guard.raises_budget, change.raise_budget),
    Rule(EVERY, BudgetAsked, None, guard.is_question, change.nothing, reaction.reply_budget),
    Rule(
        EVERY,
        BudgetAsked,
        None,
        guard.always,
        change.nothing,
        reaction.reply_budget,
        accepts=False,
    ),
    # building
    Rule(_of(QUEUED), SlotFreed, None, guard.paused, change.nothing, reaction.nothing),
    Rule(_of(QUEUED), SlotFreed, PLAN_REVIEW, guard.approval_void, change.void_approval),
    Rule(_of(QUEUED), SlotFreed, BUILDING, guard.always, change.nothing, reaction.start),
    Rule(
        _of(BUILDING),
        AttemptEnded,
        None,
        guard.run_is_outdated,
        change.add_attempt_and_restart,
        reaction.restart,
    ),
    Rule(
        _of(BUILDING), AttemptEnded, None, guard.this_round, change.add_attempt, reaction.show_soon
    ),
    Rule(
        _of(BUILDING),
        RunFinished,
        PLAN_REVIEW,
        guard.more_is_asked_and_plan_wanted,
        change.finish_and_begin_with_plan,
    ),
    Rule(
        _of(BUILDING),
        RunFinished,
        QUEUED,
        guard.more_is_asked,
        change.finish_and_begin,
        reaction.queue,
    ),
    Rule(
        _of(BUILDING),
        RunFinished,
        REVIEW,
        guard.green_and_merge,
        change.finish,
        reaction.show_and_merge,
    ),
    Rule(_of(BUILDING), RunFinished, REVIEW, guard.green, change.finish),
    Rule(_of(BUILDING), RunFinished, BLOCKED, guard.this_round, change.finish),
    Rule(TRACKED, RunStopped, None, guard.always, change.add_usage),
    # the pull request
    Rule(TRACKED - {DONE}, PullRequestMerged, DONE, guard.ours, change.merged, reaction.finish),
    Rule(_of(REVIEW), PullRequestClosed, BLOCKED, guard.ours, change.closed_unmerged),
    Rule(_of(REVIEW), MergeRefused, BLOCKED, guard.always, change.refused),
    # stopping
    Rule(_of(REVIEW), IssueClosed, DONE, guard.is_merged, change.found_merged, reaction.finish),
    Rule(WAITING | _of(REVIEW), IssueClosed, CANCELLED, guard.always, change.stopped),
    Rule(_of(BUILDING), IssueClosed, CANCELLED, guard.always, change.stopped, reaction.stop),
    Rule(_of(BLOCKED), IssueClosed, CANCELLED, guard.always, change.stopped),
    Rule(WAITING | _of(REVIEW, BLOCKED), Cancelled, CANCELLED, guard.always, change.stopped),
    Rule(_of(BUILDING), Cancelled, CANCELLED, guard.always, change.stopped, reaction.stop),
    # asking about
    Rule(EVERY, StatusAsked, None, guard.always, change.nothing, reaction.reply_status),
    Rule(EVERY, LogsAsked, None, guard.always, change.nothing, reaction.reply_logs),
    Rule(EVERY, HelpAsked, None, guard.always, change.nothing, reaction.reply_help),
    # a sweep: facts first, then what was cut short
    Rule(TRACKED - {DONE}, Found, DONE, guard.is_merged, change.found_merged, reaction.finish),
    Rule(WAITING | _of(REVIEW), Found, CANCELLED, guard.is_closed, change.found_closed),
    Rule(_of(BUILDING), Found, CANCELLED, guard.is_closed, change.found_closed, reaction.stop),
    Rule(_of(REVIEW), Found, BLOCKED, guard.is_closed_unmerged, change.found_unmerged),
    Rule(_of(QUEUED), Found, PLAN_REVIEW, guard.approval_void, change.void_approval),
    Rule(
        _of(BUILDING), Found, PLAN_REVIEW, guard.approval_void, change.void_approval, reaction.stop
    ),
    Rule(_of(QUEUED), Found, None, guard.always, change.mend, reaction.mend_and_queue),
    Rule(_of(BUILDING), Found, None, guard.always, change.mend, reaction.mend_and_run),
    Rule(_of(REVIEW), Found, None, guard.may_merge, change.mend, reaction.mend_and_merge),
    Rule(_of(PLAN_REVIEW), Found, None, guard.plan_is_old, change.ask_approval),
    Rule(TRACKED, Found, None, guard.is_stale, change.mend),
)

# Pairs that change nothing, each on purpose. A command among them is refused with a reaction.
IGNORED: frozenset[tuple[Source, type[Event]]] = frozenset(
    {
        *((stage, Requested) for stage in TRACKED),  # asked for already
        *((stage, PlanAsked) for stage in (BUILDING, REVIEW)),  # too late for a plan
        (BUILDING, Retried),  # at work already
        *((stage, Paused) for stage in {None} | ENDED),  # nothing to pause
        *((stage, Resumed) for stage in {None, BUILDING} | ENDED),  # nothing is paused
        *((stage, Approved) for stage in EVERY - {PLAN_REVIEW}),  # nothing waits for it
        *((stage, Cancelled) for stage in (None, DONE, CANCELLED)),  # nothing to stop
        *((stage, IssueEdited) for stage in EVERY - {QUEUED, PLAN_REVIEW, BUILDING}),
        *((stage, IssueClosed) for stage in (None, DONE, CANCELLED)),
        *((stage, IssueReopened) for stage in EVERY - {DONE, CANCELLED}),
        *((stage, SlotFreed) for stage in EVERY - {QUEUED}),  # stopped while it waited
        *((stage, AttemptEnded) for stage in EVERY - {BUILDING}),  # of a run that was stopped
        *((stage, RunFinished) for stage in EVERY - {BUILDING}),
        (None, RunStopped),
        *((stage, PullRequestMerged) for stage in (None, DONE)),
        *((stage, PullRequestClosed) for stage in EVERY - {REVIEW}),
        *((stage, MergeRefused) for stage in EVERY - {REVIEW}),
        (None, Found),
    }
)
