"""Effects that the transition table names. Each is a function of the changed task and the event."""

from app.domain import words
from app.domain.effect import Effect, MergePullRequest, Reply, Show, StartRun, StopRun, TakeSlot
from app.domain.event import Commanded, Event
from app.domain.task import Task


def show(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(),)


def show_soon(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(soon=True),)


def reopen(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(open=True),)


def queue(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(), TakeSlot())


def queue_reopened(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(open=True), TakeSlot())


def start(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(), StartRun())


def stop(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (StopRun(), Show())


def finish(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (StopRun(), Show(open=False))


def show_and_merge(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(), *merge(task))


def merge(task: Task) -> tuple[Effect, ...]:
    number, head = task.record.pull_request, task.record.verified
    if number is None or head is None:
        return ()
    return (MergePullRequest(number, head),)


def mend(task: Task) -> tuple[Effect, ...]:
    return (Show(),) if task.is_stale else ()


def mend_and_queue(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (*mend(task), TakeSlot())


def mend_and_run(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (*mend(task), StartRun(resumed=True))


def mend_and_merge(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (*mend(task), *merge(task))


def reply_status(task: Task, event: Commanded) -> tuple[Effect, ...]:
    return (Reply(event.key, words.status(task)),)


def reply_help(task: Task, event: Commanded) -> tuple[Effect, ...]:
    return (Reply(event.key, words.help_text(task)),)
