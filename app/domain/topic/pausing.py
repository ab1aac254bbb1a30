"""What a pause holds back, and what is on record of it."""

from dataclasses import replace

from app.domain import guard
from app.domain.event import Event, Paused
from app.domain.record import Record
from app.domain.task import Task
from app.domain.topic import review

# guards


def paused_before_merge(task: Task, event: Event) -> bool:
    """it is paused, and could be merged"""
    return guard.paused(task, event) and review.is_green_head(task)


# changes


def pause(task: Task, event: Paused) -> Record:
    return replace(task.record, paused=True, reason=f"Paused by {event.by}.")


def interrupt(task: Task, event: Paused) -> Record:
    """The run that follows has a round of its own, since its runs are others; attempts go on."""
    return replace(pause(task, event), round=task.record.round + 1, outdated=False)


def resume(task: Task, _event: Event) -> Record:
    return replace(task.record, paused=False, reason="")
