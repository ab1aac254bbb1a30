"""The fake model server on loopback: routes, faults and ledger. It knows no provider's format."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.sandbox.models.chat import Chat
from app.sandbox.models.dialect import Asked, Dialect, Event, Refused
from app.sandbox.models.ledger import Entry, Ledger
from app.sandbox.models.messages import Messages, count_tokens
from app.sandbox.models.reply import reply
from app.sandbox.models.responses import Responses
from app.sandbox.models.script import Fault, Script, Turn
from app.sandbox.server import Server

_BODY = 32_000_000
_SEND = "orc.send"
_MESSAGES, _RESPONSES, _CHAT = Messages(), Responses(), Chat()
# As the gateway lays them out, and bare.
_PREFIXES = {"messages": ("", "/anthropic"), "responses": ("", "/openai"), "chat": ("", "/openai")}
_PATHS = {"messages": "/v1/messages", "responses": "/v1/responses", "chat": "/v1/chat/completions"}


@dataclass(frozen=True, slots=True)
class _Answer:
    """A turn on its way out, and where it comes from."""

    turn: Turn
    asked: Asked
    entry: Entry
    fault: Fault | None


class FakeModels:
    """Answers with the script's turns. `start` and `stop` are for a thread of its own."""

    def __init__(self, script: Script, port: int = 0) -> None:
        self.script = script
        self.ledger = Ledger()
        self._faults: Counter[tuple[str, int | None, int | None, str]] = Counter()
        self._port = port
        self._server: Server | None = None
        self.url = ""

    def start(self) -> None:
        self._server = Server(self._port)
        self.url = self._server.url
        self._server.start(self.application())

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()

    def application(self) -> ASGIApp:
        """For another server; the cut streams need uvicorn."""
        routes = [Route("/ledger", self._ledger)]
        for dialect in (_MESSAGES, _RESPONSES, _CHAT):
            for prefix in _PREFIXES[dialect.name]:
                path = prefix + _PATHS[dialect.name]
                routes.append(Route(path, _Endpoint(self, dialect).answer, methods=["POST"]))
        for prefix in _PREFIXES["messages"]:
            path = f"{prefix}/v1/messages/count_tokens"
            routes.append(Route(path, self._count, methods=["POST"]))
        return _Raw(Starlette(routes=routes, exception_handlers={404: _not_found, 405: _not_found}))

    async def _ledger(self, _request: Request) -> Response:
        return JSONResponse(self.ledger.shown())

    async def _count(self, request: Request) -> Response:
        entry = Entry("count_tokens")
        self.ledger.entries.append(entry)
        try:
            entry.key = _MESSAGES.key(request.headers)
            body = count_tokens(request.headers, await _body(request))
        except Refused as refused:
            entry.status = refused.status
            return JSONResponse(_MESSAGES.refusal(refused), refused.status)
        entry.status, entry.complete = 200, True
        return JSONResponse(body)

    def choose(self, asked: Asked, entry: Entry) -> _Answer:
        """The turn that is due, and what goes wrong with it this time."""
        talk = asked.conversation
        turn = self.script.side
        entry.side, entry.earlier, entry.told = not talk.tools, talk.earlier, talk.told
        if not entry.side:
            entry.case, entry.turn = self.script.case(talk.prompt), talk.turn
            turns = () if entry.case is None else self.script.cases[entry.case].turns
            due = turns[talk.turn] if talk.turn < len(turns) else _beyond(self.script, entry)
            turn = due.after(talk.told)
        fault = turn.fault
        if fault is not None and fault.times:
            key = (entry.key, entry.case, entry.turn, talk.prompt)
            self._faults[key] += 1
            fault = fault if self._faults[key] <= fault.times else None
        return _Answer(turn, asked, entry, fault)


class _Endpoint:
    """One path of one provider."""

    def __init__(self, models: FakeModels, dialect: Dialect) -> None:
        self._models, self._dialect = models, dialect

    async def answer(self, request: Request) -> Response:
        entry = Entry(self._dialect.name)
        self._models.ledger.entries.append(entry)
        try:
            entry.key = self._dialect.key(request.headers)
            asked = self._dialect.read(request.headers, await _body(request))
            entry.model, entry.stream = asked.model, asked.stream
            answer = self._models.choose(asked, entry)
            _fail(answer.fault)
        except Refused as refused:
            entry.status = refused.status
            return _refusal(self._dialect, refused)
        entry.status = 200
        return await self._respond(answer)

    async def _respond(self, answer: _Answer) -> Response:
        said = reply(answer.turn, answer.asked.conversation)
        fault, entry = answer.fault or Fault(pause=0), answer.entry
        if answer.asked.stream:
            return _Stream(self._dialect.events(said, answer.asked), entry, fault)
        if fault.cut is not None:
            return _Dropped()
        await asyncio.sleep(fault.pause or 0)
        entry.sent, entry.complete = said.tokens, True
        return JSONResponse(self._dialect.whole(said, answer.asked))


class _Refusal(Refused):
    """A scripted one, with what goes into retry-after."""

    retry_after: int | None = None


def _fail(fault: Fault | None) -> None:
    if fault is not None and fault.status is not None:
        message = fault.message or f"(fake model) scripted error {fault.status}"
        refused = _Refusal(fault.status, message)
        refused.retry_after = fault.retry_after
        raise refused


def _refusal(dialect: Dialect, refused: Refused) -> Response:
    after = getattr(refused, "retry_after", None)
    headers = {} if after is None else {"retry-after": str(after)}
    return JSONResponse(dialect.refusal(refused), refused.status, headers)


def _beyond(script: Script, entry: Entry) -> Turn:
    what = "no case fits this prompt" if entry.case is None else f"there is no turn {entry.turn}"
    return Turn(text=f"(fake model) In the script {script.name!r} {what}.")


class _Dropped(Response):
    """No answer at all: the connection ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _hang_up(scope)


class _Stream(Response):
    """Notes what went out as it goes, so that a cut stream counts what its client has seen."""

    def __init__(self, events: Iterator[Event], entry: Entry, fault: Fault) -> None:
        super().__init__(media_type="text/event-stream", headers={"cache-control": "no-cache"})
        del self.headers["content-length"]
        self._events, self._entry, self._fault = events, entry, fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for number, event in enumerate(self._events):
            if number == self._fault.cut:
                await _hang_up(scope)
                return
            await asyncio.sleep(self._fault.pause or 0)
            await send({"type": "http.response.body", "body": event.data, "more_body": True})
            self._entry.sent = event.sent or self._entry.sent
        await send({"type": "http.response.body", "body": b""})
        self._entry.complete = True


class _Raw:
    """Keeps the server's own `send` for those who hang up: Starlette wraps it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, _SEND: send}, receive, send)


async def _hang_up(scope: Scope) -> None:
    """Closes the connection after what was sent: uvicorn's `send` is bound to what holds it."""
    cycle: Any = scope[_SEND].__self__
    cycle.transport.close()
    while not cycle.disconnected:  # noqa: ASYNC110 - no event to wait for
        await asyncio.sleep(0.001)


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY:
            raise Refused(413, "Request exceeds the maximum size")
    return body


async def _not_found(request: Request, _error: Exception) -> Response:
    refused = Refused(404, f"Not found: {request.method} {request.url.path}", code="unknown_url")
    openai = request.url.path.startswith(("/openai", "/v1/responses", "/v1/chat"))
    return JSONResponse((_CHAT if openai else _MESSAGES).refusal(refused), 404)
