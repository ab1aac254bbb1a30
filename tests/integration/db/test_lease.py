"""Leases and issue locks over two instances, and over the death of one."""

import asyncio
import contextlib
import signal

import asyncpg
import pytest

from app.db.lease import IssueLocks, Leases, Locks, LocksLost, number
from tests.integration.db.conftest import Child, acquired_within
from tests.postgres import execute

HOLDER = """
import asyncio, sys
from app.db.lease import IssueLocks, Leases, Locks
async def main():
    locks = await Locks.connect(sys.argv[1])
    assert await Leases(locks).acquire("5-7")
    async with IssueLocks(locks).hold("5-7", 1):
        print("ready", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def break_connections(url: str) -> None:
    query = (
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name = 'orc locks' and datname = current_database()"
    )
    await asyncio.to_thread(execute, url, query)


async def test_a_lease_is_held_once(locks: Locks) -> None:
    leases = Leases(locks)
    assert await leases.acquire("5-7")
    assert not await leases.acquire("5-7")
    assert await leases.acquire("5-8")
    await leases.release("5-7")
    assert await leases.acquire("5-7")


async def test_two_instances_exclude_each_other(locks: Locks, database_url: str) -> None:
    other_locks = await Locks.connect(database_url)
    mine, others = Leases(locks), Leases(other_locks)
    assert await mine.acquire("5-7")
    assert not await others.acquire("5-7")
    await mine.release("5-7")
    assert await others.acquire("5-7")
    await other_locks.close()
    assert await acquired_within(mine, "5-7", 2)


async def test_of_many_at_once_one_wins(locks: Locks, database_url: str) -> None:
    other_locks = await Locks.connect(database_url)
    both = (Leases(locks), Leases(other_locks))
    won = await asyncio.gather(*(both[n % 2].acquire("5-7") for n in range(40)))
    assert sum(won) == 1
    await other_locks.close()


async def test_releasing_what_is_not_held_is_harmless(locks: Locks, database_url: str) -> None:
    other_locks = await Locks.connect(database_url)
    assert await Leases(other_locks).acquire("5-7")
    await Leases(locks).release("5-7")
    assert not await Leases(locks).acquire("5-7")
    await other_locks.close()


async def test_a_killed_instance_holds_nothing(
    locks: Locks, database_url: str, child: Child
) -> None:
    holder = await asyncio.to_thread(child, HOLDER, database_url)
    leases = Leases(locks)
    assert not await leases.acquire("5-7")
    with pytest.raises(TimeoutError):
        async with IssueLocks(locks).hold("5-7", 0.1):
            pass
    holder.send_signal(signal.SIGKILL)
    assert await acquired_within(leases, "5-7", 2)
    async with IssueLocks(locks).hold("5-7", 2):
        pass


async def test_a_broken_connection_is_told(locks: Locks, database_url: str) -> None:
    leases = Leases(locks)
    assert await leases.acquire("5-7")
    assert not leases.lost.is_set()
    await break_connections(database_url)
    async with asyncio.timeout(2):
        await leases.lost.wait()
    assert not await leases.acquire("5-8")
    await leases.release("5-7")
    with pytest.raises(LocksLost):
        async with IssueLocks(locks).hold("5-7", 1):
            pass
    again = await Locks.connect(database_url)
    assert await Leases(again).acquire("5-7")
    await again.close()


async def test_an_end_lets_what_is_asked_come_to_its_answer(database_url: str) -> None:
    locks = await Locks.connect(database_url)
    asked = [asyncio.create_task(locks.take(n)) for n in range(20)]
    await asyncio.sleep(0)
    await locks.close()
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert all(each is True or isinstance(each, LocksLost) for each in told)
    assert told[0] is True


class Silent:
    """A connection whose other end has vanished without a word."""

    def add_termination_listener(self, listener: object) -> None: ...

    async def fetchval(self, *_: object) -> None:
        await asyncio.sleep(0.05)
        raise TimeoutError

    def terminate(self) -> None: ...

    async def close(self, **_: object) -> None: ...


async def test_a_silent_peer_is_noticed() -> None:
    locks = Locks(Silent(), beat=0.05)
    async with asyncio.timeout(2):
        await locks.lost.wait()
    await locks.close()


async def test_a_cancelled_acquire_leaves_nothing_held(locks: Locks, database_url: str) -> None:
    leases = Leases(locks)
    for turn in range(20):
        task = asyncio.create_task(leases.acquire("5-7"))
        await asyncio.sleep(0.0002 * turn)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            if await task:
                await leases.release("5-7")
    other_locks = await Locks.connect(database_url)
    assert await acquired_within(Leases(other_locks), "5-7", 2)
    await other_locks.close()


async def test_issue_locks_keep_sections_apart(locks: Locks, database_url: str) -> None:
    other_locks = await Locks.connect(database_url)
    both = (IssueLocks(locks), IssueLocks(other_locks))
    inside, most = 0, 0

    async def section(n: int) -> None:
        nonlocal inside, most
        async with both[n % 2].hold("5-7", 10):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.002)
            inside -= 1

    await asyncio.gather(*(section(n) for n in range(20)))
    assert most == 1
    assert not both[0]._queues
    await other_locks.close()


async def test_waiters_take_no_connections(locks: Locks, database_url: str) -> None:
    issues = IssueLocks(locks)
    async with issues.hold("5-7", 1):
        waiting = [asyncio.create_task(_pass(issues)) for _ in range(200)]
        await asyncio.sleep(0.05)
        connection = await asyncpg.connect(database_url)
        count = await connection.fetchval(
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and backend_type = 'client backend'"
        )
        await connection.close()
        assert count == 2
    await asyncio.gather(*waiting)


async def _pass(issues: IssueLocks) -> None:
    async with issues.hold("5-7", 10):
        pass


async def test_a_waiter_gives_up_in_time(locks: Locks) -> None:
    issues = IssueLocks(locks)
    async with issues.hold("5-7", 1):
        with pytest.raises(TimeoutError):
            async with issues.hold("5-7", 0.05):
                pass
        async with issues.hold("5-8", 0.5):
            pass
    async with issues.hold("5-7", 0.5):
        pass


async def test_a_failing_section_frees_its_lock(locks: Locks) -> None:
    issues = IssueLocks(locks)
    with pytest.raises(ZeroDivisionError):
        async with issues.hold("5-7", 1):
            _ = 1 / 0
    async with issues.hold("5-7", 0.5):
        pass


def test_kinds_of_locks_do_not_clash() -> None:
    numbers = {number(kind, key) for kind in ("lease", "issue") for key in ("5-7", "57-")}
    assert len(numbers) == 4
    assert all(-(2**63) <= n < 2**63 for n in numbers)
