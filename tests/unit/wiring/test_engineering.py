"""What an issue has left is removed, and nothing of another issue that begins meanwhile."""

from typing import cast

from app.db import Database
from app.graphs.context import Workshop
from app.wiring.engineering import Graphs

OLD = frozenset({"11-7-r1.1-developer-abc", "11-7-r1.1-tester-def"})
OTHER = "11-8-r1.1-developer-abc"


class Executor:
    """Whenever it is asked for its runs, another begins."""

    def __init__(self) -> None:
        self.runs = set(OLD)

    async def known(self) -> frozenset[str]:
        known = frozenset(self.runs)
        self.runs.add(OTHER)
        return known

    async def collect(self, live: frozenset[str]) -> None:
        self.runs -= await self.known() - live

    async def remove(self, runs: frozenset[str]) -> None:
        self.runs -= runs


class Shop:
    def __init__(self) -> None:
        self.executor = Executor()


async def test_a_run_that_begins_meanwhile_is_left_alone() -> None:
    shop = Shop()
    shop.executor.runs.add("11-70-r1.1-developer-abc")
    graph = Graphs(cast("Workshop", shop), cast("Database", None), None)
    await graph.remove("11-7")
    assert shop.executor.runs == {OTHER, "11-70-r1.1-developer-abc"}
