"""Calling people when a task needs one: when that is, and what is remembered of it. No I/O."""

from dataclasses import replace

from app.domain.effect import Effect, Escalate
from app.domain.event import NotAssigned
from app.domain.record import Record
from app.domain.stage import Stage
from app.domain.task import Task
from app.domain.words.escalation import call, listed

# changes


def note_unassigned(task: Task, event: NotAssigned) -> Record:
    said = f"{task.record.reason} GitHub did not assign {listed(event.logins)}."
    return replace(task.record, reason=said.strip())


# effects


def called(before: Stage | None, task: Task) -> tuple[Effect, ...]:
    """Comes before the block is shown: nothing looks at a blocked task again, so that what was cut
    short would stay undone. Done twice it is done once, as the round names the call."""
    people, key = task.policy.escalation, f"blocked-{task.record.round}"
    if task.stage is not Stage.BLOCKED or before is Stage.BLOCKED or not people.names:
        return ()
    text = "" if key in task.replied else call(task)
    return (Escalate(key, text, people.assign),)
