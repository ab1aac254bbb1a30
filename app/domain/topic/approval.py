"""Whether an approval holds, and what is on record of it."""

from dataclasses import replace

from app.domain import change, guard
from app.domain.event import Approved, Event
from app.domain.record import Record
from app.domain.task import Task

# guards


def is_specified(task: Task, event: Event) -> bool:
    """there is a plan to be shown"""
    return not guard.unspecified(task, event)


def void_and_unspecified(task: Task, _event: Event) -> bool:
    """what was approved is not what stands, and the product owner has not read that"""
    return task.needs_approval and task.is_unspecified


def is_void(task: Task, _event: Event) -> bool:
    """what was approved is not what stands"""
    return task.needs_approval and not task.is_unspecified


def plan_was_seen(task: Task, event: Approved) -> bool:
    """the plan is for the request as it stands, and was shown before the approval was written

    In the second of an edit nobody can say which of the two wordings was approved.
    """
    if plan_is_old(task, event) or event.written is None:
        return False
    shown = [at for at in (task.record.planned_at, task.edited_at) if at is not None]
    return task.record.planned_at is not None and event.written > max(shown)


def plan_is_old(task: Task, _event: Event) -> bool:
    """the request was edited since its plan was shown"""
    return task.record.planned != task.plan_digest


# changes


def ask(task: Task, _event: Event) -> Record:
    return task.record.with_plan(task.plan_digest)


def ask_again(task: Task, event: Event) -> Record:
    """What was approved may not be what was seen."""
    return replace(
        ask(task, event),
        reason="The plan, or the request, changed as it was approved. Look at the plan as it "
        "stands now, then write `/approve` once more.",
    )


def approve(task: Task, event: Approved) -> Record:
    return replace(
        task.record,
        approved=task.plan_digest,
        approval=event.comment,
        wording=task.request_digest,
        reason="",
    )


def void(task: Task, event: Event) -> Record:
    """What was built for another wording is left behind: another round, on a branch of its own."""
    record = change.begin(task, event)
    return replace(
        record.with_plan(task.plan_digest),
        branch=f"{task.issue.branch}-{record.round}",
        pull_request=None,
        paused=task.record.paused,
        reason=_why_void(task),
    )


def _why_void(task: Task) -> str:
    if task.record.approved is None:
        return (
            "The request was edited after it had been asked for, by somebody who may not ask for "
            "work. So it waits for an approval of what it says now."
        )
    return "The request was edited after it had been approved, so it waits for a new approval."
