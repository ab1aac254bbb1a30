"""Opens and closes everything that is stored, as one thing. It runs no query of its own."""

import asyncio
import os
import secrets
import socket
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import asyncpg

from app.db import embedded
from app.db.checkpoints import Checkpoints
from app.db.lease import IssueLocks, Leases, Locks
from app.db.migrations import migrate
from app.db.session import Sessions
from app.db.url import asyncpg as asyncpg_url
from app.db.url import libpq

ISSUE_LOCK = 60.0  # seconds that handling one event may wait for another


class DatabaseError(Exception):
    """The database can't be used; says why and what to do."""


class Database:
    """`url` is the libpq form. When `leases.lost` is set, stop every run and open a new one."""

    def __init__(self, url: str, locks: Locks, embedded_in: Path | None) -> None:
        holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.url = url
        self.sessions = Sessions(url, holder)
        self.leases = Leases(locks)
        self.checkpoints = Checkpoints(url)
        self._locks = locks
        self._issues = IssueLocks(locks)
        self._embedded_in = embedded_in

    @classmethod
    async def open(cls, url: str | None, state_dir: Path) -> "Database":
        """Connect to `url`, or to a server of our own in `state_dir`, migrated if need be.

        Raises DatabaseError, whose text is for the operator.
        """
        try:
            address = libpq(url) if url else await asyncio.to_thread(embedded.start, state_dir)
            await migrate(address)
            locks = await Locks.connect(address)
        except (embedded.EmbeddedError, ValueError) as error:
            raise DatabaseError(str(error)) from None
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DatabaseError(
                f"The database can't be used: {error}. Check DATABASE_URL, that the server is up, "
                "and that the user may create tables."
            ) from None
        return cls(address, locks, None if url else state_dir)

    def issue_lock(
        self,
        key: str,
        timeout: float = ISSUE_LOCK,
    ) -> AbstractAsyncContextManager[None]:
        """Held while one event of an issue is handled; exclusive over all instances."""
        return self._issues.hold(key, timeout)

    async def close(self) -> None:
        """Let go of everything; a server of our own stops when nobody else uses it."""
        await self.checkpoints.close()
        await self.sessions.close()
        await self._locks.close()
        if self._embedded_in is not None and not await _in_use(self.url):
            await asyncio.to_thread(embedded.stop, self._embedded_in)


async def _in_use(url: str) -> bool:
    """Whether another app is connected. One that connects just now is cut off, and reconnects."""
    others = (
        "select count(*) from pg_stat_activity "
        "where backend_type = 'client backend' and pid <> pg_backend_pid()"
    )
    try:
        connection = await asyncpg.connect(asyncpg_url(url))
        try:
            return bool(await connection.fetchval(others))
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError):
        return False
