"""One API exchange on its way, and how it is read from and written to the wire (ASGI)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive, Scope, Send

from app.sandbox.graph import engine
from app.sandbox.refusal import Refusal
from app.sandbox.rest.call import Reply, Route

_DOCS = "https://docs.github.com/rest"
MAX_BODY = 25_000_000


@dataclass(slots=True)
class Exchange:
    """One API request on its way."""

    method: str
    path: str  # below the API's root, percent-encoded
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    graphql: engine.Request | None = None
    operation_name: str | None = None
    route: Route | None = None
    params: dict[str, str] = field(default_factory=dict)
    content: int = 0
    owner: str = ""  # whose rate limit
    charge: dict[str, str] = field(default_factory=dict)  # rate limit headers

    @property
    def name(self) -> str:
        """What a fault's `match` is held against."""
        if self.graphql is not None:
            return f"graphql:{self.graphql.operation}"
        return f"{self.method} {self.route.name if self.route else self.path}"

    @property
    def route_name(self) -> str:
        if self.graphql is not None:
            return "graphql"
        return self.route.name if self.route else "unknown"

    @property
    def writes(self) -> bool:
        if self.graphql is not None:
            return self.graphql.writes
        return self.method not in {"GET", "HEAD"}


def refused(refusal: Refusal) -> Reply:
    body: dict[str, Any] = {
        "message": refusal.message,
        "documentation_url": _DOCS,
        "status": str(refusal.status),
    }
    if refusal.errors is not None:
        body["errors"] = refusal.errors
    return Reply(refusal.status, body, refusal.headers)


def failure(status: int) -> Reply:
    return Reply(status, {"message": "Server Error", "documentation_url": _DOCS,
                          "status": str(status)})  # fmt: skip


def finish(exchange: Exchange, reply: Reply) -> tuple[dict[str, str], bytes]:
    headers = {
        "server": "github.com",
        "x-github-request-id": uuid.uuid4().hex[:24].upper(),
        "x-github-media-type": "github.v3; format=json",
        "x-github-api-version-selected": exchange.headers.get("x-github-api-version", "2022-11-28"),
        **reply.headers,
    }
    if reply.body is None:
        return headers, b""
    headers["content-type"] = "application/json; charset=utf-8"
    return headers, msgspec.json.encode(reply.body)


def read_json(raw: bytes) -> Any:
    """None when it can't be read."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


async def read_exchange(scope: Scope, receive: Receive, root: str) -> Exchange:
    raw = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("latin-1").partition("?")[0].removeprefix(root)
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    body = await read_body(receive, MAX_BODY)
    return Exchange(scope["method"], path, query, read_headers(scope), body)


def read_headers(scope: Scope) -> dict[str, str]:
    return {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}


class HungUp(Exception):
    """The client went away before it had sent its request: there is nothing to be done."""


async def read_body(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HungUp
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit or not message.get("more_body"):
            return b"".join(parts)


async def send_answer(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    raw = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]
    if status not in {204, 304}:
        raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def drop_connection(send: Send) -> None:
    """Closes the connection without an answer: uvicorn's `send` is bound to what holds it."""
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.abort()
    while not cycle.disconnected:  # noqa: ASYNC110 - no event to wait for
        await asyncio.sleep(0.001)
