"""Runs commands in containers that reach nothing but, where they may, the gateway's two sockets.

A run outlives the app: its container is found by name, keeps its results until they are fetched,
and is removed then. This module never judges what a run did, and never starts one twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import docker

from app.domain.run import ExitReason, RunExit, RunSpec
from app.executors.confinement import DISK_BYTES, container, let_read, result_bytes
from app.executors.engine import Engine, Seen, Standing, Unreachable
from app.executors.folder import RunFolder, remove, write_job
from app.executors.lock import lock_in_turn, lock_or_busy, to_the_end, until_free
from app.executors.outlet import Outlet
from app.executors.remains import Remains
from app.executors.unpack import Refused

Images = Callable[[frozenset[str]], Awaitable[str]]
Prepare = Callable[[Path], Awaitable[None]]

# After the grace a stopped wrapper still commits and copies; then its container is ended by force.
_STOP_SECONDS = 90.0
# How often to look at what gives no sign: a paused container, an engine that is away.
_AGAIN_SECONDS = 1.0
_PATIENCE = 120
# Its command has the processors to itself at first: to wait for its results costs a program too.
_HEAD_START = 0.4
# To fetch what is there already, however late it is.
_LEAST_SECONDS = 10.0
_ALIVE = (Standing.RUNNING, Standing.PAUSED)


class DockerExecutor:
    """See the Executor port. Any number of apps on one machine may share `state_dir`.

    `image` gives the name of an image that can do what a run needs. `gateway` is the folder with
    the gateway's sockets, which any user must be able to connect to.
    """

    def __init__(
        self,
        state_dir: Path,
        image: Images,
        *,
        gateway: Path | None = None,
        grace_seconds: float = 5.0,
        client: docker.DockerClient | None = None,
    ) -> None:
        self._runs = state_dir.absolute() / "runs"
        self._runs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._image = image
        self._gateway = gateway
        self._grace = grace_seconds
        self._engine = Engine(self._runs, client)

    def _remains(self, run_id: str) -> Remains:
        return Remains(self._engine, RunFolder(self._runs, run_id))

    async def start(self, run: RunSpec, prepare: Prepare) -> None:
        remains = self._remains(run.id)
        folder = remains.folder
        if run.gateway and self._gateway is None:
            raise ValueError(f"run {run.id} needs the gateway, and the executor was given none")
        lock = await lock_or_busy(folder.lock)
        if lock is None:
            return
        with lock:
            folder.stop_mark.unlink(missing_ok=True)
            if await asyncio.to_thread(folder.read) is not None:
                return
            seen = await asyncio.to_thread(remains.look)
            if seen is not None and remains.is_unprepared(seen):
                await self._begin(remains, prepare, lambda: self._start(remains))
            elif seen is None and not remains.mark.exists():
                await to_the_end(remains.clear)
                await self._launch(remains, run, prepare)
            # Else it runs; or it has died, and wait() will say so.

    async def _launch(self, remains: Remains, run: RunSpec, prepare: Prepare) -> None:
        image = await self._image(run.capabilities)
        await to_the_end(lambda: self._write(remains, run))
        gateway = self._gateway if run.gateway else None
        body = container(image, run, remains.folder.path, gateway)

        def make() -> None:
            self._engine.create(run.id, body)
            self._start(remains)

        await self._begin(remains, prepare, make)

    def _write(self, remains: Remains, run: RunSpec) -> None:
        """All of the run's folder but what is in its workspace."""
        fresh = remains.folder.fresh()
        try:
            write_job(fresh, run, self._grace)
            (fresh / DISK_BYTES).write_text(str(run.limits.disk_bytes))
            let_read(fresh)
            fresh.rename(remains.folder.path)
        except BaseException:
            remove(fresh)
            raise

    async def _begin(self, remains: Remains, prepare: Prepare, make: Callable[[], None]) -> None:
        """The container starts while its workspace is prepared; its wrapper waits for that."""
        made: asyncio.Future[None] | None = None
        try:
            await to_the_end(remains.empty_workspace)
            made = asyncio.ensure_future(to_the_end(make))
            await prepare(remains.workspace)
            await made
            # One thread to the end, so a cancelled start is all or nothing.
            await to_the_end(lambda: _let_begin(remains))
        except BaseException:
            if made is not None:
                await asyncio.gather(made, return_exceptions=True)
            await to_the_end(lambda: remains.lose(remains.look(), ""))
            raise

    def _start(self, remains: Remains) -> None:
        remains.mark.touch()
        self._engine.start(remains.folder.run_id)

    async def wait(self, run_id: str) -> RunExit:
        remains, failures = self._remains(run_id), 0
        while True:
            try:
                if ended := await self._look(remains):
                    return ended
                failures = 0
            except Unreachable:
                failures += 1
                if failures > _PATIENCE:
                    raise
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _look(self, remains: Remains) -> RunExit | None:
        """How the run ended, as soon as it has; None when one must look again."""
        folder = remains.folder
        await until_free(folder.lock)
        if not folder.lock.exists():
            return RunExit(ExitReason.LOST, detail=f"there is no run {folder.run_id}")
        lock = await lock_or_busy(folder.lock)
        if lock is None:
            return None
        with lock:
            seen = await asyncio.to_thread(remains.look)
            if ended := await asyncio.to_thread(folder.read):
                if seen is not None:  # whoever took its results was killed
                    await to_the_end(lambda: self._engine.remove(seen.id))
                return ended
            if seen is None or seen.standing not in _ALIVE or remains.is_unprepared(seen):
                return await to_the_end(lambda: remains.settle(seen))
        ended = await self._fetch(remains, seen) if seen.standing is Standing.RUNNING else None
        if ended is None:
            await asyncio.sleep(_AGAIN_SECONDS)
        return ended

    async def _fetch(self, remains: Remains, seen: Seen) -> RunExit | None:
        """Take the results once there are any; None when the container could not give them."""
        await asyncio.sleep(_HEAD_START - remains.age())
        aside = remains.folder.fresh()
        refused = ""
        try:
            try:
                most = result_bytes(remains.disk_bytes())
                async with asyncio.timeout(max(remains.left(), _LEAST_SECONDS)):
                    fetched = await Outlet(self._engine, seen.id, aside, most).fetch()
                if not fetched:
                    return None
            except Refused as why:
                refused = f"what it left was not taken: {why}"
            except TimeoutError:
                with await lock_in_turn(remains.folder.lock):
                    return await to_the_end(lambda: remains.end_overdue(seen))
            with await lock_in_turn(remains.folder.lock):
                return await to_the_end(lambda: remains.take(seen, aside, refused))
        except docker.errors.APIError:
            return None  # no process may be started in it just now, or it has ended
        except FileNotFoundError:
            return None  # another waiter was faster, and has tidied up
        finally:
            if aside.exists():
                await to_the_end(lambda: remove(aside))

    async def known(self) -> frozenset[str]:
        """The ids of all runs that have a folder here or a container."""
        names = {path.name for path in self._runs.iterdir()}
        folders = frozenset(name.removesuffix(".lock").partition("~")[0] for name in names)
        return folders | await asyncio.to_thread(self._engine.runs)

    async def stop(self, run_id: str) -> None:
        remains = self._remains(run_id)
        folder = remains.folder
        if not folder.lock.exists() and await asyncio.to_thread(remains.look) is None:
            return
        # A start that is under way sees it; then there is nothing to be ended.
        folder.stop_mark.touch()
        await until_free(folder.lock)
        try:
            async with asyncio.timeout(self._grace + _STOP_SECONDS):
                await self._ask_to_end(remains)
        except TimeoutError:
            pass
        with await lock_in_turn(folder.lock):
            await to_the_end(lambda: _end(remains))

    async def _ask_to_end(self, remains: Remains) -> None:
        """Tell the wrapper, and wait for what it leaves; that it can't be told is fine."""
        seen = await asyncio.to_thread(remains.look)
        if seen is None or seen.standing not in _ALIVE or remains.folder.read() is not None:
            return
        if remains.is_unprepared(seen):
            return
        await to_the_end(lambda: self._tell(remains, seen))
        while await self._look(remains) is None:
            pass

    def _tell(self, remains: Remains, seen: Seen) -> None:
        # Before the signal, which a wrapper that is only beginning does not hear.
        if remains.folder.path.is_dir():
            remains.stop.touch()
        if seen.standing is Standing.PAUSED:
            self._engine.unpause(seen.id)
        self._engine.send(seen.id, "SIGTERM")

    async def remove(self, runs: frozenset[str]) -> None:
        await asyncio.gather(*(self._remove_one(run_id) for run_id in runs))

    async def _remove_one(self, run_id: str) -> None:
        await self.stop(run_id)
        remains = self._remains(run_id)
        lock = await lock_or_busy(remains.folder.lock)
        if lock is not None:
            with lock:
                await to_the_end(lambda: remains.lose(remains.look(), ""))
                remains.folder.stop_mark.unlink(missing_ok=True)
                remains.folder.lock.unlink(missing_ok=True)

    def close(self) -> None:
        """Let the engine's connections go; runs go on, and another executor finds them."""
        self._engine.close()


def _let_begin(remains: Remains) -> None:
    if remains.folder.stop_mark.exists():
        detail = "it was stopped while its workspace was prepared"
        remains.store(remains.look(), ExitReason.STOPPED, detail)
        return
    let_read(remains.workspace)
    remains.prepared.touch()


def _end(remains: Remains) -> None:
    """Make sure that the run has ended, and say that it was stopped if nothing else does."""
    seen = remains.look()
    if remains.folder.read() is None and remains.folder.path.is_dir():
        remains.store(seen, ExitReason.STOPPED, "it was stopped; its wrapper left no result")
    elif seen is not None:
        remains.engine.remove(seen.id)
    remains.folder.stop_mark.unlink(missing_ok=True)
