"""What the tests of storage share: a real server, and processes that can be killed."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from app.db.lease import Leases, Locks

ROOT = Path(__file__).parents[3]
Child = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
async def locks(database_url: str) -> AsyncIterator[Locks]:
    opened = await Locks.connect(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def child() -> Iterator[Child]:
    """Start a Python process that runs `code` and has said "ready"."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


async def acquired_within(leases: Leases, key: str, seconds: float) -> bool:
    """Whether the key becomes free in that time."""
    for _ in range(int(seconds / 0.01)):
        if await leases.acquire(key):
            return True
        await asyncio.sleep(0.01)
    return False
