"""The web door: verifies a delivery, answers 202 and hands it on. It does no work of its own."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.engine.inbox import Inbox
from app.github.webhook import EVENTS, MAX_BYTES, Malformed, Verifier, read

log = structlog.get_logger(__name__)
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


class Door:
    """POST /webhooks as a bare ASGI app: at its rates a Request and a Response would cost half."""

    def __init__(self, verifier: Verifier, inbox: Inbox) -> None:
        self._verifier = verifier
        self._inbox = inbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, answer = await self._take(scope, receive)
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(answer))]
        if status >= 400:
            headers.append((b"connection", b"close"))  # the rest of the body is not read
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _take(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        if scope["method"] != "POST":
            return 405, b"deliveries are POSTed\n"
        headers = dict(scope["headers"])
        body = await _body(headers, receive)
        if body is None:
            return 413, b"larger than any payload of GitHub\n"
        if not self._verifier.accepts(body, headers.get(b"x-hub-signature-256", b"")):
            return 401, b"the signature does not match the webhook's secret\n"
        event = headers.get(b"x-github-event", b"").decode("latin-1")
        guid = headers.get(b"x-github-delivery", b"").decode("latin-1")
        try:
            delivery = read(guid, event, body)
        except Malformed as error:
            log.info("refused: malformed", guid=guid, why=str(error))
            return 400, b"the body is not the JSON of a payload\n"
        if event not in EVENTS:
            log.info("ignored: an event we do not take", guid=guid, kind=event)
            return 202, b"not an event we take\n"
        return 202, self._inbox.put(delivery).encode() + b"\n"


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes | None:
    """The raw bytes, or None where there are more than GitHub ever sends."""
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > MAX_BYTES:
        return None
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body
    parts, size = [body], len(body)
    while message.get("more_body", False):
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


class Readiness:
    """Whether everything behind the door is up, and what was missed has been looked for."""

    def __init__(self) -> None:
        self.when: Callable[[], bool] = lambda: False

    async def live(self, _request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def answer(self, _request: Request) -> Response:
        ready = self.when()
        status = "ready" if ready else "starting"
        return JSONResponse({"status": status}, 200 if ready else 503)


class Front(Starlette):
    """The door stands before Starlette's middleware and router, which would cost a sixth."""

    def __init__(self, door: Door, routes: list[Route], lifespan: Lifespan | None) -> None:
        super().__init__(routes=routes, lifespan=lifespan)
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/webhooks":
            await self._door(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def build(
    verifier: Verifier, inbox: Inbox, readiness: Readiness, lifespan: Lifespan | None = None
) -> Starlette:
    """The application that uvicorn serves."""
    routes = [Route("/healthz", readiness.live), Route("/readyz", readiness.answer)]
    return Front(Door(verifier, inbox), routes, lifespan)
