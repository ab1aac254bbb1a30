"""Runs the sandbox's HTTP server in its own thread, on 127.0.0.1 only."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import socket
import threading
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from app.sandbox.actions.downloads import Downloads
from app.sandbox.door import Door
from app.sandbox.gitdoor import GitDoor
from app.sandbox.wire import HungUp

log = logging.getLogger(__name__)
_PAGES = "app.sandbox.pages"


class Pages:
    """What people look at in a browser; loaded when somebody first looks."""

    def __init__(self, host: object) -> None:
        self._host = host
        self._site: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._site is None:
            self._site = self._load()
        await self._site(scope, receive, send)

    def _load(self) -> Starlette:
        try:
            module = importlib.import_module(_PAGES)
        except ModuleNotFoundError:
            return Starlette()
        make: Any = getattr(module, "routes", None)
        return Starlette(routes=make(self._host) if make else ())


class Switch:
    """Sends each request to REST, GraphQL, git or the pages, by its path."""

    def __init__(self, door: Door, git: GitDoor, downloads: Downloads, site: ASGIApp) -> None:
        self._door, self._git, self._downloads, self._site = door, git, downloads, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(HungUp):
            await self._route(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/api/graphql":
            await self._door.graphql(scope, receive, send)
        elif path == "/api/v3" or path.startswith("/api/v3/"):
            await self._door.rest(scope, receive, send)
        elif path.startswith("/_downloads/"):
            await self._downloads(scope, receive, send)
        elif not await self._git.serve(scope, receive, send):
            await self._site(scope, receive, send)


class _Uvicorn(uvicorn.Server):
    """Stops at once: the original looks only every 0.1 s whether it should."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        if self._loop:
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        seconds = 0
        while not self.should_exit:
            await self.on_tick(seconds * 10)  # renews the Date header
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), 1)
            seconds += 1

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for one in (*self.servers, *(sockets or ())):
            one.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        tasks = self.server_state.tasks
        for _ in range(200):  # what is being answered gets a second
            await asyncio.sleep(0.005)
            if not tasks and not self.server_state.connections:
                return
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Server:
    def __init__(self, port: int) -> None:
        # Named TCP, else asyncio leaves Nagle's algorithm on and each answer takes 40 ms.
        self._socket = socket.socket(proto=socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(128)  # from here on, connections wait instead of being refused
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server: _Uvicorn | None = None
        self._thread: threading.Thread | None = None

    def start(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", loop="asyncio",
            http="httptools", timeout_graceful_shutdown=1, server_header=False, date_header=True,
        )  # fmt: skip
        self._server = _Uvicorn(config)
        self._thread = threading.Thread(target=self._run, name="sandbox-http", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        assert self._server is not None  # noqa: S101 - made before the thread
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.stop()
            self._thread.join(10)
        self._socket.close()
