"""The web door: verifies a delivery, answers 202 and hands it on. It does no work of its own."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.engine.inbox import ACCEPTED, FULL, SEEN, Inbox
from app.github.webhook import EVENTS, MAX_BYTES, Malformed, Verifier, read

log = structlog.get_logger(__name__)
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


class Answer:
    """What a delivery is answered with, as ASGI's two messages, made once."""

    def __init__(self, status: int, text: str) -> None:
        body = text.encode() + b"\n"
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
        if status >= 400:
            headers.append((b"connection", b"close"))  # the rest of the body is not read
        self.start = {"type": "http.response.start", "status": status, "headers": headers}
        self.body = {"type": "http.response.body", "body": body}


NOT_POSTED = Answer(405, "deliveries are POSTed")
TOO_LARGE = Answer(413, "larger than any payload of GitHub")
NOT_SIGNED = Answer(401, "the signature does not match the webhook's secret")
MALFORMED = Answer(400, "the body is not the JSON of a payload")
NOT_OURS = Answer(202, "not an event we take")
PUT = {text: Answer(202, text) for text in (ACCEPTED, SEEN, FULL)}


class Door:
    """POST /webhooks as a bare ASGI app: at its rates a Request and a Response would cost half.

    It stands before Starlette's middleware and router, which would cost a sixth, and hands them
    what is for other paths.
    """

    def __init__(self, verifier: Verifier, inbox: Inbox, others: Starlette) -> None:
        self._verifier = verifier
        self._inbox = inbox
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/webhooks":
            await self._others(scope, receive, send)
            return
        answer = NOT_POSTED
        if scope["method"] == "POST":
            headers = dict(scope["headers"])
            body = await _body(headers, receive)
            answer = TOO_LARGE if body is None else self._take(headers, body)
        await send(answer.start)
        await send(answer.body)

    def _take(self, headers: Mapping[bytes, bytes], body: bytes) -> Answer:
        if not self._verifier.accepts(body, headers.get(b"x-hub-signature-256", b"")):
            return NOT_SIGNED
        event = headers.get(b"x-github-event", b"").decode("latin-1")
        guid = headers.get(b"x-github-delivery", b"").decode("latin-1")
        try:
            delivery = read(guid, event, body)
        except Malformed as error:
            log.info("refused: malformed", guid=guid, why=str(error))
            return MALFORMED
        if event not in EVENTS:
            log.info("ignored: an event we do not take", guid=guid, kind=event)
            return NOT_OURS
        return PUT[self._inbox.put(delivery)]


async def _body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes | None:
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


def build(
    verifier: Verifier, inbox: Inbox, readiness: Readiness, lifespan: Lifespan | None = None
) -> ASGIApp:
    """The application that uvicorn serves."""
    routes = [Route("/healthz", readiness.live), Route("/readyz", readiness.answer)]
    return Door(verifier, inbox, Starlette(routes=routes, lifespan=lifespan))
