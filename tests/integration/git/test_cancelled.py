"""A git whose caller is cancelled at whatever moment has ended when that is through."""

import asyncio
import os
from pathlib import Path

import pytest
import uvloop

from app.git.run import Git
from tests.integration.demo.processes import of_folder

MOMENTS = range(12)  # turns of the event loop between the start and the cancellation


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_it_has_ended(run: object, tmp_path: Path) -> None:
    endless, writer = os.pipe()

    async def cancelled(turns: int) -> None:
        waiting = asyncio.create_task(Git(tmp_path).run("hash-object", "--stdin", stdin=endless))
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not of_folder(tmp_path)

    async def every_moment() -> None:
        for turns in MOMENTS:
            await cancelled(turns)

    try:
        run(every_moment())  # type: ignore[operator]
    finally:
        os.close(endless)
        os.close(writer)
