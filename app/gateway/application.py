"""Which part of the gateway a request is for. It answers only what is for none."""

import json

from starlette.types import ASGIApp, Receive, Scope, Send

from app.gateway.entry import Entry, Refused
from app.gateway.models.route import dialect_of, token_of


class Application:
    """POST /v1/command for the commands, /anthropic and /openai for the models."""

    def __init__(self, entry: Entry, models: ASGIApp, commands: ASGIApp | None) -> None:
        self._entry = entry
        self._models = models
        self._commands = commands

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if dialect_of(scope["path"]) is not None:
            await self._models(scope, receive, send)
        elif scope["path"] == "/v1/command" and self._commands is not None:
            await self._command(self._commands, scope, receive, send)
        else:
            await _refuse(send, Refused(404, "orc: the gateway has no such path"), "NotFound")

    async def _command(self, commands: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """The commands read the token themselves; here it is seen that its run is let in."""
        try:
            await self._entry.claims(token_of(scope["headers"]))
        except Refused as refused:
            await _refuse(send, refused, "Unanswered" if refused.retry_after else "Unauthorized")
        else:
            await commands(scope, receive, send)


async def _refuse(send: Send, refused: Refused, error: str) -> None:
    said = {"success": False, "error": error, "message": refused.reason}
    body = json.dumps(said).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    if refused.retry_after is not None:
        headers.append((b"retry-after", b"%d" % refused.retry_after))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
