"""The lock that says that a run is alive: held without a gap by its starter, then its supervisor.

It is a flock, so the kernel frees it however the holder dies. It holds nothing of the run.
"""

import asyncio
import contextlib
import fcntl
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

_TRIES = 5
_PAUSE_SECONDS = 0.02

Value = TypeVar("Value")


class Lock:
    """An exclusive lock; whoever inherits `fd` holds it too, and the last to close it frees it."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self.fd = fd

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)


def try_lock(path: Path) -> Lock | None:
    """The lock, or None when somebody has it."""
    while True:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever removed the run removed the file too: then this is a lock on nothing.
            if path.exists() and os.path.samestat(os.fstat(fd), path.stat()):
                return Lock(path, fd)
        except FileNotFoundError:
            pass
        except BlockingIOError:
            os.close(fd)
            return None
        os.close(fd)


async def lock_or_busy(path: Path) -> Lock | None:
    """Like try_lock, but not misled by a waiter, which has a free lock for microseconds."""
    for _ in range(_TRIES):
        if lock := try_lock(path):
            return lock
        await asyncio.sleep(_PAUSE_SECONDS)
    return None


def _wait_until_free(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)


async def until_free(path: Path) -> None:
    """Wait, without polling, until nobody has the lock."""
    await in_thread(lambda: _wait_until_free(path))


async def in_thread(call: Callable[[], Value]) -> Value:
    """A thread of its own: waits last for hours and would use up the loop's pool.

    When the waiter is cancelled the thread stays until the call returns; it does no harm.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Value] = loop.create_future()

    def settle(value: Value | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)  # type: ignore[arg-type]  # None only beside an error

    def work() -> None:
        value, problem = None, None
        try:
            value = call()
        except Exception as error:
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, value, problem)

    threading.Thread(target=work, name="run-wait", daemon=True).start()
    return await future


async def to_the_end(work: Callable[[], Value]) -> Value:
    """In a thread; when cancelled, only after the thread has ended: the lock covers all of it."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def lock_in_turn(path: Path) -> Lock:
    """The lock, after everybody who has it."""
    while (lock := await lock_or_busy(path)) is None:
        await until_free(path)
    return lock
