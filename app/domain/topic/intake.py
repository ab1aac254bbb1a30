"""What the product owner's reading leads to, and what is on record of it."""

from dataclasses import replace

from app.domain import change, guard
from app.domain.event import Event, IntakeFinished
from app.domain.record import MAX_QUESTION, Record, carried
from app.domain.run import UNUSED
from app.domain.task import Task
from app.domain.topic import approval

# guards


def question_unsaid(task: Task, _event: Event) -> bool:
    """the question was not put to people yet"""
    return task.question_key not in task.replied


def unread_edit(task: Task, _event: Event) -> bool:
    """the request was edited since the product owner began to read it"""
    return task.record.read not in ("", task.request_digest)


def is_outdated(task: Task, event: IntakeFinished) -> bool:
    """more was asked than the product owner was told, or the request was edited meanwhile"""
    if not guard.this_round(task, event) or event.over_budget:
        return False
    return task.record.asked > event.heard or event.request != task.request_digest


def asks(task: Task, event: IntakeFinished) -> bool:
    """the product owner asks a question"""
    return guard.this_round(task, event) and bool(event.question)


def answers(task: Task, event: IntakeFinished) -> bool:
    """all that was asked for is an answer"""
    return guard.this_round(task, event) and bool(event.answer)


def specified(task: Task, event: IntakeFinished) -> bool:
    """there is a specification"""
    return guard.this_round(task, event) and event.spec is not None


def specified_and_plan_wanted(task: Task, event: IntakeFinished) -> bool:
    """there is a specification, and it needs an approval"""
    if not specified(task, event):
        return False
    return replace(task, record=replace(task.record, spec=event.spec)).needs_approval


# changes


def start_reading(task: Task, _event: Event) -> Record:
    """A run that is cut short and taken up again may have begun with another wording."""
    return replace(task.record, read=task.request_digest)


def finish(task: Task, event: IntakeFinished) -> Record:
    record = task.record
    return replace(
        record,
        spec=event.spec or record.spec,
        intakes=record.intakes + 1,
        read=event.request,
        heard=event.heard,
        question=carried(event.question, MAX_QUESTION),
        reason=event.reason,
        usage=record.usage + event.usage,
        running=UNUSED,
        counted=event.round,
        over_budget=event.over_budget,
    )


def specify(task: Task, event: IntakeFinished) -> Record:
    """What is built from it is a round of its own, since its runs are others."""
    record = finish(task, event)
    return replace(record, round=record.round + 1)


def finish_and_begin(task: Task, event: IntakeFinished) -> Record:
    """What it found is for another wording, or for less than was said by now."""
    found = replace(finish(task, event), spec=task.record.spec)
    return change.begin_anew(replace(task, record=found), event)


def specify_with_plan(task: Task, event: IntakeFinished) -> Record:
    found = specify(task, event)
    return approval.ask(replace(task, record=found), event)
