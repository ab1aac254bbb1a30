"""The engine's `Graph`: runs a task's graph and ends what is left. It owns no task's state."""

import asyncio
import importlib
from functools import partial
from typing import Any, Protocol

from app.domain.event import Finished
from app.domain.ref import IssueRef
from app.domain.run import UNUSED, Spent
from app.domain.task import Task
from app.engine.observe import Observer, observed
from app.engine.ports import Report
from app.graphs.context import Context, Workshop, issue_key, round_of


class Checkpoints(Protocol):
    """What a run that was cut short is resumed from. It may be lost."""

    async def saver(self) -> Any:
        """LangGraph's own, the same each time."""

    async def forget(self, key: str) -> None:
        """All that the runs of the issue of this key have saved; nothing is fine."""


class Graphs:
    """Each graph is imported when it is first run: LangGraph takes most of a second."""

    def __init__(
        self, workshop: Workshop, checkpoints: Checkpoints, observer: Observer | None = None
    ) -> None:
        self._workshop = workshop
        self._executor = workshop.executor
        self._checkpoints = checkpoints
        self._observer = observer
        self._compiled: dict[str, Any] = {}
        self._compiling = asyncio.Lock()
        self._latest: dict[str, Task] = {}  # of runs at work, as loaded last

    async def run(self, task: Task, report: Report, *, resumed: bool) -> Finished:
        module = await asyncio.to_thread(importlib.import_module, f"app.graphs.{task.graph}.graph")
        compiled = await self._compile(task.graph, module)
        key = task.issue.key
        self._latest[key] = task
        latest = partial(self._latest.__getitem__, key)
        context = Context(task, self._workshop, report, resumed, latest)
        try:
            finished: Finished = await module.run_graph(compiled, context)
        finally:
            self._latest.pop(key, None)
        return finished

    async def _compile(self, name: str, module: Any) -> Any:
        async with self._compiling:
            if name not in self._compiled:
                saver = await self._checkpoints.saver()
                if not self._compiled:  # there is one for all graphs
                    observed(saver, "checkpoint", ("aput", "aput_writes"), self._observer)
                self._compiled[name] = module.compile_graph(saver)
            return self._compiled[name]

    def tell(self, task: Task) -> None:
        if task.issue.key in self._latest:
            self._latest[task.issue.key] = task

    async def stop(self, issue: IssueRef) -> Spent:
        ours = await self._runs_of(issue.key)
        await asyncio.gather(*(self._executor.stop(run) for run in ours))
        gate = self._workshop.gate
        if gate is None or not ours:
            return Spent()
        last, used = max(map(round_of, ours)), UNUSED
        for run in ours:
            usage = await gate.dismiss(run)
            used = used + usage if round_of(run) == last else used
        return Spent(last, used)

    async def settle(self, issue: IssueRef) -> None:
        await self._checkpoints.forget(issue.key)

    async def leftovers(self) -> frozenset[str]:
        return frozenset(issue_key(run) for run in await self._executor.known())

    async def remove(self, key: str) -> None:
        await self._executor.remove(await self._runs_of(key))

    async def _runs_of(self, key: str) -> frozenset[str]:
        """What the issue has left, and nothing that another begins meanwhile."""
        return frozenset(run for run in await self._executor.known() if issue_key(run) == key)
