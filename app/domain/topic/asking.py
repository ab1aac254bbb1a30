"""What a further request means for a task, and what is on record of it."""

from dataclasses import replace

from app.domain import change, guard
from app.domain.event import Event, Mentioned, Spoken
from app.domain.record import Record
from app.domain.task import Task

# guards

news_and_plan_wanted = guard.Both(guard.is_news, guard.plan_wanted)


def was_heard(task: Task, event: Spoken) -> bool:
    """the product owner asked although it knew that"""
    return guard.unaltered(task, event) and event.comment <= task.record.heard


def told_owner(task: Task, event: Mentioned) -> bool:
    """nobody has edited it since, and there is a product owner to read it"""
    return guard.unaltered(task, event) and task.has_owner


def told_owner_after_approval(task: Task, event: Mentioned) -> bool:
    """it came after the plan was approved, and there is a product owner to read it"""
    return told_owner(task, event) and bool(task.record.approved)


unaltered_and_plan_wanted = guard.Both(guard.unaltered, guard.plan_wanted)


def after_approval(task: Task, event: Mentioned) -> bool:
    """it came after the plan was approved"""
    return guard.unaltered(task, event) and bool(task.record.approved)


# changes


def begin_asking_approval(task: Task, event: Event) -> Record:
    """A new round, whose plan is to be approved once there is one."""
    return replace(change.begin(task, event), approved="", planned=None, planned_at=None)


def revise(task: Task, event: Event) -> Record:
    """The product owner makes another specification of the request, with what was said since."""
    wanted = task.record.approved is not None
    fresh = change.still_paused(task, replace(change.begin(task, event), spec=None))
    return replace(fresh, approved="", planned=None, planned_at=None) if wanted else fresh


def want_plan(task: Task, _event: Event) -> Record:
    return replace(task.record, approved="", planned=None, planned_at=None)


def note(task: Task, event: Mentioned) -> Record:
    """The agent is told in its next attempt; where none comes, another round is for it."""
    record = task.record.with_requesters(event.by)
    return replace(record, asked=max(record.asked, event.comment))


def note_and_ask_approval(task: Task, event: Mentioned) -> Record:
    return note(task, event).with_plan(task.plan_digest)
