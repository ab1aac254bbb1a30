"""Alembic's migrations, from the first table on, and how they are run. No other code makes tables.

A new one is a file in versions/; HEAD names the last. A test compares the result with tables.py.
"""

import asyncio
import importlib
from pathlib import Path

import asyncpg

from app.db.url import asyncpg as asyncpg_url

HEAD = "0004"
_LOCK = 7_305_808_868_229_539  # one app at a time migrates; the others wait and find it done


async def migrate(url: str) -> None:
    """Bring the database at a libpq URL to HEAD. At HEAD already, this is one query.

    A database that is ahead (an older app started again) is left as it is. Raises
    asyncpg.PostgresError or OSError.
    """
    connection = await asyncpg.connect(asyncpg_url(url))
    try:
        if await _version(connection) >= HEAD:
            return
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        if await _version(connection) < HEAD:
            await _upgrade(url)
    finally:
        await connection.close()


async def _version(connection: "asyncpg.Connection[asyncpg.Record]") -> str:
    try:
        return str(await connection.fetchval("select version_num from alembic_version") or "")
    except asyncpg.UndefinedTableError:
        return ""


async def _upgrade(url: str) -> None:
    rows = await asyncio.to_thread(importlib.import_module, "app.db.rows")
    alembic = await asyncio.to_thread(importlib.import_module, "app.db.migrations.alembic")
    engine = rows.connect(url)
    try:
        async with engine.begin() as open_connection:
            await open_connection.run_sync(alembic.upgrade)
    finally:
        await engine.dispose()


def folder() -> Path:
    return Path(__file__).parent
