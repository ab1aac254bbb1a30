"""The gateway, where runs can reach one: with containers, and wherever a model's key is set."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from app.db import Database
from app.db.account import Accounts
from app.engine.ports import Board, Policies
from app.github.api import Api
from app.graphs.ports import Gate
from app.settings import Settings
from app.wiring.executor import GATEWAY
from app.wiring.keys import run_key


@dataclass(frozen=True, slots=True)
class Open:
    """The gateway at work, and the accounts that it keeps."""

    gate: Gate
    accounts: Accounts


class _Health:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def parts(self) -> Mapping[str, bool]:
        return {"database": not self._database.leases.lost.is_set()}


async def gateway(
    stack: AsyncExitStack,
    settings: Settings,
    database: Database,
    api: Api,
    tasks: tuple[Board, Policies],
) -> Open | None:
    """Opened until the stack is closed. Its parts are imported only here, where there is one."""
    keys = (settings.anthropic_api_key, settings.openai_api_key)
    if settings.executor == "process" and not any(keys):
        return None
    from app.gateway.commands import CommandApi, Outside
    from app.gateway.door import PortDoors, SocketDoors
    from app.gateway.entry import Entry
    from app.gateway.models.proxy import Upstream
    from app.gateway.models.usage import Dialect
    from app.gateway.server import Gateway, GatewayConfig
    from app.gateway.token import Tokens
    from app.github.catalogue import GitHubProjects, GitHubTasks
    from app.github.remarks import GitHubRemarks

    folder = settings.state_dir / GATEWAY
    inside = settings.executor == "docker"
    doors = SocketDoors(folder) if inside else PortDoors(remember=folder.with_suffix(".ports"))
    tokens = Tokens(run_key(settings.webhook_secret.get_secret_value()))
    accounts = Accounts(database.url)
    stack.push_async_callback(accounts.close_connections)
    outside = Outside(
        GitHubRemarks(api, retry_seconds=settings.retry_seconds),
        GitHubProjects(api),
        GitHubTasks(api, *tasks),
        _Health(database),
    )
    providers = {
        Dialect.ANTHROPIC: Upstream(
            settings.anthropic_url, settings.anthropic_api_key, "ORC_ANTHROPIC_API_KEY"
        ),
        Dialect.OPENAI: Upstream(
            settings.openai_url, settings.openai_api_key, "ORC_OPENAI_API_KEY"
        ),
    }
    commands = CommandApi(Entry(tokens, accounts), outside)
    config = GatewayConfig(providers)
    gate = await stack.enter_async_context(Gateway(doors, tokens, accounts, config, commands))
    return Open(gate, accounts)
