"""A task that was handed over to others, its parts: what its rules ask, change and do."""

from dataclasses import replace
from datetime import timedelta

from app.domain import change, guard, reaction
from app.domain.effect import Effect, Reply, Show, Tell, Withdraw
from app.domain.event import (
    Delegated,
    Event,
    IssueReopened,
    Mentioned,
    PartsMade,
    Retried,
)
from app.domain.part import MadePart, ready
from app.domain.record import Record
from app.domain.run import UNUSED
from app.domain.spec import Kind
from app.domain.stage import ENDED, Stage
from app.domain.task import Task
from app.domain.words.parts import where_to_say_it

_SETTLING = timedelta(minutes=2)  # for so long GitHub may not know of what was just made

# guards


def is_handed_over(task: Task, _event: Event) -> bool:
    """it was handed over"""
    return bool(task.record.parts)


unaltered_and_handed_over = guard.Both(guard.unaltered, is_handed_over)


def parts_unknown(task: Task, _event: Event) -> bool:
    """the record that named its parts is lost"""
    return not task.record.parts


def all_done(task: Task, _event: Event) -> bool:
    """all its parts are done"""
    return bool(task.parts) and all(part.stage is Stage.DONE for part in task.parts)


def one_given_up(task: Task, _event: Event) -> bool:
    """one of its parts was stopped"""
    return any(part.stage is Stage.CANCELLED for part in task.parts)


def one_gone(task: Task, event: Event) -> bool:
    """one of its parts can't be found"""
    history = task.record.history
    settled = not history or event.at - history[-1].at >= _SETTLING
    return settled and any(map(_is_lost, task.parts))


def all_go_on(task: Task, event: Event) -> bool:
    """none of its parts is stopped any more"""
    stopped = one_given_up(task, event) or any(map(_is_lost, task.parts))
    return is_handed_over(task, event) and not stopped


def _is_lost(part: MadePart) -> bool:
    """Done is done, whatever becomes of its issue."""
    return part.gone and part.stage is not Stage.DONE


def may_go_on(task: Task, _event: Event) -> bool:
    """it was split, and nobody has edited it since"""
    at = task.record.handed_over_at
    edited = task.edited_at is not None and at is not None and task.edited_at > at
    stands = any(not part.gone for part in task.parts) and not edited
    return stands and not (task.is_new_project or task.is_unspecified)


may_go_on_reopened = guard.Both(guard.is_news, may_go_on)


def moved(task: Task, _event: Event) -> bool:
    """one of its parts has come further"""
    return task.parts != task.record.parts


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
    return replace(task.record, parts=task.parts, reason="")


def go_on(task: Task, event: Retried | IssueReopened) -> Record:
    """With the same parts, but for those that somebody has deleted; what is at work stays so."""
    here = [part for part in task.parts if not part.gone]
    keys = {part.key for part in here}
    parts = tuple(
        replace(
            part,
            stage=part.stage if part.stage is Stage.DONE else None,
            after=tuple(key for key in part.after if key in keys),
        )
        for part in here
    )
    return replace(task.record.with_requesters(event.by), parts=parts, reason="", paused=False)


def give_up(task: Task, event: Event) -> Record:
    stopped = [part for part in task.parts if part.stage is Stage.CANCELLED]
    names = ", ".join(str(part.issue) for part in stopped)
    reason = f"Stopped: {names}. `/retry` there goes on with it, `/retry` here with all."
    return replace(see(task, event), reason=reason)


def miss(task: Task, event: Event) -> Record:
    names = ", ".join(str(part.issue) for part in task.parts if _is_lost(part))
    how = "makes what is missing and goes on" if task.is_new_project else "goes on without"
    reason = f"There is no {names} any more, or I can't see it. `/retry` {how}."
    return replace(see(task, event), reason=reason)


def lose(task: Task, event: Event) -> Record:
    reason = (
        "What this was handed over to stood in this comment, which somebody has altered. `/retry` "
        "finds it again."
    )
    return replace(change.mend(task, event), reason=reason)


# effects


def show_and_begin(task: Task, event: Event) -> tuple[Effect, ...]:
    return (Show(), *_begin_ready(task, task.record.parts, event))


def hand_over(task: Task, event: PartsMade) -> tuple[Effect, ...]:
    """Who said something that its agents were not told of is told where to say it."""
    key = f"parts-{event.round}"
    missed = task.record.asked > event.heard and key not in task.replied
    said = (Reply(key, where_to_say_it(event.parts)),) if missed else ()
    return (*show_and_begin(task, event), *said)


def reopen_and_begin(task: Task, event: Event) -> tuple[Effect, ...]:
    return (Show(open=True), *_begin_ready(task, task.record.parts, event))


def mend_and_begin(task: Task, event: Event) -> tuple[Effect, ...]:
    """What could be begun and was not is told again: the first time may have been lost."""
    return (*reaction.mend(task), *_begin_ready(task, task.record.parts, event))


def finish(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(open=False),)


def withdraw(task: Task, _event: Event) -> tuple[Effect, ...]:
    left = [part for part in task.record.parts if part.stage not in ENDED - {Stage.BLOCKED}]
    return (*(Withdraw(part.issue) for part in left), Show())


def point(task: Task, event: Mentioned) -> tuple[Effect, ...]:
    """It is built elsewhere."""
    return (Reply(event.key, where_to_say_it(task.record.parts)),)


def _begin_ready(task: Task, parts: tuple[MadePart, ...], event: Event) -> tuple[Effect, ...]:
    record = task.record
    whole = record.spec  # what its parts were made for, whatever was edited since
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
                unseen=only is None,
            ),
        )
        for part in ready(parts)
    )
