"""The one function that chooses a stage. Pure: the same task and event give the same step."""

from dataclasses import dataclass, replace

from app.domain.effect import Acknowledge, Effect
from app.domain.event import Answered, Commanded, Event, Spoken
from app.domain.task import Task
from app.domain.topic import escalation, part
from app.domain.transition import IGNORED, RULES


@dataclass(frozen=True, slots=True)
class Step:
    """The task as it is to be, and what makes it so, in order."""

    task: Task
    effects: tuple[Effect, ...]


def step(task: Task, event: Event) -> Step:
    """What follows from `event`. Raises LookupError for a pair the table does not speak of."""
    if isinstance(event, Commanded) and event.key in {*task.record.handled, *task.replied}:
        return Step(task, _acknowledge(event, accepted=True))
    rules = [rule for rule in RULES if task.stage in rule.sources and rule.event is type(event)]
    rule = next((rule for rule in rules if rule.when(task, event)), None)
    if rule is None:
        if not rules and (task.stage, type(event)) not in IGNORED:
            raise LookupError(f"no rule for {type(event).__name__} in stage {task.stage}")
        # who may not ask for work is not answered either
        refused = () if isinstance(event, Answered) else _acknowledge(event, accepted=False)
        return Step(task, refused)
    record = rule.change(task, event)
    stage = rule.to or task.stage
    changed = rule.to is not None or record != task.record or isinstance(event, Spoken)
    if isinstance(event, Commanded) and rule.accepts and changed:
        record = record.with_handled(event.key)
    # is_stale compares the record with what the issue shows: effects are chosen before it is set
    effects = rule.effects(replace(task, stage=stage, record=record), event)
    if stage is not None:
        record = record.with_stage(stage, event.at)
    after = replace(task, stage=stage, record=record)
    called = escalation.called(task.stage, after)
    told = part.told_parent(task.stage, after, event)
    return Step(after, (*called, *effects, *told, *_acknowledge(event, accepted=rule.accepts)))


def _acknowledge(event: Event, *, accepted: bool) -> tuple[Effect, ...]:
    if not isinstance(event, Commanded) or not event.last:
        return ()
    return (Acknowledge(event.comment, accepted),)
