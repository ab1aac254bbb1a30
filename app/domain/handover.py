"""Handing a task over to others, its parts: the guards, changes and effects of those rules."""

from dataclasses import replace

from app.domain import change, reaction
from app.domain.effect import Effect, Reply, Show, Tell
from app.domain.event import Commanded, Delegated, Event, Found, PartsMade, Withdrawn
from app.domain.part import MadePart, ready
from app.domain.record import Record
from app.domain.run import UNUSED
from app.domain.spec import Kind, Specification
from app.domain.stage import ENDED, Stage
from app.domain.task import Task
from app.domain.words.parts import where_to_say_it

# guards


def all_done(task: Task, _event: Event) -> bool:
    """all its parts are done"""
    return bool(task.parts) and all(part.stage is Stage.DONE for part in task.parts)


def one_given_up(task: Task, _event: Event) -> bool:
    """one of its parts was stopped"""
    return any(part.stage is Stage.CANCELLED for part in task.parts)


def moved(task: Task, _event: Event) -> bool:
    """one of its parts has come further"""
    return task.parts != task.record.parts


def is_as_made(task: Task, event: Delegated) -> bool:
    """nobody has edited it since it was made"""
    return task.request_digest == event.request


def needs_no_plan(task: Task, event: Delegated) -> bool:
    """no plan is to be shown, or there is none yet"""
    return task.is_unspecified or not (event.approved or task.wants_plan)


# changes


def take(task: Task, event: PartsMade) -> Record:
    record = task.record
    return replace(
        record,
        parts=event.parts,
        branch="",
        reason="",
        usage=record.usage + event.usage,
        running=UNUSED,
        counted=event.round,
    )


def see(task: Task, _event: Event) -> Record:
    """How its parts stand by now."""
    return replace(task.record, parts=task.parts)


def give_up(task: Task, event: Event) -> Record:
    stopped = [part for part in task.parts if part.stage is Stage.CANCELLED]
    names = ", ".join(str(part.issue) for part in stopped)
    reason = f"{names} was stopped. `/retry` there goes on with it, `/retry` here with all of them."
    return replace(see(task, event), reason=reason)


def begin(task: Task, event: Delegated) -> Record:
    """What was approved for the whole is approved for its part, as it was made."""
    return _approved(_begun(task, event), task, event)


def begin_edited(task: Task, event: Delegated) -> Record:
    """Somebody has changed what it says: that was never approved."""
    record = replace(change.begin(task, event), parent=event.parent)
    if not event.approved and not task.wants_plan:
        return record
    return replace(record, approved="", planned=task.plan_digest, planned_at=None)


def withdrawn(task: Task, _event: Withdrawn) -> Record:
    whole = task.record.parent or "the task that it is a part of"
    return replace(task.record, reason=f"Stopped, as {whole} was.")


def _begun(task: Task, event: Delegated) -> Record:
    digest, spec = task.request_digest, event.spec
    if spec is None:
        spec = Specification(digest, Kind.CHANGE, task.body)
    own = replace(spec, request=digest, kind=Kind.CHANGE, project=None)
    return replace(change.begin(task, event), parent=event.parent, spec=own)


def _approved(record: Record, task: Task, event: Delegated) -> Record:
    if not event.approved:
        return record
    plan = replace(task, record=record).plan_digest
    return replace(record, planned=plan, planned_at=event.at, approved=plan)


# effects


def show_and_begin(task: Task, event: Event) -> tuple[Effect, ...]:
    return (Show(), *_begin_ready(task, task.record.parts, event))


def mend_and_begin(task: Task, event: Event) -> tuple[Effect, ...]:
    """What could be begun and was not is told again: the first time may have been lost."""
    return (*reaction.mend(task), *_begin_ready(task, task.record.parts, event))


def finish(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(open=False),)


def withdraw(task: Task, event: Event) -> tuple[Effect, ...]:
    left = [part for part in task.record.parts if part.stage not in ENDED - {Stage.BLOCKED}]
    return (Show(), *(Tell(part.issue, Withdrawn(event.at)) for part in left))


def point(task: Task, event: Commanded) -> tuple[Effect, ...]:
    """It is built elsewhere."""
    return (Reply(event.key, where_to_say_it(task.record.parts)),)


def told_parent(before: Stage | None, task: Task, event: Event) -> tuple[Effect, ...]:
    """The whole is looked at anew where a part has come to rest, or goes on from there."""
    parent, ends = task.record.parent, {before, task.stage} & ENDED
    return (Tell(parent, Found(event.at)),) if parent and ends and before != task.stage else ()


def _begin_ready(task: Task, parts: tuple[MadePart, ...], event: Event) -> tuple[Effect, ...]:
    record, whole = task.record, task.spec
    only = whole if len(parts) == 1 and whole and whole.kind is Kind.NEW_PROJECT else None
    return tuple(
        Tell(
            part.issue,
            Delegated(
                event.at,
                task.author,
                parent=task.issue,
                request=part.request,
                approved=bool(record.approved),
                spec=only,
                requesters=record.requesters,
            ),
        )
        for part in ready(parts)
    )
