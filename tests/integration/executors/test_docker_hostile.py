"""Runs that do their worst, each beside a run that must not feel it."""

import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.domain.run import ExitReason, RunExit, RunLimits, RunSpec
from app.executors.docker import DockerExecutor
from app.executors.outlet import Outlet

from .runs import empty, python, shell

MIB = 1 << 20
LIMITS = RunLimits(
    wall_seconds=20,
    idle_seconds=20,
    output_bytes=100_000,
    memory_bytes=96 * MIB,
    disk_bytes=32 * MIB,
    cpus=0.5,
    processes=64,
)
HOG = "keep = []\nwhile True: keep.append(bytearray(16 << 20))"
# Exits with 3 if it could take hold of the program that fetches the results.
TRACE = """
import ctypes, pathlib, sys, time
libc, end = ctypes.CDLL(None), time.monotonic() + 4
while time.monotonic() < end:
    for each in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            fetches = b"agent_image.outlet" in (each / "cmdline").read_bytes()
        except OSError:
            continue
        if fetches and libc.ptrace(16, int(each.name), 0, 0) == 0:
            sys.exit(3)
"""

Hostile = Callable[..., Awaitable[RunExit]]


@pytest.fixture
async def hostile(docker_executor: DockerExecutor, state: Path) -> Hostile:
    """Runs something hostile, and sees that a neighbour that began before it ends well after it."""

    async def both(argv: tuple[str, ...], **changed: Any) -> RunExit:
        neighbour = shell('until test -e "$ORC_JOB/../go"; do echo .; sleep 0.2; done')
        spec = RunSpec("neighbour", neighbour, limits=RunLimits(idle_seconds=15))
        await docker_executor.start(spec, empty)
        limits = {name: getattr(LIMITS, name) for name in RunLimits.__slots__} | changed
        await docker_executor.start(RunSpec("hostile", argv, limits=RunLimits(**limits)), empty)
        ended = await docker_executor.wait("hostile")
        (state / "runs/neighbour/go").touch()
        beside = await docker_executor.wait("neighbour")
        assert (beside.reason, beside.exit_code, beside.detail) == (ExitReason.EXITED, 0, "")
        assert beside.stdout.startswith(b".\n.\n")
        return ended

    return both


@dataclass(frozen=True)
class Case:
    argv: tuple[str, ...]
    reason: ExitReason
    detail: str = ""
    wall: float = 20.0


CASES = {
    "4 GB of memory": Case(python(HOG), ExitReason.OUT_OF_MEMORY, "memory was used up"),
    "4 GB of memory in a child": Case(
        shell(f"python3 -c '{HOG}' || exit 1"), ExitReason.OUT_OF_MEMORY, "memory was used up"
    ),
    "a full disk": Case(
        shell("head -c 1G /dev/zero > big"), ExitReason.OUT_OF_DISK, "written to /work"
    ),
    "a full disk elsewhere": Case(
        shell("head -c 1G /dev/zero > /tmp/big"),
        # its file system is larger than all the memory it has
        ExitReason.OUT_OF_MEMORY,
        "memory was used up",
    ),
    "a disk full of nothing": Case(
        shell("for n in $(seq 30); do mkdir $n; (cd $n; touch {1..1000}) || exit 1; done"),
        ExitReason.OUT_OF_DISK,
        "written to /work",
    ),
    "an endless loop": Case(shell("while :; do :; done"), ExitReason.TIMED_OUT, wall=2),
    "a fork bomb": Case(shell("f() { f | f & }; f; sleep 60"), ExitReason.TIMED_OUT, wall=3),
    "a bomb of stubborn processes": Case(
        python(
            "import os, signal\nsignal.signal(15, signal.SIG_IGN)\n"
            "while True:\n try: os.fork() or os.setsid()\n except OSError: pass"
        ),
        ExitReason.TIMED_OUT,
        wall=3,
    ),
    "killing all it can": Case(
        shell("trap '' TERM; kill -9 -1; kill -9 1; kill -STOP 1; exit 5"), ExitReason.EXITED
    ),
    "killing the outlet": Case(
        shell("trap '' TERM; while :; do kill -9 -1; sleep 0.1; done"),
        ExitReason.TIMED_OUT,
        wall=3,
    ),
    "freezing the outlet": Case(
        shell("trap '' TERM; while :; do kill -STOP -1; sleep 0.1; done"),
        ExitReason.TIMED_OUT,
        wall=3,
    ),
    "tracing the outlet": Case(python(TRACE), ExitReason.EXITED, wall=10),
    "ending its wrapper": Case(
        shell("kill -TERM 1; sleep 60"), ExitReason.LOST, "something else than its owner"
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_classified(hostile: Hostile, name: str) -> None:
    case = CASES[name]
    ended = await hostile(case.argv, wall_seconds=case.wall)
    assert ended.reason is case.reason
    assert ended.exit_code != 3
    assert case.detail in ended.detail


async def test_a_child_that_ran_out_of_memory_and_was_not_missed(hostile: Hostile) -> None:
    ended = await hostile(shell(f"python3 -c '{HOG}' || echo never mind"))
    assert (ended.reason, ended.exit_code, ended.stdout) == (
        ExitReason.EXITED,
        0,
        b"never mind\n",
    )


async def test_a_flood_of_output_reaches_no_log(
    hostile: Hostile, docker_executor: DockerExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written past the wrapper would be on the host's disk, outside of any limit."""
    sizes = []
    fetch = Outlet.fetch

    async def look(outlet: Outlet) -> bool:
        done = await fetch(outlet)
        sizes.append(len(docker_executor._engine.last_words(outlet._container)))
        return done

    monkeypatch.setattr(Outlet, "fetch", look)
    script = "for fd in 1 2; do head -c 100M /dev/zero > /proc/1/fd/$fd; done; echo x >&2; exit 3"
    ended = await hostile(shell(script))
    assert (ended.reason, ended.exit_code) == (ExitReason.EXITED, 3)
    assert ended.stderr.count(b"Permission denied") == 2
    assert set(sizes) == {0}


@pytest.mark.parametrize(
    ("script", "files"),
    [
        ('ln -s /etc/passwd "$ORC_OUT/a"; ln -s / "$ORC_OUT/b"', set()),
        ('mkfifo "$ORC_OUT/pipe"; echo x > "$ORC_OUT/x"', {"x"}),
        ('cd "$ORC_OUT"; for n in {1..300}; do mkdir d; cd d; done; echo x > x', set()),
        ('cd "$ORC_OUT"; for n in {1..31}; do mkdir d; cd d; done; echo x > x', {"d/" * 31 + "x"}),
        ('cd "$ORC_OUT"; n=$(printf %0200d 1); mkdir $n; echo x > $n/$n', {f"{1:0200}/{1:0200}"}),
        ('truncate -s 10M "$ORC_OUT/sparse"; chmod 0 "$ORC_OUT/sparse"', set()),
        ('rm -rf "$ORC_OUT"; ln -s /etc "$ORC_OUT"', set()),
        ("rm -rf /run/orc/results/*; mkfifo /run/orc/results/{result.json,stdout,out}", set()),
        ("cd /run/orc/results; ln -sf /etc/passwd stdout; mkdir -p result.json/x out/y", set()),
        ("head -c 1G /dev/zero > /run/orc/results/more; true", set()),
        ("chmod 0 /run/orc/results/{stdout,stderr}", set()),
        ("chmod 0 /run/orc/results", set()),
        (
            "cd /run/orc/results; mkdir -p out/a; touch out/a/x; chmod 0 out/a/x; chmod 500 out/a",
            set(),
        ),
    ],
    ids=[
        "links",
        "pipe",
        "too deep",
        "deep",
        "long names",
        "sparse and closed",
        "link for a folder",
        "pipes for results",
        "folders for results",
        "results full",
        "closed streams",
        "closed results",
        "closed folders",
    ],
)
async def test_what_is_left_behind(hostile: Hostile, script: str, files: set[str]) -> None:
    ended = await hostile(shell(script), memory_bytes=512 * MIB)
    assert ended.reason is ExitReason.EXITED
    assert ended.out is not None
    found = {p.relative_to(ended.out).as_posix() for p in ended.out.rglob("*") if p.is_file()}
    assert found == files
    assert not any(path.is_symlink() for path in ended.out.rglob("*"))


async def test_a_workspace_that_does_not_fit(docker_executor: DockerExecutor) -> None:
    async def prepare(workspace: Path) -> None:
        (workspace / "big").write_bytes(bytes(40 * MIB))

    await docker_executor.start(RunSpec("r1", shell("true"), limits=LIMITS), prepare)
    ended = await docker_executor.wait("r1")
    assert ended.reason is ExitReason.OUT_OF_DISK
    assert "does not fit" in ended.detail


async def test_what_runs_when_the_work_is_taken_holds_up_nothing(
    docker_executor: DockerExecutor,
) -> None:
    """Git runs what the agent's configuration names, when all else of the run has ended."""
    script = """
    git init -q; git config user.name x; git config user.email x@x
    git commit -q --allow-empty -m one; git rev-parse HEAD >"$ORC_OUT/base"
    git config filter.x.clean 'chmod 0700 /run/orc/results; chmod 0 /run/orc/results/stdout; cat'
    echo '* filter=x' >.gitattributes; echo x >x
    """
    spec = RunSpec("r1", shell(script), base="0" * 40, limits=LIMITS)
    await docker_executor.start(spec, empty)
    ended = await docker_executor.wait("r1")
    assert ended.reason is ExitReason.EXITED
    assert "no longer in the repository" in ended.detail


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["137", "143"])
async def test_what_we_did_not_ask_for_is_a_loss(
    docker_executor: DockerExecutor, number: int
) -> None:
    await docker_executor.start(RunSpec("r1", shell("sleep 60")), empty)
    docker_executor._engine._client.containers.get(docker_executor._engine.name("r1")).stop(
        timeout=1 if number == signal.SIGTERM else 0
    )
    ended = await docker_executor.wait("r1")
    assert ended.reason is ExitReason.LOST
    assert "start again" in ended.detail
    assert await docker_executor.known() == {"r1"}
    await docker_executor.start(RunSpec("r1", shell("echo anew")), empty)
    assert (await docker_executor.wait("r1")).stdout == b"anew\n"
