"""What comes of the architect's plan, or of there being none."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from langgraph.graph import END

from app.domain.event import Planned
from app.domain.policy import RolePolicy
from app.domain.run import AgentOutcome, AgentResult, Usage
from app.domain.stage import Stage
from app.domain.task import Task
from app.domain.thread import Comment
from app.graphs.engineering.nodes.architect import architect
from app.graphs.engineering.state import State
from app.graphs.state import plain_comment
from tests.unit.domain.make import AT, SPEC, task, with_record
from tests.unit.engineering.workshop import BASE, CRASHED, EACH, POOR, Shop, asked, failed, said

TASK = with_record(task(Stage.BUILDING), spec=SPEC)
BEFORE = Usage(100, 10, 0, 1.0)
STATE = State(
    attempt=3, parent=BASE, base=BASE, usage=asdict(BEFORE), heard=5,
    comments=[plain_comment(Comment(5, "alice", AT, "In Celsius."))],
)  # fmt: skip


async def gone(made: Shop, given: Task = TASK) -> tuple[Any, dict[str, Any]]:
    """Where it leads, and with which state."""
    command = await architect(STATE, made.runtime(given))
    assert isinstance(command.update, dict)
    return command.goto, json.loads(json.dumps(command.update))


def shop(result: AgentResult) -> Shop:
    return Shop({"architect": [result]})


async def test_a_plan_is_reported_and_followed() -> None:
    made = shop(said(" One more route.\n"))
    used = asdict(BEFORE + EACH)
    assert await gone(made) == ("developer", {"plan": "One more route.", "usage": used})
    (report,) = made.reported
    assert report == Planned(report.at, 1, "One more route.", BEFORE + EACH)


async def test_a_plan_is_no_longer_than_people_can_see() -> None:
    made = shop(said("é" * 9_000))
    assert (await gone(made))[1]["plan"] == "é" * 4_000
    (report,) = made.reported
    assert isinstance(report, Planned)
    assert report.plan == "é" * 4_000


ENDS: dict[str, tuple[AgentResult, dict[str, Any]]] = {
    "a question": (
        asked(" Which?\n"),
        {"reason": "The architect can't go on before its question is answered.",
         "question": "Which?"},
    ),
    "no question": (
        asked(" "),
        {"reason": "The architect can't go on before its question is answered.",
         "question": "It did not say what."},
    ),
    "a failure": (
        failed(" No.\n"),
        {"reason": "The architect failed and left no plan: No.", "over_budget": False},
    ),
    "a long failure": (
        failed("x" * 900),
        {"reason": "The architect failed and left no plan: " + "x" * 600, "over_budget": False},
    ),
    "a crash": (
        CRASHED, {"reason": "The architect crashed and left no plan.", "over_budget": False}
    ),
    "no words": (
        said(" "), {"reason": "The architect succeeded and left no plan.", "over_budget": False}
    ),
    "no time": (
        said("", AgentOutcome.TIMED_OUT),
        {"reason": "The architect timed out and left no plan.", "over_budget": False},
    ),
    "no money": (
        POOR,
        {"reason": "The architect failed and left no plan: No money.", "over_budget": True},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("result", "end"), ENDS.values(), ids=ENDS)
async def test_without_a_plan_nothing_is_built(result: AgentResult, end: dict[str, Any]) -> None:
    made = shop(result)
    assert await gone(made) == (END, {**end, "usage": asdict(BEFORE + EACH)})
    assert made.reported == []


async def test_what_it_is_told() -> None:
    made = shop(said("So."))
    own = RolePolicy(agent="codex", words="Draw no pictures.")
    policy = replace(TASK.policy, roles=(("architect", own),))
    await gone(made, with_record(replace(TASK, policy=policy), agent="droid"))
    (job,), (run,) = made.jobs, made.specs.values()
    for words in (SPEC.what, "In Celsius.", "Draw no pictures."):
        assert words in job.prompt
    assert made.asked_for == ["codex"]
    assert (job.role, job.attempt, job.session, run.base) == ("architect", 3, None, None)
    assert made.kept == {}


async def test_a_repeated_call_is_the_same_run() -> None:
    made = shop(said("So."))
    assert await gone(made) == await gone(made)
    assert len(made.specs) == 1
    assert made.prompts[0] == made.prompts[1]


async def test_it_works_on_what_agents_are_to_see() -> None:
    made = shop(said("One more route."))
    made.hidden[BASE] = "d" * 40
    await gone(made)
    assert made.checked_out == ["d" * 40]
