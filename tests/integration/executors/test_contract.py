"""What every executor does with a run that behaves, and with one that does not."""

import asyncio
import signal
from pathlib import Path

import pytest

from app.domain.run import ExitReason, RunSpec
from app.graphs.ports import Executor

from .runs import DAEMON, MARK, empty, limits, marked, python, run, shell


@pytest.mark.parametrize("code", [0, 3, 255])
async def test_exit_code(executor: Executor, code: int) -> None:
    ended = await run(executor, shell(f"exit {code}"))
    assert (ended.reason, ended.exit_code, ended.signal) == (ExitReason.EXITED, code, None)


async def test_ended_by_a_signal(executor: Executor) -> None:
    ended = await run(executor, shell("kill -9 $$"))
    assert (ended.reason, ended.exit_code, ended.signal) == (ExitReason.EXITED, None, 9)


async def test_streams_are_apart_and_input_is_empty(executor: Executor) -> None:
    ended = await run(executor, shell("cat; echo out; echo err >&2"))
    assert (ended.stdout, ended.stderr, ended.truncated) == (b"out\n", b"err\n", False)
    assert 0 < ended.seconds < 20


async def test_runs_in_the_prepared_workspace(executor: Executor) -> None:
    async def prepare(workspace: Path) -> None:
        assert list(workspace.iterdir()) == []
        (workspace / "hello.txt").write_text("hello")

    await executor.start(RunSpec("r1", shell("cat hello.txt")), prepare)
    assert (await executor.wait("r1")).stdout == b"hello"


@pytest.mark.parametrize(
    "argv",
    [("no-such-command",), ("/etc/passwd",), (), ("./no-such-file",), ("a\0b",)],
    ids=["missing", "not executable", "empty", "missing file", "NUL"],
)
async def test_not_started(executor: Executor, argv: tuple[str, ...]) -> None:
    ended = await run(executor, argv)
    assert (ended.reason, ended.exit_code, ended.signal) == (ExitReason.NOT_STARTED, None, None)
    assert "could not be executed" in ended.detail


async def test_wall_deadline_ends_a_chatty_command(executor: Executor) -> None:
    script = "while :; do echo still here; sleep 0.05; done"
    ended = await run(executor, shell(script), limits(wall=0.8, idle=15))
    assert ended.reason is ExitReason.TIMED_OUT
    assert ended.signal == signal.SIGTERM
    assert ended.stdout.startswith(b"still here\n")


@pytest.mark.parametrize(
    "script",
    ["echo hi; sleep 60", "echo hi; while :; do :; done", "echo hi; exec >&- 2>&-; sleep 60"],
    ids=["sleeping", "working", "output closed"],
)
async def test_idle_deadline_ends_a_silent_command(executor: Executor, script: str) -> None:
    ended = await run(executor, shell(script), limits(wall=15, idle=0.6))
    assert ended.reason is ExitReason.IDLE
    assert ended.stdout == b"hi\n"
    assert ended.seconds < 10


async def test_output_puts_the_idle_deadline_off(executor: Executor) -> None:
    script = "for n in 1 2 3 4 5; do sleep 0.25; echo $n >&2; done"
    ended = await run(executor, shell(script), limits(idle=1.0))
    assert (ended.reason, ended.exit_code) == (ExitReason.EXITED, 0)


async def test_sigterm_gives_time_to_say_goodbye(executor: Executor) -> None:
    script = "trap 'echo bye; exit 7' TERM; echo hi; sleep 60 & wait"
    ended = await run(executor, shell(script), limits(idle=0.6))
    assert (ended.reason, ended.exit_code) == (ExitReason.IDLE, 7)
    assert ended.stdout == b"hi\nbye\n"


async def test_ignoring_sigterm_does_not_help(executor: Executor) -> None:
    script = "trap '' TERM; echo no; while :; do sleep 1; done"
    ended = await run(executor, shell(script), limits(idle=0.6))
    assert (ended.reason, ended.signal) == (ExitReason.IDLE, signal.SIGKILL)


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ("", ExitReason.EXITED),
        ("time.sleep(600)", ExitReason.IDLE),
        ("signal.signal(15, signal.SIG_IGN)\ntime.sleep(600)", ExitReason.IDLE),
        ("os.kill(os.getpid(), 9)", ExitReason.EXITED),
    ],
    ids=["exits", "hangs", "ignores SIGTERM", "is killed"],
)
async def test_no_daemon_survives(
    executor: Executor, tmp_path: Path, last: str, reason: ExitReason
) -> None:
    argv, env = python(f"import signal\n{DAEMON}\n{last}"), {MARK: str(tmp_path)}
    await executor.start(RunSpec("r1", argv, env=env, limits=limits(idle=1.0)), empty)
    ended = await executor.wait("r1")
    assert ended.reason is reason
    assert ended.out is not None
    assert (ended.out / "daemon").exists()
    assert marked(str(tmp_path)) == []


async def test_no_forking_crowd_survives(executor: Executor) -> None:
    script = "for n in $(seq 40); do (setsid bash -c 'while :; do sleep 0.01; done' &) ; done"
    ended = await run(executor, shell(script))
    assert (ended.reason, ended.detail) == (ExitReason.EXITED, "")


async def test_a_gigabyte_costs_nothing(executor: Executor, state: Path) -> None:
    script = "head -c 1G /dev/zero; echo the end"
    ended = await run(executor, shell(script), limits(wall=60, output=10_000))
    assert (ended.reason, ended.exit_code, ended.truncated) == (ExitReason.EXITED, 0, True)
    assert len(ended.stdout) <= 10_000
    assert b"bytes left out" in ended.stdout
    assert ended.stdout.endswith(b"\0the end\n")
    assert sum(path.stat().st_size for path in state.rglob("*") if path.is_file()) < 100_000


async def test_binary_output_is_kept_as_it_is(executor: Executor) -> None:
    script = "import os; os.write(1, bytes(range(256)) * 64); os.write(2, b'\\0\\xff')"
    ended = await run(executor, python(script))
    assert ended.stdout == bytes(range(256)) * 64
    assert ended.stderr == b"\0\xff"


async def test_nothing_of_the_host_is_visible(
    executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY_TOKEN", "canary-value")
    script = (
        "import os, pathlib\n"
        "print(*sorted(os.environ))\n"
        "print(os.environ['HOME'])\n"
        "print(pathlib.Path(f'/proc/{os.getppid()}/environ').read_text())"
    )
    spec = RunSpec("r1", python(script), env={"GIVEN": "1", "HOME": "/root"})
    await executor.start(spec, empty)
    ended = await executor.wait("r1")
    names, home, _ = ended.stdout.decode().split("\n", 2)
    assert names == "GIVEN HOME LANG ORC_JOB ORC_OUT PATH TMPDIR"
    assert home != "/root"
    assert b"canary" not in ended.stdout.lower()


async def test_files_of_the_job(executor: Executor) -> None:
    files = {"task.json": b"{}", "notes/a.bin": b"\0\xff"}
    script = 'cd "$ORC_JOB" && cat task.json notes/a.bin; stat -c %a task.json'
    await executor.start(RunSpec("r1", shell(script), files=files), empty)
    assert (await executor.wait("r1")).stdout == b"{}\0\xff444\n"


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", ""])
async def test_files_outside_of_the_job_are_refused(executor: Executor, name: str) -> None:
    with pytest.raises(ValueError, match="file of a job"):
        await executor.start(RunSpec("r1", shell("true"), files={name: b""}), empty)
    await executor.start(RunSpec("r1", shell("true")), empty)
    assert (await executor.wait("r1")).exit_code == 0


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", "a~b", "a b", ".hidden", "x.lock", "a\n"])
async def test_ids_that_are_no_names_are_refused(executor: Executor, run_id: str) -> None:
    with pytest.raises(ValueError, match="id of a run"):
        await executor.start(RunSpec(run_id, shell("true")), empty)


async def test_a_failed_preparation_can_be_repeated(executor: Executor) -> None:
    async def fail(_workspace: Path) -> None:
        raise ConnectionError("GitHub is away")

    spec = RunSpec("r1", shell("echo done"))
    with pytest.raises(ConnectionError):
        await executor.start(spec, fail)
    assert (await executor.wait("r1")).reason is ExitReason.LOST
    await executor.start(spec, empty)
    assert (await executor.wait("r1")).stdout == b"done\n"


async def test_many_runs_at_once(executor: Executor) -> None:
    ids = [f"r{number}" for number in range(12)]
    for run_id in ids:
        await executor.start(RunSpec(run_id, shell(f"echo {run_id}")), empty)
    ended = await asyncio.gather(*(executor.wait(run_id) for run_id in ids))
    assert [one.stdout.decode().strip() for one in ended] == ids
