"""A run in a container with the gateway: two sockets, and still nothing else."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.domain.run import ExitReason, RunSpec
from app.executors.docker import DockerExecutor

from .conftest import always
from .runs import empty, limits, python, shell

if TYPE_CHECKING:
    from docker import DockerClient

ASK = """
import socket, sys
for port in (8484, 8485):
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"hello"); client.shutdown(1)
        print(port, client.recv(100).decode())
"""


def serve(path: Path) -> socket.socket:
    """Says who it is, and what it was sent."""
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(path))
    path.chmod(0o666)
    door.listen()

    def answer() -> None:
        while True:
            try:
                connection, _ = door.accept()
            except OSError:
                return
            with connection:
                connection.sendall(path.stem.encode() + b" heard " + connection.recv(100))

    threading.Thread(target=answer, daemon=True).start()
    return door


def close(door: socket.socket) -> None:
    door.shutdown(socket.SHUT_RDWR)
    door.close()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "gateway"
    folder.mkdir()
    folder.chmod(0o755)
    doors = [serve(folder / name) for name in ("gateway.sock", "egress.sock")]
    yield folder
    for door in doors:
        close(door)


@pytest.fixture
async def with_gateway(
    state: Path, docker_engine: "DockerClient", wrapper_image: str, gateway: Path
) -> AsyncIterator[DockerExecutor]:
    made = DockerExecutor(
        state, always(wrapper_image), gateway=gateway, grace_seconds=2.0, client=docker_engine
    )
    yield made
    await made.remove(await made.known())


async def test_both_sockets(with_gateway: DockerExecutor) -> None:
    await with_gateway.start(RunSpec("r1", python(ASK), gateway=True), empty)
    ended = await with_gateway.wait("r1")
    assert ended.stdout == b"8484 gateway heard hello\n8485 egress heard hello\n"


async def test_no_more_than_that(with_gateway: DockerExecutor) -> None:
    script = """
    ls /sys/class/net; rm /run/orc/gateway/gateway.sock; touch /run/orc/gateway/x
    kill -9 -1
    """
    await with_gateway.start(RunSpec("r1", shell(script), gateway=True), empty)
    ended = await with_gateway.wait("r1")
    assert ended.stdout == b"lo\n"
    assert ended.stderr.count(b"Read-only file system") == 2


async def test_not_without_being_asked_for(with_gateway: DockerExecutor) -> None:
    await with_gateway.start(RunSpec("r1", python(ASK)), empty)
    ended = await with_gateway.wait("r1")
    assert ended.exit_code == 1
    assert b"ConnectionRefusedError" in ended.stderr


async def test_without_a_gateway_it_is_not_started(docker_executor: DockerExecutor) -> None:
    with pytest.raises(ValueError, match="needs the gateway"):
        await docker_executor.start(RunSpec("r1", python(ASK), gateway=True), empty)
    assert await docker_executor.known() == frozenset()


async def test_the_relay_is_no_part_of_the_run(with_gateway: DockerExecutor) -> None:
    """The end of an idle run is not put off by it; and what winds down can still be heard."""
    script = "trap 'exec python3 -c \"$ASK\"' TERM; echo hi; sleep 60 & wait"
    spec = RunSpec("r1", shell(script), env={"ASK": ASK}, gateway=True, limits=limits(idle=1))
    await with_gateway.start(spec, empty)
    ended = await with_gateway.wait("r1")
    assert ended.reason is ExitReason.IDLE
    assert ended.stdout == b"hi\n8484 gateway heard hello\n8485 egress heard hello\n"
