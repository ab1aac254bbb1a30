"""One request of a run and its answer, as bytes. It knows no provider."""

import asyncio

from starlette.types import Message, Receive, Send

from app.gateway.models.answer import Problem

MAX_REQUEST = 32 << 20
BODY_SECONDS = 30.0  # between two pieces of a request


class Exchange:
    """One request of a run and its answer."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.started = False
        self._receive = receive
        self._send = send

    async def body(self, headers: list[tuple[bytes, bytes]]) -> bytes:
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
