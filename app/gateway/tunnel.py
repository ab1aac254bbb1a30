"""Carries bytes between a run and a host, both ways, and counts them. It reads none of them."""

import asyncio

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
PIECE = 64 << 10
_OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Tunnel:
    """`up` and `down` are the bytes that went to the host and came from it."""

    def __init__(self, run: Streams, host: Streams) -> None:
        self.up = 0
        self.down = 0
        self._run = run
        self._host = host

    def open(self, early: bytes) -> None:
        """Tell the run that it is connected, and the host what the run said without waiting."""
        self._run[1].write(_OPENED)
        self._host[1].write(early)
        self.up += len(early)

    async def carry(self, idle_seconds: float) -> None:
        """Until both ways have ended, one end is gone, or nothing came for too long."""
        try:
            async with asyncio.timeout(idle_seconds) as limit, asyncio.TaskGroup() as both:
                alive = _Alive(limit, idle_seconds)
                both.create_task(self._go_up(alive))
                both.create_task(self._go_down(alive))
        except* OSError:  # TimeoutError is one
            pass

    async def _go_up(self, alive: "_Alive") -> None:
        while piece := await self._run[0].read(PIECE):
            await alive.pass_on(piece, self._host[1])
            self.up += len(piece)
        self._host[1].write_eof()

    async def _go_down(self, alive: "_Alive") -> None:
        while piece := await self._host[0].read(PIECE):
            await alive.pass_on(piece, self._run[1])
            self.down += len(piece)
        self._run[1].write_eof()


class _Alive:
    """Puts the end of a tunnel off with every piece that passes."""

    def __init__(self, limit: asyncio.Timeout, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds

    async def pass_on(self, piece: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(piece)
        await writer.drain()
        self._limit.reschedule(asyncio.get_running_loop().time() + self._seconds)
