"""What a rule of the transition table is, and the sets of stages that rules speak of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.domain import change, guard, reaction
from app.domain.effect import Effect
from app.domain.event import Event
from app.domain.record import Record
from app.domain.stage import Stage
from app.domain.task import Task

Source = Stage | None  # None: an issue that is not a task
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Rule(Generic[E]):
    """On `event` in one of `sources`, if `when` holds: change the record, go `to` (None: stay)."""

    sources: frozenset[Source]
    event: type[E]
    to: Source
    when: Callable[[Task, E], bool] = guard.always
    change: Callable[[Task, E], Record] = change.nothing
    effects: Callable[[Task, E], tuple[Effect, ...]] = reaction.show
    accepts: bool = True  # a command: it did what was asked


AnyRule = Rule[Any]

QUEUED, INTAKE, NEEDS_INFO, PLAN_REVIEW, BUILDING, PARTS, REVIEW = (
    Stage.QUEUED,
    Stage.INTAKE,
    Stage.NEEDS_INFO,
    Stage.PLAN_REVIEW,
    Stage.BUILDING,
    Stage.PARTS,
    Stage.REVIEW,
)
DONE, BLOCKED, CANCELLED = Stage.DONE, Stage.BLOCKED, Stage.CANCELLED
EVERY: frozenset[Source] = frozenset({None, *Stage})
TRACKED: frozenset[Source] = frozenset(Stage)
BUILT_HERE: frozenset[Source] = frozenset(set(Stage) - {DONE, PARTS})
ENDED: frozenset[Source] = frozenset({DONE, BLOCKED, CANCELLED})
WAITING: frozenset[Source] = frozenset({QUEUED, PLAN_REVIEW})
AT_WORK: frozenset[Source] = frozenset({INTAKE, BUILDING})


def of(*sources: Source) -> frozenset[Source]:
    return frozenset(sources)
