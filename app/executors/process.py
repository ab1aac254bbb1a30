"""Runs commands on this machine, as this user, with no isolation: for the demo and the tests.

A run outlives the app: its supervisor (agent_image.wrapper) is detached, holds the run's lock until
it dies, and leaves its result in the run's folder. This module never judges what a run did.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import agent_image
from agent_image.tree import descendants, pids, send, start_time
from app.domain.run import ExitReason, RunExit, RunSpec
from app.executors.folder import RunFolder, remove, write_ended, write_job
from app.executors.lock import Lock, lock_or_busy, to_the_end, until_free

# After the grace a stopped wrapper still commits and copies; then it is ended by force.
_STOP_SECONDS = 90.0


class ProcessExecutor:
    """See the Executor port. Any number of apps on one machine may share `state_dir`."""

    def __init__(self, state_dir: Path, *, grace_seconds: float = 5.0) -> None:
        self._runs = state_dir.absolute() / "runs"
        self._runs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._grace = grace_seconds

    async def start(self, run: RunSpec, prepare: Callable[[Path], Awaitable[None]]) -> None:
        folder = RunFolder(self._runs, run.id)
        lock = await lock_or_busy(folder.lock)
        if lock is None:
            return
        with lock:
            folder.stop_mark.unlink(missing_ok=True)
            if await asyncio.to_thread(folder.read) is None:
                await to_the_end(lambda: _clear(folder))
                await self._launch(folder, run, prepare, lock)

    async def _launch(
        self,
        folder: RunFolder,
        run: RunSpec,
        prepare: Callable[[Path], Awaitable[None]],
        lock: Lock,
    ) -> None:
        # Prepared aside: what a starter that was killed left running writes to its own folder.
        fresh = folder.fresh()
        try:
            await to_the_end(lambda: write_job(fresh, run, self._grace))
            await prepare(fresh / "workspace")
            stopped = folder.stop_mark.exists()
            if stopped:
                detail = "it was stopped while its workspace was prepared"
                write_ended(fresh, ExitReason.STOPPED, detail)
            # From here to the end nothing is awaited, so a cancelled start is all or nothing.
            fresh.rename(folder.path)
            if not stopped:
                _spawn(folder.path, lock)
        finally:
            if fresh.exists():
                await to_the_end(lambda: remove(fresh))

    async def wait(self, run_id: str) -> RunExit:
        folder = RunFolder(self._runs, run_id)
        while True:
            await until_free(folder.lock)
            if ended := await asyncio.to_thread(folder.read):
                return ended
            # Nothing says how it ended. Unless it has just been started anew, it is lost.
            if not folder.lock.exists():
                return RunExit(ExitReason.LOST, detail=f"there is no run {run_id}")
            if lock := await lock_or_busy(folder.lock):
                with lock:
                    return await asyncio.to_thread(folder.read) or RunExit(
                        ExitReason.LOST, detail=f"the supervisor of run {run_id} died; start again"
                    )

    async def stop(self, run_id: str) -> None:
        folder = RunFolder(self._runs, run_id)
        if not folder.lock.exists():
            return
        lock = await lock_or_busy(folder.lock)
        if lock is None:
            folder.stop_mark.touch()
            self._signal(folder)
            try:
                async with asyncio.timeout(self._grace + _STOP_SECONDS):
                    await until_free(folder.lock)
            except TimeoutError:
                await asyncio.to_thread(_end_by_force, folder)
                await until_free(folder.lock)
            lock = await lock_or_busy(folder.lock)
        if lock is None:
            return  # started anew meanwhile
        with lock:
            await to_the_end(lambda: _end_leftovers(folder.path))
            if folder.path.is_dir() and await asyncio.to_thread(folder.read) is None:
                detail = "it was stopped; its supervisor left no result"
                write_ended(folder.path, ExitReason.STOPPED, detail)
            folder.stop_mark.unlink(missing_ok=True)

    def _signal(self, folder: RunFolder) -> None:
        said = folder.supervisor()
        if said is not None and said[1] == start_time(said[0]):
            send(said[0], signal.SIGTERM)

    async def known(self) -> frozenset[str]:
        names = {path.name for path in self._runs.iterdir()}
        return frozenset(name.removesuffix(".lock").partition("~")[0] for name in names)

    async def remove(self, runs: frozenset[str]) -> None:
        await asyncio.gather(*(self._remove_one(run_id) for run_id in runs))

    async def _remove_one(self, run_id: str) -> None:
        await self.stop(run_id)
        folder = RunFolder(self._runs, run_id)
        lock = await lock_or_busy(folder.lock)
        if lock is not None:
            with lock:
                await to_the_end(lambda: _clear(folder))
                folder.stop_mark.unlink(missing_ok=True)
                folder.lock.unlink(missing_ok=True)


def _spawn(folder: Path, lock: Lock) -> None:
    """Start the supervisor; it inherits the lock and nothing else of this process."""
    environ = {
        # `python` and `pytest` of a run are this installation's.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(Path(agent_image.__file__).parent.parent),
        "LANG": "C.UTF-8",
    }
    with (folder / "wrapper.log").open("wb") as log:
        wrapper = subprocess.Popen(
            [sys.executable, "-P", "-m", "agent_image.wrapper", str(folder)],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=(lock.fd,),
        )
    threading.Thread(target=wrapper.wait, name="run-reaper", daemon=True).start()


def _end_leftovers(folder: Path) -> None:
    """End what a dead supervisor left: processes whose environment names this folder as theirs."""
    mark = f"ORC_OUT={folder}/".encode()
    for _ in range(100):
        found = [pid for pid in pids() if mark in _environ(pid)]
        if not found:
            return
        for pid in found:
            send(pid, signal.SIGKILL)
        time.sleep(0.01)


def _environ(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def _end_by_force(folder: RunFolder) -> None:
    said = folder.supervisor()
    if said is not None and said[1] == start_time(said[0]):
        for pid in (*descendants(said[0]), said[0]):
            send(pid, signal.SIGKILL)
    _end_leftovers(folder.path)


def _clear(folder: RunFolder) -> None:
    """Remove all of the run but its lock. Only with the lock."""
    _end_leftovers(folder.path)
    folder.discard()
    for path in folder.leftovers():
        remove(path)
