"""Every executor, each with a state folder of its own; what it left is ended after the test."""

import io
import tarfile
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import agent_image
from app.executors.docker import DockerExecutor
from app.executors.process import ProcessExecutor
from app.graphs.ports import Executor
from tests.docker.lock import exclusive

if TYPE_CHECKING:  # tests that need no engine must not wait for the import
    from docker import DockerClient

MakeExecutor = Callable[[Path], Executor]
GRACE_SECONDS = 0.5


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture(scope="session")
def make_process() -> MakeExecutor:
    return lambda state: ProcessExecutor(state, grace_seconds=GRACE_SECONDS)


@pytest.fixture(scope="session")
def make_docker(
    docker_engine: "DockerClient", wrapper_image: str
) -> Callable[[Path], DockerExecutor]:
    image = always(wrapper_image)
    return lambda state: DockerExecutor(
        state, image, grace_seconds=GRACE_SECONDS, client=docker_engine
    )


EXECUTORS = ("process", "docker")


@pytest.fixture(params=EXECUTORS)
async def executor(request: pytest.FixtureRequest, state: Path) -> AsyncIterator[Executor]:
    make: MakeExecutor = request.getfixturevalue(f"make_{request.param}")
    made = make(state)
    yield made
    await made.remove(await made.known())


@pytest.fixture
async def docker_executor(
    state: Path, make_docker: Callable[[Path], DockerExecutor]
) -> AsyncIterator[DockerExecutor]:
    made = make_docker(state)
    yield made
    await made.remove(await made.known())


@pytest.fixture(scope="session")
def wrapper_image(docker_engine: "DockerClient", python_image: str) -> str:
    """Python, git and the wrapper of this checkout."""
    dockerfile = (
        f"FROM {python_image}\nCOPY agent_image /opt/orc/agent_image\n"
        "RUN python3 -m compileall -q /opt/orc/agent_image\n"
    )
    files = {
        f"agent_image/{path.name}": path.read_bytes()
        for path in sorted(Path(agent_image.__file__).parent.glob("*.py"))
    }
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as tar:
        for name, content in {**files, "Dockerfile": dockerfile.encode()}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    tag = f"orc-test-wrapper:{sha256(context.getvalue()).hexdigest()[:12]}"
    with exclusive("docker-images"):
        if not docker_engine.images.list(name=tag):
            context.seek(0)
            docker_engine.images.build(
                fileobj=context, custom_context=True, tag=tag, rm=True, forcerm=True
            )
    return tag


def always(image: str) -> Callable[[frozenset[str]], Awaitable[str]]:
    async def name(_capabilities: frozenset[str]) -> str:
        return image

    return name
