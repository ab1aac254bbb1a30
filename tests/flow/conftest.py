"""Houses for the tests of this folder; every exchange in them is held against GitHub's contract."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from app.executors.process import ProcessExecutor
from tests.contract.checker import GitHubContract
from tests.flow.house import House

MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(
    tmp_path: Path,
    database_url: str,
    github_contract: GitHubContract,
) -> Iterator[MakeHouse]:
    """A house with the options given, its app not started."""
    with ExitStack() as stack:

        def make(**options: Any) -> House:
            made = House(tmp_path, database_url, contract=github_contract, **options)
            return stack.enter_context(made)

        yield make
    # agents outlive the app, and some of these would for hours
    asyncio.run(_end_runs(ProcessExecutor(tmp_path / "state")))


async def _end_runs(executor: ProcessExecutor) -> None:
    await executor.remove(await executor.known())


@pytest.fixture
def home(make_house: MakeHouse) -> House:
    """A house with the app started, and its first sweep over."""
    made = make_house()
    made.start()
    return made
