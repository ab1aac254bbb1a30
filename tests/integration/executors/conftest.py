"""Every executor, each with a state folder of its own; what it left is ended after the test."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.executors.process import ProcessExecutor
from app.graphs.engineering.ports import Executor

MakeExecutor = Callable[[Path], Executor]

EXECUTORS: dict[str, MakeExecutor] = {
    "process": lambda state: ProcessExecutor(state, grace_seconds=0.5),
}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture(params=EXECUTORS)
async def executor(request: pytest.FixtureRequest, state: Path) -> AsyncIterator[Executor]:
    made = EXECUTORS[request.param](state)
    yield made
    await made.collect(frozenset())
