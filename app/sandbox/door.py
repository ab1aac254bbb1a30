"""The API as an ASGI app: faults, tokens, limits, ETags and records around REST and GraphQL."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive, Scope, Send

from app.sandbox.auth import Grant, Tokens, bearer, check_jwt
from app.sandbox.faults import Faults
from app.sandbox.githttp import GitReply, GitRequest, serve
from app.sandbox.graph import engine
from app.sandbox.graph.context import Context
from app.sandbox.graph.mutations import CONTENT
from app.sandbox.limits import Limits, exhausted, secondary
from app.sandbox.records import Fault, FaultKind, GitRecord, RequestRecord
from app.sandbox.refusal import Refusal, not_found
from app.sandbox.rest import ROUTES
from app.sandbox.rest.call import Call, Reply, Route, Router
from app.sandbox.world import World

log = logging.getLogger(__name__)
_DOCS = "https://docs.github.com/rest"
_AFTER = {"write_then_fail", "write_then_drop"}
_GIT = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)")
_MAX_BODY = 25_000_000


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


class Door:
    def __init__(self, world: World) -> None:
        self.world = world
        self.tokens = Tokens(world)
        self.limits = Limits(world.clock)
        self.faults = Faults()
        self.requests: list[RequestRecord] = []
        self.git_requests: list[GitRecord] = []
        self._router = Router(ROUTES)

    async def rest(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = await _read(scope, receive, "/api/v3")
        found = self._router.find(exchange.method, exchange.path)
        if found:
            exchange.route, exchange.params = found
        await self._answer(exchange, send)

    async def graphql(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = await _read(scope, receive, "/api")
        if exchange.method == "POST":
            parsed = _json(exchange.body)
            exchange.graphql = engine.read(parsed)
            if isinstance(parsed, dict) and isinstance(parsed.get("operationName"), str):
                exchange.operation_name = parsed["operationName"]
        await self._answer(exchange, send)

    async def git(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Serves a git request; False when this is none."""
        match = _GIT.fullmatch(scope["path"])
        if match is None:
            return False
        started = time.perf_counter()
        owner, repo, rest = match.groups()
        headers, body = _headers(scope), await _body(receive, 200_000_000)
        query = scope["query_string"].decode("latin-1")
        request = GitRequest(scope["method"], owner, repo, rest, query, headers, body)
        reply = await self._git_reply(request, send)
        seconds = time.perf_counter() - started
        path, at = scope["path"], self.world.now()
        status = reply.status if reply else 0
        self.git_requests.append(
            GitRecord(request.method, path, request.service, status, seconds, at)
        )
        if reply:
            await _send(send, reply.status, reply.headers, reply.body)
        return True

    async def _git_reply(self, request: GitRequest, send: Send) -> GitReply | None:
        fault = self.faults.take(f"git:{request.service}")
        if fault and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        elif fault and fault.kind == "unauthorized":
            return GitReply(401, {"www-authenticate": 'Basic realm="GitHub"'})
        elif fault and fault.kind not in _AFTER:
            return GitReply(fault.status)
        reply = await asyncio.to_thread(serve, self.world, self.tokens, request)
        if fault and fault.kind == "write_then_fail":
            return GitReply(fault.status)
        if fault and fault.kind == "write_then_drop":
            await _drop(send)
            return None
        return reply

    async def _answer(self, exchange: Exchange, send: Send) -> None:
        started = time.perf_counter()
        skip: set[FaultKind] = set() if exchange.graphql is not None else {"partial"}
        if exchange.writes:
            skip.add("stale_read")
        fault = self.faults.take(exchange.name, skip=frozenset(skip))
        if fault and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        reply = await asyncio.to_thread(self._handle, exchange, fault)
        if fault and fault.kind == "write_then_fail":
            reply = _failure(fault.status)
        dropped = fault is not None and fault.kind == "write_then_drop"
        headers, body = _finish(exchange, reply)
        status = 0 if dropped else reply.status
        self._record(exchange, status, time.perf_counter() - started)
        if dropped:
            await _drop(send)
            return
        for observer in self.world.observers:
            observer.request(
                exchange.method, exchange.path, exchange.route_name, exchange.query,
                exchange.headers, exchange.body, reply.status, headers, body,
            )  # fmt: skip
        await _send(send, reply.status, headers, body)

    def _record(self, exchange: Exchange, status: int, seconds: float) -> None:
        request = exchange.graphql
        self.requests.append(
            RequestRecord(
                method=exchange.method,
                path=exchange.path,
                route=exchange.route_name,
                operation=request.operation if request else "",
                mutations=request.mutations if request else (),
                status=status,
                seconds=seconds,
                writes=exchange.writes,
                content=exchange.content,
                at=self.world.now(),
            )
        )

    def _handle(self, exchange: Exchange, fault: Fault | None) -> Reply:
        """Runs in a thread; everything it does is under the state's lock."""
        try:
            with self.world.state.lock:
                reply = self._allowed(exchange, fault)
        except Refusal as refusal:
            reply = _refused(refusal)
        except Exception:
            log.exception("the sandbox failed at %s %s", exchange.method, exchange.path)
            reply = _failure(500)
        return replace(reply, headers={**exchange.charge, **reply.headers})

    def _allowed(self, exchange: Exchange, fault: Fault | None) -> Reply:
        if exchange.graphql is None and exchange.route is None:
            log.warning("the sandbox does not know %s %s", exchange.method, exchange.path)
            raise not_found()
        if fault and fault.kind == "fail":
            return _failure(fault.status)
        if fault and fault.kind == "unauthorized":
            raise Refusal(401, "Bad credentials")
        if fault and fault.kind == "secondary_limit":
            raise secondary(fault.seconds or 60, fault.status if fault.status == 429 else 403)
        grant = self._grant(exchange)
        exchange.owner = grant.login if grant else "app"
        resource = "graphql" if exchange.graphql is not None else "core"
        if fault and fault.kind == "rate_limit":
            reset = int(self.world.clock.time() + (fault.seconds or 60))
            exchange.charge = self.limits.headers(exchange.owner, resource) | {
                "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset),
            }  # fmt: skip
            return self._exhausted(exchange)
        free = exchange.route is not None and exchange.route.template == "/rate_limit"
        paid = free or self.limits.count(exchange.owner, resource)
        exchange.charge = self.limits.headers(exchange.owner, resource)
        if not paid:
            return self._exhausted(exchange)
        if exchange.graphql is not None:
            return self._graphql(exchange, grant, fault)
        return self._rest(exchange, grant, fault)

    def _exhausted(self, exchange: Exchange) -> Reply:
        """REST says 403; GraphQL says it in a 200."""
        refusal = exhausted(self.world.state.app.installation_id)
        if exchange.graphql is None:
            raise refusal
        return Reply(200, {"errors": [{"type": "RATE_LIMITED", "message": refusal.message}]})

    def _grant(self, exchange: Exchange) -> Grant | None:
        token = bearer(exchange.headers)
        if exchange.route is not None and exchange.route.auth == "jwt":
            check_jwt(self.world, token)
            return None
        return self.tokens.grant(token)

    def _state(self, fault: Fault | None) -> Any:
        state = self.world.state
        return state.stale_view() if fault and fault.kind == "stale_read" else state

    def _graphql(self, exchange: Exchange, grant: Grant | None, fault: Fault | None) -> Reply:
        request = exchange.graphql
        if grant is None or request is None:
            raise Refusal(401, "Bad credentials")
        for name in request.mutations:
            if name in CONTENT:
                self.limits.create_content(grant.login)
        partial = fault is not None and fault.kind == "partial"
        context = Context(self.world, self._state(fault), grant, self.limits, partial)
        answer = engine.run(request, context, exchange.operation_name)
        exchange.content = context.content
        return Reply(200, answer)

    def _rest(self, exchange: Exchange, grant: Grant | None, fault: Fault | None) -> Reply:
        route = exchange.route
        if route is None:
            raise not_found()
        body = _json(exchange.body) if exchange.body else {}
        if body is None:
            raise Refusal(400, "Problems parsing JSON")
        if isinstance(body, list) and route.template.endswith("/labels"):
            body = {"labels": body}  # GitHub takes the bare list too
        if not isinstance(body, dict):
            raise Refusal(400, "Body should be a JSON object")
        call = Call(
            world=self.world, state=self._state(fault), tokens=self.tokens, limits=self.limits,
            grant=grant, params=exchange.params, query=exchange.query, body=body,
            route=route.name,
        )  # fmt: skip
        reply = route.handler(call)
        exchange.content = call.content
        if exchange.method != "GET" or reply.status != 200:
            return reply
        tag = f'W/"{hashlib.sha256(msgspec.json.encode(reply.body)).hexdigest()}"'
        headers = {
            **reply.headers,
            "etag": tag,
            "cache-control": "private, max-age=60, s-maxage=60",
        }
        wanted = exchange.headers.get("if-none-match", "")
        if tag.removeprefix("W/") in [one.strip().removeprefix("W/") for one in wanted.split(",")]:
            self.limits.uncount(exchange.owner, "core")
            exchange.charge = self.limits.headers(exchange.owner, "core")
            return Reply(304, None, headers)
        return Reply(200, reply.body, headers)


def _refused(refusal: Refusal) -> Reply:
    body: dict[str, Any] = {
        "message": refusal.message,
        "documentation_url": _DOCS,
        "status": str(refusal.status),
    }
    if refusal.errors is not None:
        body["errors"] = refusal.errors
    return Reply(refusal.status, body, refusal.headers)


def _failure(status: int) -> Reply:
    return Reply(status, {"message": "Server Error", "documentation_url": _DOCS,
                          "status": str(status)})  # fmt: skip


def _finish(exchange: Exchange, reply: Reply) -> tuple[dict[str, str], bytes]:
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


def _json(raw: bytes) -> Any:
    """None when it can't be read."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


async def _read(scope: Scope, receive: Receive, root: str) -> Exchange:
    raw = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("latin-1").partition("?")[0].removeprefix(root)
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    body = await _body(receive, _MAX_BODY)
    return Exchange(scope["method"], path, query, _headers(scope), body)


def _headers(scope: Scope) -> dict[str, str]:
    return {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}


async def _body(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit or not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    raw = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]
    if status not in {204, 304}:
        raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def _drop(send: Send) -> None:
    """Closes the connection without an answer: uvicorn's `send` is bound to what holds it."""
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.abort()
    while not cycle.disconnected:  # noqa: ASYNC110 - no event to wait for
        await asyncio.sleep(0.001)
