"""A run of the intake graph that fails ends as an event of its own kind, and only once."""

from dataclasses import replace

from app.domain.event import Event, IntakeFinished
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.task import Task
from app.engine.runs import GraphRuns
from tests.unit.domain.make import ISSUE, task, with_record
from tests.unit.engine.test_runs import House, raises

READING = with_record(task(Stage.INTAKE), asked=601, round=2)


async def failed(made: Task) -> IntakeFinished:
    house = House(raises(KeyError("secret")))
    runs: GraphRuns = house.runs
    await runs.start(made, resumed=False)
    await house.ended()
    (event,) = house.events
    assert isinstance(event, IntakeFinished)
    assert not runs.is_live(ISSUE)
    return event


async def test_it_says_what_a_person_can_do_and_no_secret() -> None:
    event = await failed(READING)
    assert (event.round, event.request) == (2, READING.request_digest)
    assert event.reason.startswith("The orchestrator itself failed while it ran the task: KeyError")
    assert "/retry" in event.reason
    assert "secret" not in event.reason


async def test_it_is_not_begun_again_by_itself() -> None:
    """Whatever was said meanwhile: it would fail again, and again."""
    event: Event = await failed(READING)
    blocked = step(READING, event).task
    assert blocked.stage is Stage.BLOCKED
    edited = replace(READING, body="Another.")
    assert step(edited, event).task.stage is Stage.QUEUED  # of another wording, once
