"""The migrations, from nothing, again, and by several at once."""

import asyncio
import sys

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.db.migrations import HEAD, migrate
from app.db.migrations.alembic import config
from app.db.rows import connect
from app.db.tables import metadata


async def version(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval("select version_num from alembic_version"))
    finally:
        await connection.close()


def test_head_is_the_last_migration() -> None:
    assert ScriptDirectory.from_config(config()).get_current_head() == HEAD


async def test_from_empty_and_again(empty_database_url: str) -> None:
    await migrate(empty_database_url)
    assert await version(empty_database_url) == HEAD
    await migrate(empty_database_url)
    assert await version(empty_database_url) == HEAD


async def test_several_at_once(empty_database_url: str) -> None:
    await asyncio.gather(*(migrate(empty_database_url) for _ in range(4)))
    assert await version(empty_database_url) == HEAD


async def test_tables_are_what_the_code_says(database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))

    engine = connect(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_at_head_nothing_is_imported_or_locked(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "app.db.migrations.alembic", None)
    await migrate(database_url)


async def test_a_newer_database_is_left_alone(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("update alembic_version set version_num = '9999'")
    await connection.close()
    await migrate(database_url)
    assert await version(database_url) == "9999"
