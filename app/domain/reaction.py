"""Effects that the transition table names. Each is a function of the changed task and the event."""

from app.domain import words
from app.domain.effect import (
    Effect,
    LookAtChecks,
    MergePullRequest,
    RaiseBudget,
    Reply,
    ReplyLogs,
    Show,
    StartRun,
    StopRun,
    TakeSlot,
    TellRun,
)
from app.domain.event import Commanded, Event, IntakeFinished, RunFinished
from app.domain.task import Task

_CONFIGURATION = "configuration"  # names what tells of it among all that we have said


def show(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(),)


def show_soon(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(soon=True),)


def reopen(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(open=True),)


def nothing(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return ()


def queue(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(), *take_slot(task))


def queue_reopened(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(open=True), *take_slot(task))


def take_slot(task: Task) -> tuple[Effect, ...]:
    """What is paused has no place in the line."""
    return () if task.record.paused else (TakeSlot(),)


def start(task: Task, _event: Event) -> tuple[Effect, ...]:
    """After the first round there may be a pull request, or a check, that need not be made anew."""
    return (Show(), StartRun(resumed=task.record.built > 1))


def stop(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (StopRun(), Show())


def stop_and_queue(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (StopRun(), Show(), *take_slot(task))


def ask(task: Task, _event: Event) -> tuple[Effect, ...]:
    """People are notified of comments, not of edits."""
    return (Show(), *put_question(task))


def ask_again(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (*mend(task), *put_question(task))


def put_question(task: Task) -> tuple[Effect, ...]:
    asked = task.question_key in task.replied
    return () if asked else (Reply(task.question_key, words.question(task)),)


def answer(task: Task, event: IntakeFinished | RunFinished) -> tuple[Effect, ...]:
    """The answer stands before the task is done, since nothing comes after that."""
    key = f"answer-{event.round}"
    say = words.answer if isinstance(event, IntakeFinished) else words.nothing_done
    said = () if key in task.replied else (Reply(key, say(task, event.answer)),)
    return (*said, Show(open=False))


def show_and_tell(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(), TellRun())


def restart(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (StopRun(), Show(), StartRun(resumed=True))


def raise_budget(task: Task, _event: Event) -> tuple[Effect, ...]:
    """First what a run at work is held to, since nothing says it again."""
    usd = task.budget_usd
    return (Show(),) if usd is None else (RaiseBudget(usd), Show())


def finish(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (StopRun(), Show(open=False))


def show_and_merge(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(), *merge(task))


def show_and_look(_task: Task, _event: Event) -> tuple[Effect, ...]:
    return (Show(), LookAtChecks())


def merge(task: Task) -> tuple[Effect, ...]:
    number, head = task.record.pull_request, task.record.verified
    if number is None or head is None:
        return ()
    return (MergePullRequest(number, head),)


def mend(task: Task) -> tuple[Effect, ...]:
    return (Show(),) if task.is_stale else ()


def mend_and_queue(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (*mend(task), *take_slot(task))


def mend_and_run(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (*mend(task), StartRun(resumed=True))


def mend_and_merge(task: Task, _event: Event) -> tuple[Effect, ...]:
    return (*mend(task), *merge(task))


def explain(task: Task, _event: Event) -> tuple[Effect, ...]:
    """Once, however often people ask."""
    told = not task.warning or _CONFIGURATION in task.replied
    return () if told else (Reply(_CONFIGURATION, words.not_taken_up(task)),)


def reply_status(task: Task, event: Commanded) -> tuple[Effect, ...]:
    return (Reply(event.key, words.status(task)),)


def reply_agent(task: Task, event: Commanded) -> tuple[Effect, ...]:
    return (Reply(event.key, words.agent(task, event.argument)),)


def reply_budget(task: Task, event: Commanded) -> tuple[Effect, ...]:
    return (Reply(event.key, words.budget(task, event.argument)),)


def reply_logs(_task: Task, event: Commanded) -> tuple[Effect, ...]:
    return (ReplyLogs(event.key),)


def reply_help(task: Task, event: Commanded) -> tuple[Effect, ...]:
    return (Reply(event.key, words.help_text(task)),)
