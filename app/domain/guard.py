"""Conditions that rules of several topics name: questions that a task and an event answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.domain.event import AttemptEnded, Event, IntakeFinished, Planned, RunFinished, Spoken
from app.domain.task import Task

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Both(Generic[E]):
    """Where the one holds and the other does, too."""

    first: Callable[[Task, E], bool]
    second: Callable[[Task, E], bool]

    def __call__(self, task: Task, event: E) -> bool:
        return self.first(task, event) and self.second(task, event)


def always(_task: Task, _event: Event) -> bool:
    return True


def is_news(task: Task, event: Event) -> bool:
    """it came after the task had ended"""
    history = task.record.history
    return not history or event.at >= history[-1].at


def plan_wanted(task: Task, _event: Event) -> bool:
    """the policy wants a plan approved"""
    return task.wants_plan and not task.is_unspecified


def unspecified(task: Task, _event: Event) -> bool:
    """the product owner has not read the request as it stands"""
    return task.is_unspecified


def unaltered(task: Task, event: Spoken) -> bool:
    """nobody has edited it since"""
    return not any(said.edited and said.id == event.comment for said in task.thread)


def this_round(task: Task, event: IntakeFinished | Planned | AttemptEnded | RunFinished) -> bool:
    """it is of the round that is under way, not of one that was stopped"""
    return event.round == task.record.round


def is_closed(task: Task, _event: Event) -> bool:
    """the issue is closed"""
    return not task.is_open


def paused(task: Task, _event: Event) -> bool:
    """it is paused"""
    return task.record.paused


def not_paused(task: Task, _event: Event) -> bool:
    """it is not paused"""
    return not task.record.paused


def is_stale(task: Task, _event: Event) -> bool:
    """the issue shows something else"""
    return task.is_stale
