"""What an issue has left is ended and removed, and nothing of one that begins meanwhile."""

from typing import cast

import pytest

from app.domain.ref import IssueRef, RepoRef
from app.domain.run import Spent, Usage
from app.graphs.context import Workshop
from app.graphs.running import Checkpoints, Graphs

ISSUE = IssueRef(RepoRef(11, "acme", "weather", 3), 7)
OLD = frozenset({"11-7-r1.1-developer-abc", "11-7-r2.1-tester-def", "11-7-r2.1-developer-def"})
OTHER = "11-8-r1.1-developer-abc"
ALIKE = "11-70-r1.1-developer-abc"


class Executor:
    """Whenever it is asked for its runs, another begins."""

    def __init__(self) -> None:
        self.runs = {*OLD, ALIKE}
        self.stopped: set[str] = set()

    async def known(self) -> frozenset[str]:
        known = frozenset(self.runs)
        self.runs.add(OTHER)
        return known

    async def stop(self, run_id: str) -> None:
        self.stopped.add(run_id)

    async def remove(self, runs: frozenset[str]) -> None:
        self.runs -= runs


class Gate:
    """Every run used one token."""

    async def dismiss(self, _run_id: str) -> Usage:
        return Usage(input=1)


class Shop:
    def __init__(self, gate: Gate | None = None) -> None:
        self.executor = Executor()
        self.gate = gate


def graphs(shop: Shop) -> Graphs:
    return Graphs(cast("Workshop", shop), cast("Checkpoints", None))


async def test_a_run_that_begins_meanwhile_is_left_alone() -> None:
    shop = Shop()
    await graphs(shop).remove("11-7")
    assert shop.executor.runs == {OTHER, ALIKE}


async def test_what_is_left_belongs_to_issues() -> None:
    assert await graphs(Shop()).leftovers() == {"11-7", "11-70"}


@pytest.mark.parametrize(
    ("gate", "spent"),
    [(None, Spent()), (Gate(), Spent(2, Usage(input=2)))],
    ids=["nobody counts", "the last round counts"],
)
async def test_stopping_tells_what_was_used(gate: Gate | None, spent: Spent) -> None:
    shop = Shop(gate)
    assert await graphs(shop).stop(ISSUE) == spent
    assert shop.executor.stopped == OLD


async def test_nothing_of_the_issue_nothing_used() -> None:
    shop = Shop(Gate())
    shop.executor.runs.clear()
    assert await graphs(shop).stop(ISSUE) == Spent()
