"""What the relay's child does with a connection while nothing moves on it."""

import asyncio
import gc
import socket
from pathlib import Path

from agent_image import pump


async def test_a_request_that_is_said_waits_for_its_answer(tmp_path: Path) -> None:
    """Both ends are at rest then, and the loop itself holds on to neither."""
    target, told, go_on = tmp_path / "gateway.sock", asyncio.Event(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = await reader.read()
        told.set()
        await go_on.wait()
        writer.write(said)
        writer.close()

    door = socket.create_server(("127.0.0.1", 0))
    async with await asyncio.start_unix_server(answer, target):
        relay = asyncio.create_task(pump._serve({door: target}))
        reader, writer = await asyncio.open_connection(*door.getsockname())
        writer.write(b"hello")
        writer.write_eof()
        await told.wait()
        gc.collect()
        go_on.set()
        assert await reader.read() == b"hello"
        writer.close()
        relay.cancel()
        await asyncio.wait({relay})
