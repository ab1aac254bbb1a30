"""A pytest plugin: one embedded PostgreSQL for all tests, and a fresh database for each.

tests/conftest.py names it. It must cost tests that store nothing nothing: neither a server nor an
import before a fixture is asked for.
"""

import asyncio
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

TEMPLATE = "migrated"
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def named(url: str, database: str) -> str:
    """The same server's other database."""
    return url.replace("/postgres?", f"/{database}?", 1)


def execute(url: str, query: str) -> None:
    """Run one statement on a connection of its own."""
    import asyncpg

    from app.db.url import asyncpg as asyncpg_url

    async def run() -> None:
        connection = await asyncpg.connect(asyncpg_url(url))
        try:
            await connection.execute(query)
        finally:
            await connection.close()

    asyncio.run(run())


async def empty_sessions(url: str) -> None:
    """Lose all that is stored: sessions, accounts, checkpoints."""
    import asyncpg

    from app.db.checkpoints import SCHEMA, TABLES
    from app.db.url import asyncpg as asyncpg_url

    connection = await asyncpg.connect(asyncpg_url(url))
    try:
        for name in ("session", "account", *(f"{SCHEMA}.{table}" for table in TABLES)):
            if await connection.fetchval("select to_regclass($1)::text", name):
                await connection.execute(f"truncate {name}")
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server of this test process, with a migrated template database."""
    from app.db import embedded
    from app.db.migrations import migrate

    state = Path(tempfile.mkdtemp(prefix="orc-test-"))
    try:
        url = embedded.start(state, _FAST)
        execute(url, f"create database {TEMPLATE} template template0")
        asyncio.run(migrate(named(url, TEMPLATE)))
        yield url
    finally:
        embedded.stop(state)
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture
def database_url(postgres_server: str) -> Iterator[str]:
    """A database of the test's own, migrated and empty; gone after it, whoever is connected."""
    yield from _database(postgres_server, TEMPLATE)


@pytest.fixture
def empty_database_url(postgres_server: str) -> Iterator[str]:
    """The same without any table."""
    yield from _database(postgres_server, "template0")


def _database(server: str, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    execute(server, f"create database {name} template {template}")
    yield named(server, name)
    execute(server, f"drop database {name} with (force)")
