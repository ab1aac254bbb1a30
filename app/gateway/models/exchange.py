"""One request of a run and its answer, as bytes. It knows no provider."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Message, Receive, Send

from app.gateway.models.answer import Problem

MAX_REQUEST = 32 << 20
BODY_SECONDS = 30.0  # between two pieces of a request


class Room:
    """What bodies of calls may take of the memory: `per_run` of each run, `most` in all (bytes)."""

    def __init__(self, per_run: int = 64 << 20, most: int = 256 << 20) -> None:
        self._per_run = per_run
        self._most = most
        self._held: Counter[str] = Counter()

    @contextmanager
    def of(self, run_id: str) -> Iterator["Share"]:
        """Given back when the call is over."""
        share = Share(self, run_id)
        try:
            yield share
        finally:
            self.grow(run_id, -share.held)

    def grow(self, run_id: str, size: int) -> None:
        """Raises Problem where there is no room."""
        if size > 0 and (
            self._held[run_id] + size > self._per_run or self._held.total() + size > self._most
        ):
            raise Problem(429, "orc: too much is under way at once; try again", "busy", 2)
        self._held[run_id] += size
        if not self._held[run_id]:
            del self._held[run_id]


class Share:
    """What one call holds."""

    def __init__(self, room: Room, run_id: str) -> None:
        self.held = 0
        self._room = room
        self._run_id = run_id

    def grow(self, size: int) -> None:
        self._room.grow(self._run_id, size)
        self.held += size


class Exchange:
    """One request of a run and its answer."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.started = False
        self._receive = receive
        self._send = send

    async def body(self, headers: list[tuple[bytes, bytes]], share: Share) -> bytes:
        """All of it, since it is read before any of it leaves. Raises Problem."""
        if dict(headers).get(b"content-encoding", b"identity") != b"identity":
            raise Problem(415, "orc: send the body without content-encoding", "encoding")
        parts, size, more = [], 0, True
        while more:
            message = await self._next()
            if message["type"] == "http.disconnect":
                raise Problem(400, "orc: the request was cut", "cut")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            share.grow(len(parts[-1]))
            if size > MAX_REQUEST:
                raise Problem(413, f"orc: a call has at most {MAX_REQUEST >> 20} MB", "too_large")
            more = message.get("more_body", False)
        return b"".join(parts)

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await self._receive()
        except TimeoutError:
            raise Problem(408, "orc: the request comes too slowly", "too_slow") from None

    async def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def send_piece(self, piece: bytes) -> None:
        """Waits while the run takes no more; of a run that hung up it returns at once."""
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b""})
