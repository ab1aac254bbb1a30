"""Passes connections on to unix sockets, byte for byte. It understands none of what it passes.

Each connection is a connection to the socket of its own, so the server behind it may restart.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

_CHUNK = 1 << 16
_TRIES, _PAUSE_SECONDS = 500, 0.01

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


def relay(doors: Mapping[socket.socket, Path]) -> None:
    """From each listening socket to a unix socket; never returns."""
    asyncio.run(_serve(doors))


async def _serve(doors: Mapping[socket.socket, Path]) -> None:
    servers = [await asyncio.start_server(_to(path), sock=door) for door, path in doors.items()]
    await asyncio.gather(*(server.serve_forever() for server in servers))


def _to(target: Path) -> Serve:
    # A loop holds on to a connection only while it reads or writes: one whose request is said, and
    # whose answer is not, would be collected as garbage.
    held: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        held.add(task)
        try:
            await _pass_on(target, reader, writer)
        finally:
            held.discard(task)

    return serve


async def _pass_on(
    target: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        answer, request = await asyncio.open_unix_connection(sock=await _connected(target))
    except OSError:
        _break_off(writer)
        return
    await asyncio.gather(_pump(reader, request), _pump(answer, writer))
    for end in (request, writer):
        end.close()


async def _connected(target: Path) -> socket.socket:
    """A unix socket with a full queue lets nobody wait as TCP does, and asyncio does not know."""
    there = socket.socket(socket.AF_UNIX)
    there.setblocking(False)
    for _ in range(_TRIES):
        try:
            there.connect(str(target))
        except BlockingIOError:
            await asyncio.sleep(_PAUSE_SECONDS)
        except OSError:
            break
        else:
            return there
    there.close()
    raise ConnectionRefusedError


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One direction to its end, after which the other may go on; broken off, both are."""
    try:
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()
    except OSError:
        _break_off(writer)


def _break_off(writer: asyncio.StreamWriter) -> None:
    """With a reset, so that nobody takes what came so far for all."""
    with suppress(OSError):
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
