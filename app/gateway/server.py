"""The gateway as one thing: opens its doors, serves them inside the app's loop, closes them.

It decides nothing. Wiring builds it so:

    tokens, accounts = Tokens(key), Accounts(database.url)
    gateway = Gateway(
        SocketDoors(state_dir / "gateway"),  # or PortDoors(remember=...) with executor `process`
        tokens,
        accounts,
        GatewayConfig(providers={Dialect.ANTHROPIC: Upstream(url, key, "ORC_ANTHROPIC_API_KEY")}),
        CommandApi(Entry(tokens, accounts), outside),
    )
    async with gateway as gate:  # a Gate
        ...
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from app.gateway.application import Application
from app.gateway.budget import Budgets
from app.gateway.crowd import Crowd
from app.gateway.door import Doors
from app.gateway.egress import EgressLimits, EgressProxy
from app.gateway.entry import Entry
from app.gateway.gate import GatewayGate, Part
from app.gateway.ledger import Ledger
from app.gateway.models.proxy import ModelProxy, Upstream
from app.gateway.models.usage import Dialect
from app.gateway.price import DEFAULTS, Prices
from app.gateway.token import Tokens
from app.trust import trusted

MOST_CONNECTIONS = 1024
CONNECTIONS_PER_RUN = 64
HEAD_BYTES = 64 << 10
HEAD_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """What an operator decides."""

    providers: Mapping[Dialect, Upstream]
    prices: Prices = DEFAULTS
    egress: EgressLimits = field(default_factory=EgressLimits)


class Commands(Part, Protocol):
    """The ASGI application of POST /v1/command; it asks an `Entry` of its own who calls."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


class Gateway:
    """An asynchronous context whose value is the `Gate`. It installs no signal handlers."""

    def __init__(
        self,
        doors: Doors,
        tokens: Tokens,
        ledger: Ledger,
        config: GatewayConfig,
        commands: Commands,
    ) -> None:
        self._doors = doors
        self._tokens = tokens
        self._ledger = ledger
        self._config = config
        self._commands = commands
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> GatewayGate:
        async with AsyncExitStack() as stack:
            gate = await self._open(stack)
            self._stack = stack.pop_all()
        return gate

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def _open(self, stack: AsyncExitStack) -> GatewayGate:
        config, entry = self._config, Entry(self._tokens, self._ledger)
        client = await stack.enter_async_context(_client())
        budgets = Budgets(self._ledger)
        egress = EgressProxy(entry, config.egress)
        models = ModelProxy(entry, budgets, config.prices, config.providers, client)
        app = Application(models, self._commands)
        doors = self._doors.open()
        await stack.enter_async_context(_serving(app, doors[0]))
        stack.push_async_callback(budgets.close)  # before the server, which waits for calls
        await stack.enter_async_context(_tunnelling(egress, doors[1]))
        url, proxy = self._doors.addresses(doors)
        parts = (self._commands, egress, budgets)
        return GatewayGate(self._tokens, self._ledger, url, proxy, parts)


def _client() -> httpx.AsyncClient:
    """Connections to providers; how many there are is bounded by runs and their calls."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    return httpx.AsyncClient(verify=trusted(), limits=limits, follow_redirects=False)


class _Server(uvicorn.Server):
    """uvicorn inside an app that has its own signals, on a socket that is open already."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        self._crowd = Crowd(MOST_CONNECTIONS, CONNECTIONS_PER_RUN)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()
        self.servers = []
        for door in sockets or []:
            listen = loop.create_unix_server if _is_unix(door) else loop.create_server
            self.servers.append(await listen(self._protocol, sock=door))
        self.started = True
        self.up.set()

    def _protocol(self) -> asyncio.Protocol:
        made = Connection(self.config, self.server_state, self.lifespan.state)
        made.crowd = self._crowd
        return made


class Connection(H11Protocol):
    """Closed where it says nothing for long, since connections are what a hostile run can hoard."""

    crowd: Crowd  # of the server it belongs to
    _peer: str | None = None

    # uvicorn's own signature, which is narrower than asyncio's
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._peer = self.crowd.enter(transport)
        if self._peer is None:
            transport.abort()
        else:
            self.loop.call_later(HEAD_SECONDS, self._expect_request)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._peer is not None:
            self.crowd.leave(self._peer)

    def _expect_request(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None and not self.transport.is_closing():
            self.transport.abort()


@asynccontextmanager
async def _serving(app: ASGIApp, door: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve([door]))
    opened = asyncio.create_task(server.up.wait())
    try:
        await asyncio.wait({serving, opened}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            await serving
        yield
    finally:
        opened.cancel()
        server.should_exit = True
        await serving


@asynccontextmanager
async def _tunnelling(egress: EgressProxy, door: socket.socket) -> AsyncIterator[None]:
    start = asyncio.start_unix_server if _is_unix(door) else asyncio.start_server
    server = await start(egress.serve, sock=door, limit=64 << 10)
    try:
        yield
    finally:
        server.close()
        await egress.close()
        await server.wait_closed()


def _is_unix(door: socket.socket) -> bool:
    return door.family == socket.AF_UNIX
