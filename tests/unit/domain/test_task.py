"""What a task says of itself beyond its fields."""

from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from typing import get_args

import pytest

from app.domain.policy import RolePolicy
from app.domain.spec import Kind, Specification
from app.domain.stage import Stage
from app.domain.task import GraphName, PullRequestState, Turn
from tests.unit.domain.make import AT, ISSUE, PULL, SPEC, task, with_record

PROJECT = replace(SPEC, kind=Kind.NEW_PROJECT)


def test_turns_go_by_urgency_then_age_then_numbers() -> None:
    first = task(rank=2, created=AT)
    assert first.turn == Turn(2, AT, 11, 7)
    later = AT + timedelta(seconds=1)
    elsewhere = replace(ISSUE, repo=replace(ISSUE.repo, id=12), number=1)
    line = [
        task(rank=1, created=later),
        first,
        task(rank=2, created=AT, issue=replace(ISSUE, number=8)),
        task(rank=2, created=AT, issue=elsewhere),
        task(rank=2, created=later),
    ]
    assert sorted([*line[2:], *line[:2]], key=lambda made: made.turn) == line


def test_a_person_s_wish_goes_before_the_policy() -> None:
    made = task(policy={"agent": "claude", "budget_usd": 2.0})
    assert (made.agent, made.budget_usd) == ("claude", 2.0)
    asked = with_record(made, agent="codex", budget_extra=0.5)
    assert (asked.agent, asked.budget_usd) == ("codex", 2.5)
    assert with_record(task(), budget_extra=0.5).budget_usd is None


def test_a_wording_marks_what_is_built_for_it() -> None:
    assert task().code_mark == f"11-7@{task().request_digest}"
    assert task(body="Other.").code_mark != task().code_mark


@pytest.mark.parametrize("state", PullRequestState)
def test_a_pull_request_that_has_ended_is_not_open(state: PullRequestState) -> None:
    pull = replace(PULL, state=state)
    is_open = state is PullRequestState.OPEN
    assert task(pull_request=pull).open_pull_request == (pull if is_open else None)
    assert task().open_pull_request is None


@pytest.mark.parametrize(
    ("stage", "spec", "graph"),
    [
        (Stage.INTAKE, None, "intake"),
        (Stage.INTAKE, PROJECT, "intake"),
        (Stage.BUILDING, None, "engineering"),
        (Stage.BUILDING, SPEC, "engineering"),
        (Stage.BUILDING, PROJECT, "founding"),
        # edited since the run was begun, which goes on with what it was begun for
        (Stage.BUILDING, replace(PROJECT, request="other"), "founding"),
    ],
    ids=["reads", "reads again", "builds", "changes", "founds", "founds, edited since"],
)
def test_one_graph_runs_it(stage: Stage, spec: Specification | None, graph: str) -> None:
    assert with_record(task(stage), spec=spec).graph == graph


@pytest.mark.parametrize("graph", get_args(GraphName))
def test_every_graph_is_there(graph: str) -> None:
    assert find_spec(f"app.graphs.{graph}.graph") is not None


def test_a_role_has_an_agent_of_its_own_or_the_one_of_all() -> None:
    roles = (("reviewer", RolePolicy(agent="codex")), ("architect", RolePolicy(model="small")))
    made = task(policy={"agent": "claude", "roles": roles})
    agents = [made.agent_of(role) for role in ("reviewer", "architect", "developer")]
    assert agents == ["codex", "claude", "claude"]
