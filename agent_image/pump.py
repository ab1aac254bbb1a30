"""Passes connections on to unix sockets, byte for byte. It understands none of what it passes.

Each connection is a connection to the socket of its own, so the server behind it may restart.
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

_CHUNK = 1 << 16

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


def relay(doors: Mapping[socket.socket, Path]) -> None:
    """From each listening socket to a unix socket; never returns."""
    asyncio.run(_serve(doors))


async def _serve(doors: Mapping[socket.socket, Path]) -> None:
    servers = [await asyncio.start_server(_to(path), sock=door) for door, path in doors.items()]
    await asyncio.gather(*(server.serve_forever() for server in servers))


def _to(target: Path) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer, request = await asyncio.open_unix_connection(target)
        except OSError:
            writer.transport.abort()  # the client sees a reset, as of a server that is away
            return
        await asyncio.gather(_pump(reader, request), _pump(answer, writer))
        for end in (request, writer):
            end.close()

    return serve


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One direction to its end, after which the other may go on; broken off, both are."""
    try:
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.transport.abort()
