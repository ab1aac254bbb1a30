"""The loop mode: the same command again, until its promise is kept or a ceiling is reached."""

import asyncio
from pathlib import Path

import pytest

from app.domain.run import ExitReason, Repeat, RunExit, RunLimits, RunSpec
from app.graphs.ports import Executor

from .runs import DAEMON, MARK, empty, limits, marked, python, shell

# Says which turn it is, from what earlier turns left in the workspace.
COUNT = 'echo >> turns; n=$(wc -l < turns); echo "turn $n"; '
PIECES = b"".join(b"turn %d\nALL\nDONE\n" % turn for turn in (1, 2, 3))


async def repeat(
    executor: Executor, argv: tuple[str, ...], times: int = 3, limit: RunLimits | None = None
) -> RunExit:
    loop = Repeat("ALL DONE", times)
    await executor.start(RunSpec("r1", argv, limits=limit or limits(), repeat=loop), empty)
    return await executor.wait("r1")


@pytest.mark.parametrize(
    ("script", "said", "detail"),
    [
        ("((n < 2)) || echo ALL DONE", b"turn 1\nturn 2\nALL DONE\n", "kept in turn 2 of 3"),
        ("echo ALL DONE", b"turn 1\nALL DONE\n", "kept in turn 1 of 3"),
        ("true", b"turn 1\nturn 2\nturn 3\n", "not kept in 3 turns"),
        ("echo ALL DONE >&2", b"turn 1\nturn 2\nturn 3\n", "not kept in 3 turns"),
        ("echo ALL; sleep 0.1; echo DONE", PIECES, "not kept in 3 turns"),
        ("printf ALL; sleep 0.2; echo ' DONE'", b"turn 1\nALL DONE\n", "kept in turn 1 of 3"),
    ],
    ids=["second turn", "first turn", "never", "elsewhere", "not as one text", "in two writes"],
)
async def test_until_the_promise_is_kept(
    executor: Executor, script: str, said: bytes, detail: str
) -> None:
    ended = await repeat(executor, shell(COUNT + script))
    assert (ended.reason, ended.exit_code) == (ExitReason.EXITED, 0)
    assert ended.detail == f"the promise was {detail}"
    assert ended.stdout == said


async def test_a_promise_that_is_not_kept_of_the_output_counts(executor: Executor) -> None:
    script = "head -c 200K /dev/zero; echo ALL DONE; head -c 200K /dev/zero"
    ended = await repeat(executor, shell(script), limit=limits(output=10_000))
    assert b"ALL DONE" not in ended.stdout
    assert ended.detail == "the promise was kept in turn 1 of 3"


async def test_one_cap_for_the_output_of_all_turns(executor: Executor) -> None:
    script = f"{COUNT} head -c 9000 /dev/zero"
    ended = await repeat(executor, shell(script), limit=limits(output=10_000))
    assert (ended.truncated, len(ended.stdout) <= 10_000) == (True, True)
    assert ended.stdout.startswith(b"turn 1\n")


async def test_a_turn_that_fails_is_the_last(executor: Executor) -> None:
    ended = await repeat(executor, shell(f"{COUNT} exit $((n == 2 ? 7 : 0))"))
    assert (ended.reason, ended.exit_code) == (ExitReason.EXITED, 7)
    assert ended.stdout == b"turn 1\nturn 2\n"
    assert ended.detail == "the loop ended with turn 2 of 3"


async def test_what_can_not_be_started_is_not_tried_again(executor: Executor) -> None:
    ended = await repeat(executor, ("no-such-command",))
    assert ended.reason is ExitReason.NOT_STARTED
    assert ended.detail.startswith("the loop ended with turn 1 of 3; the command could not be")


async def test_one_wall_deadline_for_all_turns(executor: Executor) -> None:
    ended = await repeat(executor, shell(f"{COUNT} sleep 0.3"), 50, limits(wall=2.0))
    assert ended.reason is ExitReason.TIMED_OUT
    assert 1 <= ended.stdout.count(b"turn") <= 7
    assert ended.detail.startswith("the loop ended with turn ")


async def test_a_silent_turn_is_the_last(executor: Executor) -> None:
    script = f"{COUNT} ((n < 2)) || sleep 60"
    ended = await repeat(executor, shell(script), limit=limits(idle=1.0))
    assert (ended.reason, ended.stdout) == (ExitReason.IDLE, b"turn 1\nturn 2\n")


async def test_a_stop_is_the_end_of_the_loop(executor: Executor, tmp_path: Path) -> None:
    script, mark = f"{COUNT} sleep 0.05", str(tmp_path)
    loop = Repeat("ALL DONE", 50)
    spec = RunSpec("r1", shell(script), env={MARK: mark}, limits=limits(), repeat=loop)
    await executor.start(spec, empty)
    await asyncio.sleep(0.5)
    await executor.stop("r1")
    ended = await executor.wait("r1")
    assert ended.reason is ExitReason.STOPPED
    assert marked(mark) == []


async def test_nothing_of_a_turn_lives_in_the_next(executor: Executor, tmp_path: Path) -> None:
    """The second turn looks for the daemon of the first by its pid."""
    look = """
import os, time
try:
    pid = open(os.environ["ORC_OUT"] + "/daemon").read()
    os.unlink(os.environ["ORC_OUT"] + "/daemon")
    print(os.path.exists(f"/proc/{pid}"))
except FileNotFoundError:
    print("first")
"""
    env, loop = {MARK: str(tmp_path)}, Repeat("ALL DONE", 2)
    spec = RunSpec("r1", python(look + DAEMON), env=env, limits=limits(), repeat=loop)
    await executor.start(spec, empty)
    assert (await executor.wait("r1")).stdout == b"first\nFalse\n"
    assert marked(str(tmp_path)) == []
