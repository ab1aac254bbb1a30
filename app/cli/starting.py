"""Notes why the app did not start, in place of a traceback where the operator can mend it."""

import logging
import sys

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.cli.machine import no_docker
from app.db.database import DatabaseError
from app.engine.ports import Postponed, Refused, Unanswered


class Starting:
    """The app, unchanged. `failed` says in a sentence why its lifespan did not begin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.failed: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            """Starlette tells of a failure as a traceback, before it raises it."""
            if message["type"] == "lifespan.startup.failed":
                held.append(message)
            else:
                await send(message)

        try:
            await self._app(scope, receive, hold)
        except Exception as error:
            if held:
                await send(self._told(held[0], error))
            raise

    def _told(self, message: Message, error: Exception) -> Message:
        self.failed = _sentence(error)
        if self.failed is None:
            return message
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # the sentence is enough
        return {"type": message["type"]}


def _sentence(error: Exception) -> str | None:
    """None where it is a fault of ours."""
    if isinstance(error, DatabaseError):
        return str(error)
    if isinstance(error, Refused):
        return f"GitHub refuses the App: {error}. Check ORC_APP_ID and the private key."
    if isinstance(error, Unanswered):
        return f"GitHub does not answer: {error}. Check ORC_GITHUB_URL."
    if isinstance(error, Postponed):
        return f"GitHub asks to wait: {error}. Start it again then."
    docker = sys.modules.get("docker.errors")  # imported where it is used
    if docker is not None and isinstance(error, docker.DockerException):
        return no_docker(error)
    return None
