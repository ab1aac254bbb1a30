"""A gateway on loopback with real accounts and a provider of the tests' own."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import httpx
import pytest
import structlog
from pydantic import SecretStr
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from structlog.testing import LogCapture

from app.db.account import Account, Accounts
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import Access
from app.gateway.door import Doors, PortDoors
from app.gateway.gate import GatewayGate
from app.gateway.models.proxy import Upstream as Provider
from app.gateway.models.usage import Dialect
from app.gateway.server import Gateway, GatewayConfig
from app.gateway.token import Tokens
from app.graphs.ports import Admission
from tests.integration.gateway.upstream import KEY, Upstream, upstream

ISSUE = IssueRef(RepoRef(5, "octo", "shop", 1), 7)
RUN = "5-7-r1-a1-developer"
TOKENS = Tokens(b"k" * 32)


def admission(
    run_id: str = RUN,
    spent: float = 0.0,
    budget: float | None = None,
    seconds: float = 600,
    commands: frozenset[str] = frozenset({"models"}),
) -> Admission:
    given = Admission(run_id, ISSUE, 1, "developer", seconds, commands)
    return replace(given, spent_usd=spent, budget_usd=budget)


class FakeCommands:
    """Says which path it was asked for, and remembers who has ended."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await JSONResponse({"path": scope["path"]})(scope, receive, send)

    async def end(self, run_id: str) -> None:
        self.ended.append(run_id)


def gateway(
    accounts: Accounts,
    upstreams: dict[Dialect, Provider] | None = None,
    doors: Doors | None = None,
    commands: FakeCommands | None = None,
) -> Gateway:
    """On ports of its own, with providers of these addresses, unless said otherwise."""
    config = GatewayConfig(upstreams or {})
    return Gateway(doors or PortDoors(), TOKENS, accounts, config, commands or FakeCommands())


@dataclass
class House:
    """The gateway's gate, its accounts, and the provider behind it."""

    gate: GatewayGate
    accounts: Accounts
    fake: Upstream
    database_url: str

    async def client(self, access: Access | None = None, **admitted: object) -> httpx.AsyncClient:
        """One that shows the run's token as the Anthropic SDK does."""
        access = access or await self.gate.admit(admission(**admitted))  # type: ignore[arg-type]
        return httpx.AsyncClient(
            base_url=access.url, headers={"x-api-key": access.token}, timeout=20, trust_env=False
        )

    async def account(self, run_id: str = RUN) -> Account:
        found = await self.accounts.get(run_id)
        assert found is not None
        return found


def providers(url: str, key: str | None = KEY) -> dict[Dialect, Provider]:
    secret = None if key is None else SecretStr(key)
    return {
        Dialect.ANTHROPIC: Provider(url, secret, "ORC_ANTHROPIC_KEY"),
        Dialect.OPENAI: Provider(f"{url}/v1", secret, "ORC_OPENAI_KEY"),
    }


@pytest.fixture
async def fake() -> AsyncIterator[Upstream]:
    async with upstream() as opened:
        yield opened


@pytest.fixture
async def accounts(database_url: str) -> AsyncIterator[Accounts]:
    opened = Accounts(database_url)
    yield opened
    await opened.close_connections()


@pytest.fixture
async def house(fake: Upstream, accounts: Accounts, database_url: str) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        gate = await stack.enter_async_context(gateway(accounts, providers(fake.url)))
        yield House(gate, accounts, fake, database_url)


@pytest.fixture
def logged() -> Iterator[LogCapture]:
    """Every line that is logged, in both ways there are."""
    capture = LogCapture()
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[capture])
    handler = _Into(capture)
    logging.getLogger().addHandler(handler)
    yield capture
    logging.getLogger().removeHandler(handler)
    structlog.configure(processors=before)


class _Into(logging.Handler):
    def __init__(self, capture: LogCapture) -> None:
        super().__init__()
        self._capture = capture

    def emit(self, record: logging.LogRecord) -> None:
        self._capture.entries.append({"event": self.format(record), "log_level": "x"})
