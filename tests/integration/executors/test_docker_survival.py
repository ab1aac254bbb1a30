"""Runs in containers when the app is killed, or they are: none doubled, none left over."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.domain.run import ExitReason, RunSpec
from app.executors.docker import DockerExecutor

from .docker_starter import IN_PREPARE, POINTS, WAITING, spec
from .runs import empty, limits, shell

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

ROOT = Path(__file__).parents[3]
IDS = ("a", "b", "c")

App = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def app(state: Path, wrapper_image: str) -> Iterator[App]:
    """Starts an app that starts runs; whatever happens, it is dead after the test."""
    apps = []

    def start(point: str, *ids: str) -> "subprocess.Popen[bytes]":
        module = "tests.integration.executors.docker_starter"
        command = [sys.executable, "-m", module, str(state), wrapper_image, point, *ids]
        apps.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE))
        return apps[-1]

    yield start
    for each in apps:
        with each:
            each.kill()


class Engine:
    """What the engine itself says of the runs of one executor."""

    def __init__(self, client: "DockerClient", executor: DockerExecutor) -> None:
        self._client = client
        self._label = f"orc.home={executor._engine._home}"
        self._since = int(time.time())

    def containers(self) -> "list[Container]":
        return self._client.containers.list(all=True, filters={"label": self._label})

    def starts(self) -> Counter[str]:
        """How often each run has been started."""
        events = self._client.events(
            since=self._since,
            until=int(time.time()) + 1,
            filters={"label": self._label, "event": "start"},
            decode=True,
        )
        return Counter(event["Actor"]["Attributes"]["orc.run"] for event in events)


@pytest.fixture
def engine(docker_engine: "DockerClient", docker_executor: DockerExecutor) -> Engine:
    return Engine(docker_engine, docker_executor)


def let_end(state: Path, *ids: str) -> None:
    for run_id in ids:
        folder = state / "runs" / run_id
        if folder.is_dir():
            (folder / "go").touch()


async def finish(executor: DockerExecutor, state: Path, *ids: str) -> None:
    """What a restarted app does; each run must have happened, and ended well."""
    for run_id in ids:
        await executor.start(spec(run_id), make_half)
    let_end(state, *ids)
    for run_id in ids:
        ended = await executor.wait(run_id)
        assert (ended.reason, ended.stdout) == (ExitReason.EXITED, f"{run_id}\n".encode())
        assert await executor.wait(run_id) == ended


async def make_half(workspace: Path) -> None:
    (workspace / "half").write_text("")


async def nothing_is_left(executor: DockerExecutor, engine: Engine, state: Path) -> None:
    await executor.remove(await executor.known())
    assert engine.containers() == []
    assert list((state / "runs").iterdir()) == []
    assert await executor.known() == frozenset()


@pytest.mark.parametrize("point", [IN_PREPARE, *POINTS])
async def test_killed_app(
    app: App, docker_executor: DockerExecutor, engine: Engine, state: Path, point: str
) -> None:
    with app(point, "a") as process:
        while process.poll() is None:
            let_end(state, "a")
            await asyncio.sleep(0.05)
        assert process.returncode == -signal.SIGKILL
    await finish(docker_executor, state, "a")
    assert engine.starts() == {"a": 1}
    await nothing_is_left(docker_executor, engine, state)


async def killed_with_three(app: App) -> None:
    with app(WAITING, *IDS) as process:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == b"started\n"
        process.kill()


async def test_three_are_found_again(
    app: App, docker_executor: DockerExecutor, engine: Engine, state: Path
) -> None:
    await killed_with_three(app)
    assert await docker_executor.known() == set(IDS)
    await finish(docker_executor, state, *IDS)
    assert engine.starts() == dict.fromkeys(IDS, 1)
    await nothing_is_left(docker_executor, engine, state)


@pytest.mark.parametrize("removed", [False, True], ids=["killed", "removed"])
@pytest.mark.parametrize("waiting", [False, True], ids=["nobody waits", "somebody waits"])
async def test_containers_that_die_are_lost_once(
    *,
    app: App,
    docker_executor: DockerExecutor,
    engine: Engine,
    state: Path,
    removed: bool,
    waiting: bool,
) -> None:
    await killed_with_three(app)
    waits = [asyncio.create_task(docker_executor.wait(run_id)) for run_id in IDS if waiting]
    await asyncio.sleep(0.5 if waiting else 0)
    for container in engine.containers():
        if removed:
            container.remove(force=True)
        else:
            container.kill()
    for number, run_id in enumerate(IDS):
        if not waiting:
            await docker_executor.start(spec(run_id), make_half)
        ended = await (waits[number] if waiting else docker_executor.wait(run_id))
        assert ended.reason is ExitReason.LOST
        assert "start again" in ended.detail
    assert engine.starts() == dict.fromkeys(IDS, 1)
    assert engine.containers() == []
    await finish(docker_executor, state, *IDS)
    await nothing_is_left(docker_executor, engine, state)


async def test_two_apps_start_one_run(
    app: App, docker_executor: DockerExecutor, engine: Engine, state: Path
) -> None:
    for process in [app(WAITING, "a") for _ in range(3)]:
        assert process.stdout is not None
        await asyncio.to_thread(process.stdout.readline)
    await finish(docker_executor, state, "a")
    assert engine.starts() == {"a": 1}


async def test_stopped_by_another_app(
    app: App, docker_executor: DockerExecutor, engine: Engine, state: Path
) -> None:
    process = app(WAITING, "a")
    assert process.stdout is not None
    await asyncio.to_thread(process.stdout.readline)
    await docker_executor.stop("a")
    assert (await docker_executor.wait("a")).reason is ExitReason.STOPPED
    assert await asyncio.to_thread(process.wait) == 0  # its wait has ended, too
    assert engine.containers() == []


async def test_other_folders_runs_are_left_alone(
    docker_executor: DockerExecutor, make_docker: Callable[[Path], DockerExecutor], tmp_path: Path
) -> None:
    other = make_docker(tmp_path / "other")
    await other.start(RunSpec("r1", shell("sleep 0.5; echo mine")), empty)
    await docker_executor.remove(await docker_executor.known())
    assert await docker_executor.known() == frozenset()
    assert (await other.wait("r1")).stdout == b"mine\n"
    await other.remove(await other.known())


async def test_a_lost_state_folder_leaks_no_container(
    docker_executor: DockerExecutor, engine: Engine, state: Path
) -> None:
    await docker_executor.start(RunSpec("r1", shell("sleep 600")), empty)
    for path in (state / "runs").iterdir():
        path.rename(state / path.name)
    assert await docker_executor.known() == {"r1"}
    await nothing_is_left(docker_executor, engine, state)


async def test_an_image_that_is_not_there_leaves_nothing(
    docker_executor: DockerExecutor, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import docker

    async def missing(_capabilities: frozenset[str]) -> str:
        return "orc-test-no-such-image"

    right = docker_executor._image
    monkeypatch.setattr(docker_executor, "_image", missing)
    with pytest.raises(docker.errors.ImageNotFound):
        await docker_executor.start(RunSpec("r1", shell("echo hi")), empty)
    monkeypatch.setattr(docker_executor, "_image", right)
    await docker_executor.start(RunSpec("r1", shell("echo hi")), empty)
    assert (await docker_executor.wait("r1")).stdout == b"hi\n"


async def test_an_image_without_the_wrapper_says_so(
    docker_executor: DockerExecutor, python_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def bare(_capabilities: frozenset[str]) -> str:
        return python_image

    monkeypatch.setattr(docker_executor, "_image", bare)
    await docker_executor.start(RunSpec("r1", shell("echo hi")), empty)
    ended = await docker_executor.wait("r1")
    assert ended.reason is ExitReason.LOST
    assert "agent_image" in ended.detail


async def test_a_run_that_somebody_paused(docker_executor: DockerExecutor, engine: Engine) -> None:
    script = "while :; do echo tick; sleep 0.1; done"
    await docker_executor.start(RunSpec("r1", shell(script)), empty)
    waiting = asyncio.create_task(docker_executor.wait("r1"))
    (container,) = engine.containers()
    container.pause()
    await docker_executor.stop("r1")
    assert (await waiting).reason is ExitReason.STOPPED


async def test_what_nothing_in_the_container_ends_in_time(
    docker_executor: DockerExecutor, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.executors.remains._SPARE_SECONDS", 0.0)
    monkeypatch.setattr("app.executors.docker._LEAST_SECONDS", 0.0)
    await docker_executor.start(RunSpec("r1", shell("sleep 600"), limits=limits(1.0)), empty)
    (container,) = engine.containers()
    container.kill("SIGSTOP")  # its first process, which is the wrapper
    ended = await docker_executor.wait("r1")
    assert ended.reason is ExitReason.TIMED_OUT
    assert not engine.containers()
    assert (await docker_executor.wait("r1")).reason is ExitReason.TIMED_OUT


async def test_a_stop_that_comes_when_all_is_over(
    docker_executor: DockerExecutor, engine: Engine, state: Path
) -> None:
    """The wrapper sees the executor's mark before its signal, which then finds nothing to end."""
    await docker_executor.start(RunSpec("r1", shell("sleep 600")), empty)
    (container,) = engine.containers()
    container.pause()
    (state / "runs/r1/stop").touch()
    container.unpause()
    for _ in range(3):
        container.kill("SIGTERM")
    assert (await docker_executor.wait("r1")).reason is ExitReason.STOPPED


async def test_runs_go_on_when_the_executor_is_closed(
    state: Path, wrapper_image: str, docker_executor: DockerExecutor
) -> None:
    async def image(_capabilities: frozenset[str]) -> str:
        return wrapper_image

    closing = DockerExecutor(state, image)
    await closing.start(RunSpec("r1", shell("sleep 0.5; echo done")), empty)
    closing.close()
    assert (await docker_executor.wait("r1")).stdout == b"done\n"


async def test_the_user_is_not_root(docker_executor: DockerExecutor, engine: Engine) -> None:
    await docker_executor.start(RunSpec("r1", shell("sleep 600")), empty)
    (container,) = engine.containers()
    uid = 10_001 if os.getuid() == 0 else os.getuid()
    assert container.attrs["Config"]["User"].partition(":")[0] == str(uid)
    assert container.attrs["HostConfig"]["NetworkMode"] == "none"
    assert container.attrs["HostConfig"]["ReadonlyRootfs"] is True
    assert container.attrs["HostConfig"]["Privileged"] is False
    mounts = {each["Destination"]: each["RW"] for each in container.attrs["Mounts"]}
    assert mounts == {"/run/orc/job": False}
