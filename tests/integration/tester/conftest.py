"""One repository with every trick in it, for all tests of a worker, and where they are run."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.executors.docker import DockerExecutor
from app.executors.process import ProcessExecutor
from tests.integration.executors.conftest import always
from tests.integration.executors.conftest import wrapper_image as wrapper_image
from tests.integration.tester.bench import Bench, bases, mirrored, repository, shas
from tests.integration.tester.tricks import TRICKS

GRACE_SECONDS = 0.2


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    at = tmp_path_factory.mktemp("tester")
    origin = at / "shop.git"
    repository(origin, TRICKS)
    code = asyncio.run(mirrored(at / "state", origin, TRICKS))
    executor = ProcessExecutor(at / "state", grace_seconds=GRACE_SECONDS)
    return Bench(code, executor, shas(origin, TRICKS), bases(TRICKS))


@pytest.fixture
async def contained(
    bench: Bench,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Bench]:
    """The same, each test run in a container."""
    client = request.getfixturevalue("docker_engine")
    image = always(request.getfixturevalue("wrapper_image"))
    state = tmp_path_factory.mktemp("contained")
    made = DockerExecutor(state, image, grace_seconds=GRACE_SECONDS, client=client)
    yield replace(bench, executor=made)
    await made.remove(await made.known())
