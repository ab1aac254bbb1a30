"""A provider on loopback that is strict about keys, says what a test told it, and counts it."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import h11

from app.gateway.price import Tokens

KEY = "sk-canary-0123456789abcdef"


@dataclass(frozen=True)
class Reply:
    """`pieces` are written one by one; `cut` ends them without an end. `held`: the rest waits for
    it after the first piece."""

    pieces: tuple[bytes, ...] = (b"{}",)
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)
    cut: bool = False
    held: asyncio.Event | None = None
    before: asyncio.Event | None = None


@dataclass
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Upstream:
    """`replies` are used up in order; `asked` fills as requests come."""

    url: str = ""
    replies: deque[Reply] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    came: asyncio.Condition = field(default_factory=asyncio.Condition)
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def until_asked(self, count: int) -> None:
        async with self.came:
            await self.came.wait_for(lambda: len(self.asked) >= count)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self.serving.add(task)
        await asyncio.wait({task})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            http = h11.Connection(h11.SERVER)
            asked = await self._read(http, reader)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            async with self.came:
                self.asked.append(asked)
                self.came.notify_all()
            await self._answer(http, writer, asked)
        except (ConnectionError, h11.RemoteProtocolError):
            pass
        finally:
            self.at_once -= 1
            writer.close()

    async def _read(self, http: h11.Connection, reader: asyncio.StreamReader) -> Asked:
        head, body = None, b""
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                http.receive_data(await reader.read(65536))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            else:
                break
        assert head is not None
        headers = {name.decode(): value.decode() for name, value in head.headers}
        return Asked(head.method.decode(), head.target.decode(), headers, body)

    async def _answer(
        self, http: h11.Connection, writer: asyncio.StreamWriter, asked: Asked
    ) -> None:
        shown = (asked.headers.get("x-api-key"), asked.headers.get("authorization"))
        reply = self.replies.popleft() if self.replies else Reply(status=500)
        if shown not in ((KEY, None), (None, f"Bearer {KEY}")):
            reply = Reply((f"Incorrect API key provided: {shown}".encode(),), 401)
        if reply.before:
            await reply.before.wait()
        headers = [*reply.headers, ("transfer-encoding", "chunked"), ("x-org", "secret-org")]
        writer.write(http.send(h11.Response(status_code=reply.status, headers=headers)) or b"")
        for number, piece in enumerate(reply.pieces):
            if number == 1 and reply.held:
                await reply.held.wait()
            writer.write(http.send(h11.Data(data=piece)) or b"")
            await writer.drain()
            await asyncio.sleep(0)
        if not reply.cut:
            writer.write(http.send(h11.EndOfMessage()) or b"")
        await writer.drain()


@asynccontextmanager
async def upstream() -> AsyncIterator[Upstream]:
    fake = Upstream()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield fake
    finally:
        for task in fake.serving:
            task.cancel()
        await asyncio.gather(*fake.serving, return_exceptions=True)
        server.close()
        await server.wait_closed()


SSE = (("content-type", "text/event-stream; charset=utf-8"),)


def event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def messages_stream(tokens: Tokens, model: str = "claude-sonnet-4-5", **reply: Any) -> Reply:
    """An answer of the Messages API; `tokens.input` includes what a cache had or was given."""
    used = {
        "input_tokens": tokens.input - tokens.cached - tokens.written,
        "cache_read_input_tokens": tokens.cached,
        "cache_creation_input_tokens": tokens.written,
        "output_tokens": 1,
    }
    message = {"id": "msg_1", "type": "message", "model": model, "usage": used}
    text = {"type": "text_delta", "text": '"usage": é'}
    pieces = (
        event("message_start", {"type": "message_start", "message": message}),
        event("ping", {"type": "ping"}),
        event("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": text}),
        event(
            "message_delta", {"type": "message_delta", "usage": {"output_tokens": tokens.output}}
        ),
        event("message_stop", {"type": "message_stop"}),
    )
    return Reply(pieces, headers=SSE, **reply)


def message(tokens: Tokens, model: str = "claude-sonnet-4-5", **reply: Any) -> Reply:
    """The same in one piece."""
    used = {
        "input_tokens": tokens.input - tokens.cached - tokens.written,
        "cache_read_input_tokens": tokens.cached,
        "cache_creation_input_tokens": tokens.written,
        "output_tokens": tokens.output,
    }
    said = {"id": "msg_1", "type": "message", "model": model, "usage": used}
    return Reply((json.dumps(said).encode(),), **reply)


def response(tokens: Tokens, model: str = "gpt-5.2") -> dict[str, Any]:
    used = {
        "input_tokens": tokens.input,
        "input_tokens_details": {"cached_tokens": tokens.cached},
        "output_tokens": tokens.output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens.input + tokens.output,
    }
    return {"id": "resp_1", "object": "response", "model": model, "usage": used}


def responses_stream(tokens: Tokens, model: str = "gpt-5.2", **reply: Any) -> Reply:
    done = response(tokens, model)
    pieces = (
        event("response.created", {"type": "response.created", "response": done | {"usage": None}}),
        event("response.output_text.delta", {"type": "response.output_text.delta", "delta": "hi"}),
        event("response.completed", {"type": "response.completed", "response": done}),
    )
    return Reply(pieces, headers=SSE, **reply)


def chat_stream(tokens: Tokens, model: str = "gpt-4.1", **reply: Any) -> Reply:
    used = {
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cached},
    }
    chunk = {"id": "c", "object": "chat.completion.chunk", "model": model}
    texts = [
        chunk | {"choices": [{"index": 0, "delta": {"content": "hi"}}], "usage": None},
        chunk | {"choices": [], "usage": used},
    ]
    lines = [f"data: {json.dumps(text)}\r\n\r\n".encode() for text in texts]
    return Reply((*lines, b"data: [DONE]\r\n\r\n"), headers=SSE, **reply)
