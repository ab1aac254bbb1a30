"""Who does what, over all instances of the app: PostgreSQL's advisory locks on one connection.

The server frees them the moment the connection ends, so a killed instance holds nothing and no
clock has to be trusted. That needs a direct connection: behind a pooler in transaction mode
(pgbouncer) the locks would belong to nobody in particular. It must not be used for anything else.
"""

import asyncio
import hashlib
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import asyncpg

from app.db.url import asyncpg as asyncpg_url

BEAT = 10.0  # seconds between two looks at the connection, and for the answer
# The server gives a silent peer up after 30 + 3 x 10 s; by then we have noticed, and stopped.
_KEEPALIVE = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "application_name": "orc locks",
}
_BROKEN = (
    OSError,  # TimeoutError too
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class LocksLost(ConnectionError):
    """The connection that held the locks is gone; stop what they guarded and open a new one."""


class Locks:
    """One connection with its advisory locks; `lost` is set for good when it breaks."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", beat: float) -> None:
        self.lost = asyncio.Event()
        self._connection = connection
        self._turn = asyncio.Lock()
        self._loose: set[asyncio.Task[None]] = set()
        connection.add_termination_listener(lambda _: self.lost.set())
        self._heart = asyncio.create_task(self._watch(beat))

    @classmethod
    async def connect(cls, url: str, beat: float = BEAT) -> "Locks":
        """Connect to a libpq URL. Raises OSError or asyncpg.PostgresError."""
        connection = await asyncpg.connect(
            asyncpg_url(url), server_settings=_KEEPALIVE, command_timeout=beat
        )
        return cls(connection, beat)

    async def take(self, number: int) -> bool:
        """False where it is held, also by ourselves if you forgot: PostgreSQL counts then.

        Cancelled in between, it gives back what it may have taken. Raises LocksLost.
        """
        try:
            return bool(await self._ask("select pg_try_advisory_lock($1)", number))
        except asyncio.CancelledError:
            task = asyncio.create_task(self.give(number))
            self._loose.add(task)
            task.add_done_callback(self._loose.discard)
            raise

    async def give(self, number: int) -> None:
        """Free it; nothing if it is not held or all are lost."""
        with suppress(LocksLost):
            await self._ask("select pg_advisory_unlock($1)", number)

    async def close(self) -> None:
        """End the connection, and with it every lock. `lost` is set: nothing is held any more."""
        self._heart.cancel()
        with suppress(*_BROKEN):
            async with asyncio.timeout(5), self._turn:  # asyncpg trips over a query under way
                await self._connection.close()
        self._give_up()

    async def _ask(self, query: str, *arguments: int) -> object:
        async with self._turn:
            if self.lost.is_set():
                raise LocksLost("The connection that holds the locks is gone.")
            try:
                return await self._connection.fetchval(query, *arguments)
            except _BROKEN as error:
                self._give_up()
                raise LocksLost(f"The connection that holds the locks broke: {error}") from None

    async def _watch(self, beat: float) -> None:
        """A peer that vanished without a word is noticed too."""
        with suppress(LocksLost):
            while True:
                await asyncio.sleep(beat)
                await self._ask("select 1")

    def _give_up(self) -> None:
        self.lost.set()
        self._connection.terminate()


class Leases:
    """What this instance alone does, by key, until released or dead."""

    def __init__(self, locks: Locks) -> None:
        self._locks = locks
        self._held: set[str] = set()
        self.lost = locks.lost

    async def acquire(self, key: str) -> bool:
        """False where it is held, by another instance or by this one. Never waits."""
        if key in self._held or self.lost.is_set():
            return False
        self._held.add(key)
        taken = False
        try:
            with suppress(LocksLost):  # fail closed
                taken = await self._locks.take(number("lease", key))
        finally:
            if not taken:
                self._held.discard(key)
        return taken

    async def release(self, key: str) -> None:
        """Nothing if it is not held."""
        if key in self._held:
            await asyncio.shield(self._release(key))

    async def _release(self, key: str) -> None:
        await self._locks.give(number("lease", key))
        self._held.discard(key)


class IssueLocks:
    """Short critical sections, one holder per key over all instances.

    In this process waiters queue in memory; only the first of them asks the server, over and over,
    so that any number of waiters takes no connection.
    """

    def __init__(self, locks: Locks) -> None:
        self._locks = locks
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._users: defaultdict[str, int] = defaultdict(int)

    def hold(self, key: str, timeout: float) -> AbstractAsyncContextManager[None]:
        """Hold the key's lock. Raises TimeoutError after `timeout` s of waiting, or LocksLost."""
        return self._hold(key, time.monotonic() + timeout)

    @asynccontextmanager
    async def _hold(self, key: str, until: float) -> AsyncIterator[None]:
        self._users[key] += 1
        try:
            async with asyncio.timeout(until - time.monotonic()):
                await self._queues[key].acquire()
            try:
                await self._wait(key, until)
                try:
                    yield
                finally:
                    await asyncio.shield(self._locks.give(number("issue", key)))
            finally:
                self._queues[key].release()
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                del self._users[key], self._queues[key]

    async def _wait(self, key: str, until: float) -> None:
        pause = 0.01
        while not await self._locks.take(number("issue", key)):
            if time.monotonic() > until:
                raise TimeoutError(f"Another instance has held the lock of {key} for too long.")
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
            pause = min(pause * 1.5, 0.25)


def number(kind: str, key: str) -> int:
    """A place of its own for each kind and key in the 64 bits that PostgreSQL has for locks."""
    digest = hashlib.blake2b(f"{kind}\0{key}".encode(), digest_size=8, person=b"orc").digest()
    return int.from_bytes(digest, "big", signed=True)
