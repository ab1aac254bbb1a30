"""The agent's command through the whole gateway: let in, at work, and let in no more."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.db.account import Accounts
from app.domain.run import Access
from app.gateway.commands import CommandApi
from app.gateway.door import PortDoors
from app.gateway.entry import Entry
from app.gateway.gate import GatewayGate
from app.gateway.server import Gateway, GatewayConfig
from app.graphs.ports import Admission
from app.roles.permission import permitted
from tests.integration.commands.served import Cli, Ended
from tests.unit.domain.make import ISSUE
from tests.unit.gateway_commands.world import RUN, World

ANOTHER = "11-7-1-2-developer"


@dataclass(frozen=True)
class Run:
    """A run's command, as it was let in."""

    access: Access
    folder: Path

    async def __call__(self, *argv: str) -> Ended:
        return await asyncio.to_thread(Cli(self.access.url, self.access.token, self.folder), *argv)


@dataclass(frozen=True)
class House:
    gate: GatewayGate
    world: World
    folder: Path

    async def admit(self, run_id: str = RUN, role: str = "developer") -> Run:
        given = Admission(run_id, ISSUE, 1, role, 600.0, permitted(role))
        return Run(await self.gate.admit(given), self.folder)


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    world, accounts = World(), Accounts(database_url)
    api = CommandApi(Entry(world.tokens, accounts), world.outside, world.ledger)
    async with Gateway(PortDoors(), world.tokens, accounts, GatewayConfig({}), api) as gate:
        yield House(gate, world, tmp_path)
    await accounts.close_connections()


async def test_a_run_speaks_until_it_is_let_in_no_more(house: House) -> None:
    run = await house.admit()
    assert (await run("respond", "Hi")).code == 0
    await house.gate.dismiss(RUN)
    ended = await run("respond", "Still here")
    assert (ended.code, ended.answer["error"]) == (1, "Unauthorized")
    assert [remark.text for _, _, remark in house.world.said.remarks] == ["Hi"]
    assert len(house.world.ledger) == 0, "nothing is kept of a run that is over"


async def test_a_run_that_was_never_let_in(house: House) -> None:
    run = await house.admit()
    stranger = Run(Access(run.access.url, "", house.world.token(run_id=ANOTHER)), house.folder)
    ended = await stranger("respond", "Hi")
    assert (ended.code, ended.answer["success"]) == (1, False)
    assert house.world.said.asked == 0


async def test_two_runs_at_the_same_time_are_two(house: House) -> None:
    one, two = await house.admit(), await house.admit(ANOTHER, "tester")
    said, denied = await asyncio.gather(one("respond", "Hi"), two("respond", "Hi"))
    assert (said.code, denied.answer["error"]) == (0, "PermissionDenied")
