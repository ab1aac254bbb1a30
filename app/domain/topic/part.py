"""A task that is a part of another: what its rules ask and change; its whole is told."""

from dataclasses import replace

from app.domain import change, guard
from app.domain.effect import Effect, Tell
from app.domain.event import Delegated, Event, Found, Withdrawn
from app.domain.record import Record
from app.domain.spec import Kind, Specification
from app.domain.stage import ENDED, Stage
from app.domain.task import Task
from app.domain.topic import ending
from app.domain.words.parts import said_in

# guards


def is_as_made(task: Task, event: Delegated) -> bool:
    """nobody has edited it since it was made, and it needs no approval of its own"""
    asks = event.unseen if event.approved else task.wants_plan
    return is_unedited(task, event) and not asks


def is_unedited(task: Task, event: Delegated) -> bool:
    """nobody has edited it since it was made"""
    return task.request_digest == event.request


def needs_no_plan(task: Task, event: Delegated) -> bool:
    """no plan is to be shown, or there is none yet"""
    if task.is_unspecified and event.spec is None:
        return True
    return not (event.approved or task.wants_plan)


def was_stopped_since(task: Task, event: Delegated) -> bool:
    """it was stopped after that was said"""
    return not guard.is_news(task, event)


# changes


def begin(task: Task, event: Delegated) -> Record:
    """What was approved for the whole is approved for its part, as it was made."""
    return _approved(_begun(task, event), task, event)


def begin_unseen(task: Task, event: Delegated) -> Record:
    """Whatever was approved, it was not in these words."""
    record = _begun(task, event)
    plan = replace(task, record=record).plan_digest
    return replace(record, approved="", planned=plan, planned_at=None)


def begin_edited(task: Task, event: Delegated) -> Record:
    """Somebody has changed what it says: that was never approved."""
    spec = _spec(task, event) or task.spec
    record = replace(change.begin(task, event), parent=event.parent, spec=spec)
    if not event.approved and not task.wants_plan:
        return record
    plan = replace(task, record=record).plan_digest
    return replace(record, approved="", planned=plan, planned_at=None)


def closed_before(task: Task, event: Delegated) -> Record:
    """Who closed it wants it as little as who stops it; the whole has to be told."""
    return replace(ending.found_closed(task, event), parent=event.parent)


def withdrawn(task: Task, _event: Withdrawn) -> Record:
    whole = task.record.parent or "the task that it is a part of"
    return replace(task.record, reason=f"Stopped, as {whole} was.")


def _begun(task: Task, event: Delegated) -> Record:
    what, checks = said_in(task.body)
    spec = _spec(task, event) or Specification(task.request_digest, Kind.CHANGE, what, checks)
    return replace(change.begin(task, event), parent=event.parent, spec=spec)


def _spec(task: Task, event: Delegated) -> Specification | None:
    """What is to be built, as a change of the repository that the part is in."""
    if event.spec is None:
        return None
    return replace(event.spec, request=task.request_digest, kind=Kind.CHANGE, project=None)


def _approved(record: Record, task: Task, event: Delegated) -> Record:
    if not event.approved:
        return record
    plan = replace(task, record=record).plan_digest
    return replace(record, planned=plan, planned_at=event.at, approved=plan)


# effects


def told_parent(before: Stage | None, task: Task, event: Event) -> tuple[Effect, ...]:
    """The whole is looked at anew where a part has come to rest, or goes on from there."""
    parent, ends = task.record.parent, {before, task.stage} & ENDED
    return (Tell(parent, Found(event.at)),) if parent and ends and before != task.stage else ()
