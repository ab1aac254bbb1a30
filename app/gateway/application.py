"""Which part of the gateway a request is for. It answers only what is for none."""

import json

from starlette.types import ASGIApp, Receive, Scope, Send

from app.gateway.models.route import dialect_of


class Application:
    """POST /v1/command for the commands, /anthropic and /openai for the models."""

    def __init__(self, models: ASGIApp, commands: ASGIApp) -> None:
        self._models = models
        self._commands = commands

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if dialect_of(scope["path"]) is not None:
            await self._models(scope, receive, send)
        elif scope["path"] == "/v1/command":
            await self._commands(scope, receive, send)
        else:
            await _not_found(send)


async def _not_found(send: Send) -> None:
    said = {"success": False, "error": "NotFound", "message": "The gateway has no such path."}
    body = json.dumps(said).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),  # the body is not read
    ]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})
