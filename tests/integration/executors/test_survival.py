"""The process executor when the app, or the supervisor, is killed: no run doubled, none lost."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent_image.tree import send
from app.domain.run import ExitReason, RunSpec
from app.executors.folder import RunFolder
from app.executors.process import ProcessExecutor

from .runs import DAEMON, empty, eventually, is_alive, python, shell
from .starter import POINTS, spec

ROOT = Path(__file__).parents[3]


@pytest.fixture
def executor(state: Path) -> ProcessExecutor:
    return ProcessExecutor(state, grace_seconds=0.5)


def starter(state: Path, count: Path, point: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.executors.starter", state, count, point],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


async def finish(executor: ProcessExecutor, count: Path) -> None:
    """What a restarted app does; the run must have happened once, and ended well."""
    await executor.start(spec(str(count)), empty)
    ended = await executor.wait("r1")
    assert (ended.reason, ended.exit_code, ended.stdout) == (ExitReason.EXITED, 0, b"done\n")
    assert count.read_text() == "ran\n"
    await executor.remove(await executor.known())
    assert list((count.parent / "state" / "runs").iterdir()) == []


@pytest.mark.parametrize("point", POINTS[:-1])
async def test_killed_starter(
    executor: ProcessExecutor, state: Path, tmp_path: Path, point: str
) -> None:
    count = tmp_path / "count"
    with starter(state, count, point) as process:
        assert process.wait() == -signal.SIGKILL
    await finish(executor, count)


async def test_killed_at_any_moment(tmp_path: Path) -> None:
    """The same, at moments spread over the whole start; eight apps, each with its own state."""
    apps = []
    for number in range(8):
        folder = tmp_path / str(number)
        folder.mkdir()
        apps.append((folder, starter(folder / "state", folder / "count", "later")))
    for number, (_, process) in enumerate(apps):
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        process.stdin.write(b"go\n")
        process.stdin.flush()
        await asyncio.sleep(number * 0.004)
        process.kill()
    for folder, process in apps:
        with process:
            process.wait()
        await finish(ProcessExecutor(folder / "state", grace_seconds=0.5), folder / "count")


async def test_two_apps_start_one_run(state: Path, tmp_path: Path) -> None:
    count = tmp_path / "count"
    apps = [starter(state, count, "later") for _ in range(2)]
    for app in apps:
        assert app.stdout is not None
        app.stdout.readline()
    for app in apps:
        app.communicate(b"go\n")
        assert app.returncode == 0
    assert count.read_text() == "ran\n"


async def test_what_a_killed_starter_left_running_harms_nothing(
    executor: ProcessExecutor, tmp_path: Path
) -> None:
    """Its half of a clone may go on for a while; it goes on in a folder that nobody uses."""
    seen: list[Path] = []

    async def prepare(workspace: Path) -> None:
        seen.append(workspace)
        raise KeyboardInterrupt

    run = RunSpec("r1", shell("ls; pwd"))
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            await executor.start(run, prepare)
    await executor.start(run, empty)
    ended = await executor.wait("r1")
    assert len(set(seen)) == 2
    assert ended.stdout.decode().strip() not in map(str, seen)


async def test_lost_when_the_supervisor_is_killed(
    executor: ProcessExecutor, state: Path, tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    script = f"{DAEMON}\nos.link(os.environ['ORC_OUT'] + '/daemon', {str(pid)!r})\ntime.sleep(600)"
    await executor.start(RunSpec("r1", python(script)), empty)
    await asyncio.to_thread(eventually, pid.exists)
    said = RunFolder(state / "runs", "r1").supervisor()
    assert said is not None
    os.kill(said[0], signal.SIGKILL)
    ended = await executor.wait("r1")
    assert ended.reason is ExitReason.LOST
    assert "start again" in ended.detail
    await executor.start(RunSpec("r1", shell("echo anew")), empty)
    assert not is_alive(int(pid.read_text()))
    assert (await executor.wait("r1")).stdout == b"anew\n"


async def test_a_supervisor_that_will_not_end_is_killed(
    executor: ProcessExecutor, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.executors.process._STOP_SECONDS", 0.3)
    await executor.start(RunSpec("r1", shell("sleep 600")), empty)
    folder = RunFolder(state / "runs", "r1")
    await asyncio.to_thread(eventually, lambda: folder.supervisor() is not None)
    said = folder.supervisor()
    assert said is not None
    send(said[0], signal.SIGSTOP)
    await executor.stop("r1")
    assert (await executor.wait("r1")).reason is ExitReason.STOPPED


async def test_a_stranger_with_the_supervisors_pid_is_left_alone(
    executor: ProcessExecutor, state: Path
) -> None:
    await executor.start(RunSpec("r1", shell("sleep 1; echo done")), empty)
    folder = RunFolder(state / "runs", "r1")
    await asyncio.to_thread(eventually, lambda: folder.supervisor() is not None)
    with subprocess.Popen(["sleep", "600"]) as stranger:
        (folder.path / "wrapper.json").write_text(f'{{"pid": {stranger.pid}, "started": "1"}}')
        await executor.stop("r1")
        assert stranger.poll() is None
        stranger.kill()
    assert (await executor.wait("r1")).stdout == b"done\n"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"reason": "lucky"}', '{"reason": "exited", "exit_code": "x"}']
)
async def test_a_result_that_makes_no_sense_is_none(
    executor: ProcessExecutor, state: Path, content: str
) -> None:
    await executor.start(RunSpec("r1", shell("true")), empty)
    await executor.wait("r1")
    (state / "runs/r1/result.json").write_text(content)
    assert (await executor.wait("r1")).reason is ExitReason.LOST
