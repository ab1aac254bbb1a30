"""One repository with every trick in it, and one executor, for all tests of a worker."""

import asyncio

import pytest

from app.executors.process import ProcessExecutor
from tests.integration.tester.bench import Bench, bases, mirrored, repository, shas
from tests.integration.tester.tricks import TRICKS


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    at = tmp_path_factory.mktemp("tester")
    origin = at / "shop.git"
    repository(origin, TRICKS)
    code = asyncio.run(mirrored(at / "state", origin, TRICKS))
    executor = ProcessExecutor(at / "state", grace_seconds=0.2)
    return Bench(code, executor, shas(origin, TRICKS), bases(TRICKS))
