"""LangGraph's checkpoints, in a schema of their own. They only spare work: losing them is fine.

LangGraph is heavy and imported when the first graph runs; forgetting a thread does without it.
"""

import asyncio
import importlib
from typing import TYPE_CHECKING, Any

import asyncpg

from app.db.url import asyncpg as asyncpg_url
from app.db.url import with_search_path

if TYPE_CHECKING:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

SCHEMA = "checkpoint"
TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
_SETUP_LOCK = 7_305_808_868_229_538  # "one sets up"; any number of our own will do
_GONE = (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError)


class Checkpoints:
    """The saver, opened when first asked for."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: Any = None
        self._saver: AsyncPostgresSaver | None = None
        self._opening = asyncio.Lock()

    async def saver(self) -> "AsyncPostgresSaver":
        """The one saver of this app, its tables made and its connections open."""
        async with self._opening:
            if self._saver is None:
                self._saver = await self._open()
            return self._saver

    async def forget(self, key: str) -> None:
        """Delete all checkpoints of an issue's threads, `key`-r1 and so on; none is fine."""
        connection = await asyncpg.connect(asyncpg_url(self._url))
        try:
            for table in TABLES:
                where = "where starts_with(thread_id, $1)"
                query = f"delete from {SCHEMA}.{table} {where}"  # noqa: S608 - names of our own
                await connection.execute(query, f"{key}-r")
        except _GONE:
            pass  # no graph ever ran
        finally:
            await connection.close()

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def _open(self) -> "AsyncPostgresSaver":
        aio, pools, rows = await asyncio.to_thread(_modules)
        settings = {"autocommit": True, "prepare_threshold": 0, "row_factory": rows.dict_row}
        self._pool = pools.AsyncConnectionPool(
            with_search_path(self._url, SCHEMA),
            min_size=1,
            max_size=4,
            open=False,
            kwargs=settings,
            check=pools.AsyncConnectionPool.check_connection,
        )
        await self._pool.open(wait=True, timeout=30)
        saver: AsyncPostgresSaver = aio.AsyncPostgresSaver(self._pool)
        await self._set_up(saver)
        return saver

    async def _set_up(self, saver: "AsyncPostgresSaver") -> None:
        """One app at a time. Whoever waits asks again and again: the indexes are made concurrently,
        which waits for every statement that runs, also for one that waits for a lock."""
        connection = await asyncpg.connect(asyncpg_url(self._url))
        try:
            asked = "select pg_try_advisory_lock($1)"
            while not await connection.fetchval(asked, _SETUP_LOCK):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.05)
            await connection.execute(f"create schema if not exists {SCHEMA}")
            await saver.setup()
        finally:
            await connection.close()


def _modules() -> tuple[Any, Any, Any]:
    names = ("langgraph.checkpoint.postgres.aio", "psycopg_pool", "psycopg.rows")
    aio, pools, rows = (importlib.import_module(name) for name in names)
    return aio, pools, rows
