"""Gives every run the variables that the operator wants runs to have. It starts none itself."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

from app.domain.run import RunExit, RunSpec
from app.graphs.ports import Executor


class WithEnvironment:
    """An executor whose runs have `variables` besides their own, which win."""

    def __init__(self, executor: Executor, variables: Mapping[str, str]) -> None:
        self._executor = executor
        self._variables = dict(variables)

    async def start(self, run: RunSpec, prepare: Callable[[Path], Awaitable[None]]) -> None:
        given = replace(run, env={**self._variables, **run.env})
        await self._executor.start(given, prepare)

    async def wait(self, run_id: str) -> RunExit:
        return await self._executor.wait(run_id)

    async def stop(self, run_id: str) -> None:
        await self._executor.stop(run_id)

    async def known(self) -> frozenset[str]:
        return await self._executor.known()

    async def remove(self, runs: frozenset[str]) -> None:
        await self._executor.remove(runs)
