"""Runs the sandbox's HTTP server in its own thread, on 127.0.0.1 only."""

from __future__ import annotations

import asyncio
import importlib
import logging
import socket
import threading
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from app.sandbox.door import Door
from app.sandbox.state import State

log = logging.getLogger(__name__)
_PAGES = "app.sandbox.pages"


def pages(state: State) -> Starlette:
    """What people look at in a browser; nothing as long as there are no pages."""
    try:
        module = importlib.import_module(_PAGES)
    except ModuleNotFoundError:
        return Starlette()
    make: Any = getattr(module, "routes", None)
    return Starlette(routes=make(state) if make else ())


class Switch:
    """Sends each request to REST, GraphQL, git or the pages, by its path."""

    def __init__(self, door: Door, site: ASGIApp) -> None:
        self._door, self._site = door, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/api/graphql":
            await self._door.graphql(scope, receive, send)
        elif path == "/api/v3" or path.startswith("/api/v3/"):
            await self._door.rest(scope, receive, send)
        elif not await self._door.git(scope, receive, send):
            await self._site(scope, receive, send)


class Server:
    def __init__(self, port: int) -> None:
        # Named TCP, else asyncio leaves Nagle's algorithm on and each answer takes 40 ms.
        self._socket = socket.socket(proto=socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(128)  # from here on, connections wait instead of being refused
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", loop="asyncio",
            http="httptools", timeout_graceful_shutdown=1, server_header=False, date_header=True,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="sandbox-http", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        assert self._server is not None  # noqa: S101
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(10)
        self._socket.close()
