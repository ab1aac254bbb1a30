"""Starting twice, waiting, stopping, removing: the life of a run as its callers see it."""

import asyncio
from pathlib import Path

import pytest

from app.domain.run import ExitReason, RunSpec
from app.graphs.ports import Executor

from .runs import DAEMON, MARK, empty, eventually, marked, python, shell


async def test_the_same_id_is_started_once(executor: Executor) -> None:
    spec = RunSpec("r1", shell("ls; sleep 0.5"))
    prepared = 0

    async def prepare(workspace: Path) -> None:
        nonlocal prepared
        prepared += 1
        (workspace / str(prepared)).touch()
        await asyncio.sleep(0.05)

    await asyncio.gather(*(executor.start(spec, prepare) for _ in range(4)))
    await executor.start(spec, prepare)
    first = await executor.wait("r1")
    await executor.start(spec, prepare)
    assert await executor.wait("r1") == first
    assert (first.exit_code, first.stdout, prepared) == (0, b"1\n", 1)


async def test_waiting_for_what_was_never_started(executor: Executor) -> None:
    ended = await executor.wait("r1")
    assert ended.reason is ExitReason.LOST
    assert "no run r1" in ended.detail


async def test_any_number_may_wait_and_give_up(executor: Executor) -> None:
    await executor.start(RunSpec("r1", shell("sleep 0.6; echo done")), empty)
    impatient = asyncio.create_task(executor.wait("r1"))
    patient = [asyncio.create_task(executor.wait("r1")) for _ in range(3)]
    await asyncio.sleep(0.1)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert [one.stdout for one in await asyncio.gather(*patient)] == [b"done\n"] * 3


async def test_stop_ends_all_of_it(executor: Executor, tmp_path: Path) -> None:
    mark = str(tmp_path)
    spec = RunSpec("r1", python(f"{DAEMON}\ntime.sleep(600)"), env={MARK: mark})
    await executor.start(spec, empty)
    await asyncio.to_thread(eventually, lambda: len(marked(mark)) > 1)
    waiting = asyncio.create_task(executor.wait("r1"))
    await executor.stop("r1")
    assert (await waiting).reason is ExitReason.STOPPED
    assert marked(mark) == []
    await executor.start(RunSpec("r1", shell("echo again")), empty)
    assert (await executor.wait("r1")).reason is ExitReason.STOPPED


async def test_stop_of_what_is_not_there(executor: Executor) -> None:
    await executor.stop("r1")
    await executor.start(RunSpec("r1", shell("echo hi")), empty)
    assert (await executor.wait("r1")).stdout == b"hi\n"


async def test_stop_of_what_has_ended_changes_nothing(executor: Executor) -> None:
    await executor.start(RunSpec("r1", shell("echo hi")), empty)
    ended = await executor.wait("r1")
    await executor.stop("r1")
    assert await executor.wait("r1") == ended


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03, 0.06, 0.1, 0.15])
async def test_stop_right_after_the_start(executor: Executor, delay: float) -> None:
    await executor.start(RunSpec("r1", shell("sleep 600")), empty)
    await asyncio.sleep(delay)
    await asyncio.wait_for(executor.stop("r1"), 15)
    assert (await executor.wait("r1")).reason is ExitReason.STOPPED


async def test_stop_while_the_workspace_is_prepared(executor: Executor, tmp_path: Path) -> None:
    preparing, go_on = asyncio.Event(), asyncio.Event()

    async def prepare(_workspace: Path) -> None:
        preparing.set()
        await go_on.wait()

    spec = RunSpec("r1", shell(f"touch {tmp_path}/ran"))
    starting = asyncio.create_task(executor.start(spec, prepare))
    await preparing.wait()
    stopping = asyncio.create_task(executor.stop("r1"))
    await asyncio.sleep(0.3)
    go_on.set()
    await asyncio.gather(starting, stopping)
    assert (await executor.wait("r1")).reason is ExitReason.STOPPED
    assert not (tmp_path / "ran").exists()


async def test_a_start_that_is_cancelled_leaves_nothing(executor: Executor, state: Path) -> None:
    async def prepare(_workspace: Path) -> None:
        await asyncio.sleep(600)

    starting = asyncio.create_task(executor.start(RunSpec("r1", shell("true")), prepare))
    await asyncio.sleep(0.3)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert [path.name for path in (state / "runs").iterdir()] == ["r1.lock"]
    await executor.start(RunSpec("r1", shell("true")), empty)
    assert (await executor.wait("r1")).exit_code == 0


async def test_only_what_is_named_is_removed(executor: Executor, state: Path) -> None:
    for run_id in ("ended", "running", "other"):
        script = "true" if run_id == "ended" else "sleep 600"
        await executor.start(RunSpec(run_id, shell(script)), empty)
    await executor.wait("ended")
    await executor.remove(frozenset({"ended", "running", "never"}))
    assert await executor.known() == {"other"}
    assert (await executor.wait("running")).reason is ExitReason.LOST
    await executor.stop("other")
    assert (await executor.wait("other")).reason is ExitReason.STOPPED


async def test_removing_keeps_the_others(executor: Executor, state: Path) -> None:
    for run_id in ("old", "keep", "running"):
        script = "sleep 600" if run_id == "running" else "chmod 0 . && echo hi"
        await executor.start(RunSpec(run_id, shell(script)), empty)
    await executor.wait("old")
    await executor.wait("keep")
    await executor.remove(await executor.known() - {"keep"})
    assert {path.name for path in (state / "runs").iterdir()} == {"keep", "keep.lock"}
    assert (await executor.wait("keep")).stdout == b"hi\n"
    assert (await executor.wait("running")).reason is ExitReason.LOST
    await executor.start(RunSpec("old", shell("echo new")), empty)
    assert (await executor.wait("old")).stdout == b"new\n"
