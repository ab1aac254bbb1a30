"""What a run's news and its end lead to, and what is on record of them."""

from dataclasses import replace

from app.domain import change, guard
from app.domain.event import AttemptEnded, Planned, RunFinished, RunStopped
from app.domain.policy import Merge
from app.domain.record import MAX_PLAN, MAX_QUESTION, Record, carried
from app.domain.run import UNUSED
from app.domain.task import Task

# guards


def green(task: Task, event: RunFinished) -> bool:
    """green"""
    return guard.this_round(task, event) and event.green


def nothing_to_do(task: Task, event: RunFinished) -> bool:
    """there was nothing to do"""
    return guard.this_round(task, event) and bool(event.answer)


def green_and_merge(task: Task, event: RunFinished) -> bool:
    """green, and the policy merges without asking anybody"""
    red = task.pull_request is not None and task.pull_request.is_red
    merges = task.policy.merge is Merge.ON_GREEN and not red
    return green(task, event) and merges and not task.policy.reviews and not event.by_hand


def more_is_asked(task: Task, event: RunFinished) -> bool:
    """more was asked than the agent was told"""
    return _goes_on(task, event) and task.record.asked > event.heard


def more_is_reviewed(task: Task, event: RunFinished) -> bool:
    """reviewers have said more than the developer was told"""
    reviewed, read = task.record.reviewed, event.read
    # a run that has read nothing would be begun again without end
    missed = reviewed is not None and read is not None and reviewed > read
    return _goes_on(task, event) and missed


def _goes_on(task: Task, event: RunFinished) -> bool:
    return guard.this_round(task, event) and not event.over_budget


more_is_asked_and_plan_wanted = guard.Both(more_is_asked, guard.plan_wanted)


def run_is_outdated(task: Task, event: AttemptEnded) -> bool:
    """another agent is to take over"""
    return guard.this_round(task, event) and task.record.outdated


# changes


def add_plan(task: Task, event: Planned) -> Record:
    record = task.record
    plan = carried(event.plan, MAX_PLAN) or record.plan
    return replace(record, plan=plan, running=event.usage, reason=event.note or record.reason)


def add_attempt(task: Task, event: AttemptEnded) -> Record:
    return replace(task.record.with_attempt(event.attempt), running=event.usage)


def add_attempt_and_restart(task: Task, event: AttemptEnded) -> Record:
    """The run that takes over has a round of its own, since its runs are others."""
    record = add_attempt(task, event)
    return replace(record, round=record.round + 1, outdated=False)


def finish(task: Task, event: RunFinished) -> Record:
    record = task.record
    for attempt in event.attempts:
        record = record.with_attempt(attempt)
    return replace(
        record,
        verified=event.verified,
        pull_request=event.pull_request or record.pull_request,
        by_hand=event.by_hand,
        reason=event.reason or event.by_hand,
        usage=record.usage + event.usage,
        running=UNUSED,
        counted=event.round,
        outdated=False,
        over_budget=event.over_budget,
        question=carried(event.question, MAX_QUESTION),
        spared=event.verified if event.spared else record.spared,
        answered=max(filter(None, (record.answered, event.read)), default=None),
    )


def finish_and_begin(task: Task, event: RunFinished) -> Record:
    return change.begin(replace(task, record=finish(task, event)), event)


def finish_and_review(task: Task, event: RunFinished) -> Record:
    """Who may write has asked for it, and it is still what was approved that is built."""
    return change.work_off(replace(task, record=finish(task, event)), event)


def finish_and_begin_with_plan(task: Task, event: RunFinished) -> Record:
    return change.begin_with_plan(replace(task, record=finish(task, event)), event)


def add_usage(task: Task, event: RunStopped) -> Record:
    """What it told last counts where nobody can say what it used since; each round counts once."""
    record, spent = task.record, event.spent
    known = spent.usage if spent.round > record.counted else UNUSED
    used = max(record.running, known, key=lambda usage: (usage.tokens, usage.cost_usd))
    counted = max(record.counted, spent.round)
    return replace(record, usage=record.usage + used, running=UNUSED, counted=counted)
