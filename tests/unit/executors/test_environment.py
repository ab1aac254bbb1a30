"""Runs get the operator's variables, and their own win; all else is the executor's."""

from pathlib import Path
from typing import Any, cast

import pytest

from app.domain.run import RunSpec
from app.executors.environment import WithEnvironment
from app.graphs.ports import Executor


class Noting:
    """An executor that notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        async def call(*said: Any) -> str:
            self.asked.append((name, said))
            return f"the answer to {name}"

        return call


async def prepare(_workspace: Path) -> None:
    """Nothing to do."""


@pytest.mark.parametrize(
    ("variables", "own", "given"),
    [
        ({}, {"A": "1"}, {"A": "1"}),
        ({"B": "2"}, {"A": "1"}, {"A": "1", "B": "2"}),
        ({"A": "2"}, {"A": "1"}, {"A": "1"}),
        ({"B": "2"}, {}, {"B": "2"}),
    ],
    ids=["none", "besides", "its own win", "alone"],
)
async def test_what_a_run_gets(
    variables: dict[str, str], own: dict[str, str], given: dict[str, str]
) -> None:
    noting, run = Noting(), RunSpec(id="r", argv=("true",), env=own)
    await WithEnvironment(cast("Executor", noting), variables).start(run, prepare)
    ((name, (started, how)),) = noting.asked
    assert (name, how) == ("start", prepare)
    assert started == RunSpec(id="r", argv=("true",), env=given)
    assert run.env == own


@pytest.mark.parametrize(
    ("method", "said"),
    [("wait", "r"), ("stop", "r"), ("known", None), ("remove", frozenset("r"))],
)
async def test_all_else_is_passed_on(method: str, said: Any) -> None:
    noting = Noting()
    given = () if said is None else (said,)
    executor = WithEnvironment(cast("Executor", noting), {"A": "1"})
    answer = await getattr(executor, method)(*given)
    assert noting.asked == [(method, given)]
    assert answer in (None, f"the answer to {method}")
    assert (answer is None) == (method in ("stop", "remove"))
