"""The API as an ASGI app: faults, tokens, limits, ETags and records around REST and GraphQL."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import time
from dataclasses import replace
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from app.sandbox.auth import Grant, Tokens, bearer, check_jwt
from app.sandbox.faults import Faults
from app.sandbox.graph import engine
from app.sandbox.graph.context import Context
from app.sandbox.graph.mutations import CONTENT
from app.sandbox.limits import Limits, exhausted, secondary
from app.sandbox.records import Fault, FaultKind, RequestRecord
from app.sandbox.refusal import Refusal, not_found, unsupported
from app.sandbox.rest import ROUTES
from app.sandbox.rest.call import Call, Reply, Router
from app.sandbox.wire import (
    Exchange,
    drop_connection,
    failure,
    finish,
    read_exchange,
    read_json,
    refused,
    send_answer,
)
from app.sandbox.world import World

log = logging.getLogger(__name__)
_MEDIA = re.compile(r"vnd\.github\.(v3\.)?(raw|html|text|full|diff|patch|sha)\b")


class Door:
    def __init__(self, world: World) -> None:
        self.world = world
        self.tokens = Tokens(world)
        self.limits = Limits(world.clock)
        self.faults = Faults()
        self.requests: list[RequestRecord] = []
        self._router = Router(ROUTES)

    async def rest(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = await read_exchange(scope, receive, "/api/v3")
        found = self._router.find(exchange.method, exchange.path)
        if found:
            exchange.route, exchange.params = found
        await self._answer(exchange, send)

    async def graphql(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = await read_exchange(scope, receive, "/api")
        if exchange.method == "POST":
            parsed = read_json(exchange.body)
            exchange.graphql = engine.read(parsed)
            if isinstance(parsed, dict) and isinstance(parsed.get("operationName"), str):
                exchange.operation_name = parsed["operationName"]
        await self._answer(exchange, send)

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
            reply = failure(fault.status)
        dropped = fault is not None and fault.kind == "write_then_drop"
        headers, body = finish(exchange, reply)
        status = 0 if dropped else reply.status
        self._record(exchange, status, time.perf_counter() - started)
        if dropped:
            await drop_connection(send)
            return
        for observer in self.world.observers:
            observer.request(
                exchange.method, exchange.path, exchange.route_name, exchange.query,
                exchange.headers, exchange.body, reply.status, headers, body,
            )  # fmt: skip
        await send_answer(send, reply.status, headers, body)

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
            reply = refused(refusal)
        except Exception:
            log.exception("the sandbox failed at %s %s", exchange.method, exchange.path)
            reply = failure(500)
        return replace(reply, headers={**exchange.charge, **reply.headers})

    def _allowed(self, exchange: Exchange, fault: Fault | None) -> Reply:
        if exchange.graphql is None and exchange.route is None:
            log.warning("the sandbox does not know %s %s", exchange.method, exchange.path)
            raise not_found()
        if _MEDIA.search(exchange.headers.get("accept", "")):
            raise unsupported(f"the media type {exchange.headers['accept']}")
        if fault and fault.kind == "fail":
            return failure(fault.status)
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
        body = read_json(exchange.body) if exchange.body else {}
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
