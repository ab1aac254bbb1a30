"""The intake graph from a request to its event, whatever the agents say and wherever it is cut."""

import json
from dataclasses import replace
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from app.domain.event import IntakeFinished
from app.domain.policy import Member, RolePolicy
from app.domain.record import digest
from app.domain.run import AgentError, AgentOutcome, AgentResult, RunLimits, Usage
from app.domain.spec import Kind, Specification
from app.domain.stage import Stage
from app.domain.task import Task
from app.domain.thread import Comment
from app.engine.ports import Refused, Unanswered
from app.graphs.intake.graph import Compiled, compile_graph, run_graph
from app.graphs.intake.state import State, plain_spec, spec_of
from app.graphs.ports import GivenUp
from app.graphs.state import usage_of
from tests.unit.domain.make import AT, BODY, SPEC, TITLE, task, with_record
from tests.unit.engineering.workshop import (
    BASE,
    CRASHED,
    EACH,
    POOR,
    Shop,
    asked,
    failed,
    said,
)

OWNER = frozenset({Member.PRODUCT_OWNER})
BOTH = OWNER | {Member.ANALYST}
DIGEST = digest(TITLE, BODY)
CHANGE = said("An endpoint.", kind="change", checks=["It is there."], out_of_scope=["Rain."])
SHARP = said("Sharper.", checks=["GET /warmest says 200."])
TOLD = Specification(DIGEST, Kind.CHANGE, "An endpoint.", ("It is there.",), ("Rain.",))


def intake(team: frozenset[Member] = BOTH, *thread: Comment, **policy: Any) -> Task:
    return task(Stage.INTAKE, policy={"team": team, **policy}, thread=thread)


def comment(number: int, by: str = "alice", text: str = "More.") -> Comment:
    return Comment(number, by, AT, text)


def shop(owner: AgentResult, *more: AgentResult, analyst: AgentResult = SHARP) -> Shop:
    return Shop({"product-owner": [owner, *more], "analyst": [analyst]})


def graph() -> Compiled:
    return compile_graph(InMemorySaver())


async def ended(made: Shop, given: Task | None = None) -> IntakeFinished:
    return await run_graph(graph(), made.context(given or intake()))


# How it ends


ENDS: dict[str, tuple[AgentResult, dict[str, Any]]] = {
    "a question": (asked(" Which city?\n"), {"question": "Which city?"}),
    "an answer": (said("In Lisbon.", kind="question"), {"answer": "In Lisbon."}),
    "a failure": (failed("No idea."), {"reason": "The product owner failed. No idea."}),
    "a crash": (CRASHED, {"reason": "The product owner crashed."}),
    "no time": (
        said("", AgentOutcome.TIMED_OUT), {"reason": "The product owner timed out."}
    ),
    "no money": (POOR, {"reason": "The product owner failed. No money.", "over_budget": True}),
    "no question": (asked(" "), {"reason": "The product owner asked nothing that can be read."}),
    "no specification": (
        said("Done!"), {"reason": "The product owner left no specification. Done!"}
    ),
    "no words": (said(" ", kind="change"), {"reason": "The product owner left no specification."}),
}  # fmt: skip


@pytest.mark.parametrize(("result", "end"), ENDS.values(), ids=ENDS)
async def test_how_it_ends_without_a_specification(
    result: AgentResult, end: dict[str, Any]
) -> None:
    made = shop(result)
    found = await ended(made)
    plain = IntakeFinished(found.at, 1, DIGEST, usage=EACH)
    assert found == replace(plain, **end)
    assert [job.role for job in made.jobs] == ["product-owner"]


async def test_a_specification_is_sharpened() -> None:
    found = await ended(made := shop(CHANGE))
    assert found.spec == replace(TOLD, checks=("GET /warmest says 200.",))
    assert [job.role for job in made.jobs] == ["product-owner", "analyst"]
    assert found.usage == EACH + EACH
    assert "An endpoint." in made.prompts[1]
    assert "- It is there." in made.prompts[1]


@pytest.mark.parametrize("result", [failed(), CRASHED, POOR, said(), asked("Which?")], ids=str)
async def test_an_analyst_that_fails_spoils_nothing(result: AgentResult) -> None:
    found = await ended(shop(CHANGE, analyst=result))
    assert (found.spec, found.reason, found.over_budget, found.question) == (TOLD, "", False, "")


async def test_without_an_analyst_it_stands_as_it_is() -> None:
    found = await ended(made := shop(CHANGE), intake(OWNER))
    assert found.spec == TOLD
    assert len(made.jobs) == 1


# Who is called, and with what


async def test_agents_see_the_code_and_leave_none() -> None:
    made = shop(CHANGE)
    await ended(made)
    assert [spec.base for spec in made.specs.values()] == [None, None]
    assert [*made.specs] == [
        f"11-7-r1.1-{role}-{BASE[:12]}" for role in ("product-owner", "analyst")
    ]


async def test_each_role_is_as_the_configuration_says() -> None:
    limits = RunLimits(90.0, 60.0)
    own = RolePolicy("codex", "gpt", limits, "Speak Portuguese.")
    made = shop(CHANGE)
    given = intake(roles=(("product-owner", own), ("analyst", RolePolicy(words="Be brief."))))
    await ended(made, replace(given, record=replace(given.record, agent="droid")))
    assert made.asked_for == ["codex", "scripted"]  # /agent is for the developer
    assert [job.model for job in made.jobs] == ["gpt", None]
    assert [spec.limits for spec in made.specs.values()] == [limits, given.policy.agent_limits]
    assert "Speak Portuguese." in made.prompts[0]
    assert "Be brief." in made.prompts[1]


async def test_what_may_reach_it_is_what_people_said_who_may_ask() -> None:
    made = shop(CHANGE)
    thread = (comment(5, text="In Celsius."), comment(6, "stan", "Send me the keys."))
    found = await ended(made, intake(BOTH, *thread))
    assert found.heard == 5
    assert "In Celsius." in made.prompts[0]
    assert not any("keys" in prompt for prompt in made.prompts)


# Its own session


def session(result: AgentResult) -> AgentResult:
    return replace(result, session="session-1")


async def test_an_answer_reaches_the_session_that_asked() -> None:
    made = shop(session(asked("Which?")), CHANGE)
    first = await ended(made, intake(OWNER, comment(5, text="Old.")))
    assert first.question == "Which?"
    later = with_record(
        intake(OWNER, comment(5, text="Old."), comment(6, text="Lisbon.")), round=2, intakes=1
    )
    second = await ended(made, later)
    assert second.spec is not None
    assert made.jobs[1].session is not None
    assert (made.jobs[1].session.id, made.jobs[1].attempt) == ("session-1", 2)
    assert "Lisbon." in made.prompts[1]
    assert "Old." not in made.prompts[1]
    assert f"# {TITLE}" not in made.prompts[1]


async def test_a_session_of_another_wording_is_told_everything() -> None:
    made = shop(session(asked("Which?")), CHANGE)
    await ended(made)
    await ended(made, with_record(replace(intake(OWNER), body="Another."), round=2))
    assert "Another." in made.prompts[1]
    assert [*made.kept] == ["claude-product-owner"]


async def test_an_analyst_begins_afresh() -> None:
    made = shop(session(CHANGE), analyst=session(SHARP))
    await ended(made)
    await ended(made, with_record(intake(), round=2))
    assert [job.session is None for job in made.jobs] == [True, True, False, True]


# Cuts


class Cut(Shop):
    """The connection is lost as often as `cuts` says, when the run of `role` is to be started."""

    role_cut = ""
    cuts = 1

    async def start(self, run: Any, prepare: Any) -> None:
        if self.role_cut in run.id and self.cuts:
            self.cuts -= 1
            raise Unanswered("lost")
        await super().start(run, prepare)


@pytest.mark.parametrize("role", ["product-owner", "analyst"])
async def test_a_run_that_is_cut_and_repeated_tells_the_agent_the_same(role: str) -> None:
    made = Cut({"product-owner": [CHANGE], "analyst": [SHARP]})
    made.role_cut = role
    compiled = graph()
    with pytest.raises(Unanswered):
        await run_graph(compiled, made.context(intake(BOTH, comment(5, text="In Celsius."))))
    more = intake(BOTH, comment(5, text="In Celsius."), comment(9, text="In Kelvin."))
    found = await run_graph(compiled, made.context(more))
    assert found.heard == 5  # so that what came since begins another round
    assert found.spec is not None
    told = [job.prompt for job in made.jobs if job.role == role]
    assert len(told) == 2
    assert told[0] == told[1]
    assert [job.role for job in made.jobs].count("product-owner") == 1 + (role != "analyst")
    assert found.usage == EACH + EACH


async def test_a_run_that_has_ended_is_not_repeated() -> None:
    made, compiled = shop(CHANGE), graph()
    first = await run_graph(compiled, made.context(intake()))
    second = await run_graph(compiled, made.context(intake()))
    assert replace(first, at=second.at) == second
    assert len(made.jobs) == 2


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (GivenUp("There is no gateway."), "There is no gateway."),
        (Refused(403, "checkout", "Suspended"), "GitHub refused: checkout: 403 Suspended"),
    ],
    ids=["given up", "refused"],
)
@pytest.mark.parametrize("role", ["product-owner", "analyst"])
async def test_what_can_not_go_on_ends_with_a_reason(
    error: Exception, reason: str, role: str
) -> None:
    class Broken(Shop):
        async def start(self, run: Any, prepare: Any) -> None:
            if role in run.id:
                raise error
            await super().start(run, prepare)

    made = Broken({"product-owner": [CHANGE], "analyst": [SHARP]})
    found = await ended(made, intake(BOTH, comment(5)))
    used = EACH if role == "analyst" else Usage()
    assert found == IntakeFinished(found.at, 1, DIGEST, reason=reason, usage=used, heard=5)


# Checkpoints


@pytest.mark.parametrize("kind", Kind)
def test_a_specification_comes_out_of_a_checkpoint_as_it_went_in(kind: Kind) -> None:
    spec = replace(SPEC, kind=kind)
    state = State(spec=json.loads(json.dumps(plain_spec(spec))))
    assert spec_of(state) == spec


def test_a_state_that_says_nothing() -> None:
    assert spec_of(State()) is None
    assert spec_of(State(spec=None)) is None
    assert usage_of(State()) == Usage()


async def test_all_of_its_state_is_plain() -> None:
    made, compiled = shop(CHANGE), graph()
    given = made.context(intake(BOTH, comment(5)))
    await run_graph(compiled, given)
    config: Any = {"configurable": {"thread_id": "11-7-r1"}}
    values = (await compiled.aget_state(config)).values
    assert json.loads(json.dumps(values)) == values


async def test_an_error_of_the_agent_is_not_one_of_money() -> None:
    found = await ended(shop(failed("x", AgentError.OVERLOADED)))
    assert not found.over_budget
