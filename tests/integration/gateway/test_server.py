"""The gateway's doors: on unix sockets and ports, on either loop, after a kill."""

import asyncio
import base64
import contextlib
import os
import signal
import socket
import stat
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvloop

from app.db.account import Accounts
from app.gateway import server
from app.gateway.door import CONTAINER_USER, PortDoors, SocketDoors
from app.gateway.price import Tokens as Counts
from tests.integration.gateway.conftest import (
    RUN,
    FakeCommands,
    House,
    admission,
    gateway,
    providers,
)
from tests.integration.gateway.upstream import Upstream, message, upstream

MESSAGES = "/anthropic/v1/messages"
ASK: dict[str, Any] = {"model": "claude-sonnet-4-5", "max_tokens": 10, "messages": []}


def near_path(folder: Path, stack: AsyncExitStack) -> str:
    """A short path to a folder whose own is longer than sockets take."""
    handle = os.open(folder, os.O_PATH)
    stack.callback(os.close, handle)
    return f"/proc/self/fd/{handle}"


async def through_sockets(folder: Path, url: str) -> None:
    """A call of a model and a refusal of the egress proxy, over the sockets in `folder`."""
    async with AsyncExitStack() as stack:
        fake = await stack.enter_async_context(upstream())
        fake.replies.append(message(Counts(10, 5)))
        accounts = Accounts(url)
        stack.push_async_callback(accounts.close_connections)
        opened = gateway(accounts, providers(fake.url), SocketDoors(folder))
        gate = await stack.enter_async_context(opened)
        access = await gate.admit(admission())
        assert (access.url, access.proxy) == ("http://127.0.0.1:8484", "http://127.0.0.1:8485")
        near = near_path(folder, stack)
        transport = httpx.AsyncHTTPTransport(uds=f"{near}/gateway.sock")
        async with httpx.AsyncClient(transport=transport, base_url=access.url) as client:
            answer = await client.post(MESSAGES, json=ASK, headers={"x-api-key": access.token})
        assert answer.status_code == 200
        reader, writer = await asyncio.open_unix_connection(f"{near}/egress.sock")
        shown = base64.b64encode(f"run:{access.token}".encode())
        writer.write(b"CONNECT a.com:443 HTTP/1.1\r\nHost: a.com\r\nProxy-Authorization: Basic ")
        writer.write(shown + b"\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 403")
        writer.close()
        assert (await gate.dismiss(RUN)).tokens == 15


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_on_unix_sockets(tmp_path: Path, database_url: str, loop: Any) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(through_sockets(tmp_path / ("long" * 30) / "gateway", database_url))


async def test_sockets_are_for_one_user(tmp_path: Path, accounts: Accounts) -> None:
    async with gateway(accounts, doors=SocketDoors(tmp_path)):
        for name in ("gateway.sock", "egress.sock"):
            found = (tmp_path / name).stat()
            assert stat.S_IMODE(found.st_mode) == 0o600
            assert found.st_uid == (CONTAINER_USER if os.geteuid() == 0 else os.geteuid())
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o711
        assert sorted(path.name for path in tmp_path.iterdir()) == ["egress.sock", "gateway.sock"]


async def test_sockets_that_a_killed_app_left_are_replaced(
    tmp_path: Path, accounts: Accounts
) -> None:
    for name in ("gateway.sock", "egress.sock", ".gateway.sock.new"):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(tmp_path / name))
    async with gateway(accounts, doors=SocketDoors(tmp_path)):
        transport = httpx.AsyncHTTPTransport(uds=str(tmp_path / "gateway.sock"))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            assert (await client.get("/")).status_code == 404


async def test_ports_are_remembered_where_they_are_free(tmp_path: Path, accounts: Accounts) -> None:
    doors = PortDoors(remember=tmp_path / "ports")

    async def addresses() -> tuple[str, str]:
        async with gateway(accounts, doors=doors) as gate:
            access = await gate.admit(admission())
            return access.url, access.proxy

    first = await addresses()
    assert await addresses() == first
    port = int(first[0].rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        moved = await addresses()
    assert moved[0] != first[0]
    (tmp_path / "ports").write_text("garbage")
    assert (await addresses())[0]


async def test_signals_stay_the_apps(accounts: Accounts) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    async with gateway(accounts):
        during = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    assert during == before


async def test_commands_have_their_path_and_learn_of_ends(accounts: Accounts) -> None:
    commands = FakeCommands()
    async with gateway(accounts, commands=commands) as gate:
        access = await gate.admit(admission())
        async with httpx.AsyncClient(base_url=access.url, trust_env=False) as client:
            answer = await client.post("/v1/command", json={})
            other = await client.post("/v1/commands", json={})
        await gate.dismiss(RUN)
    assert (answer.status_code, answer.json()) == (200, {"path": "/v1/command"})
    assert other.status_code == 404
    assert commands.ended == [RUN]


@pytest.mark.parametrize("head", [b"", b"POST /anthropic/v1/messages HTTP/1.1\r\nHo"])
async def test_who_says_nothing_is_cut(
    house: House, head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.01)
    access = await house.gate.admit(admission())
    port = int(access.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()


async def test_a_run_that_hoards_connections_is_stopped_and_gets_them_back(
    tmp_path: Path, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CONNECTIONS_PER_RUN", 3)
    path = tmp_path / "gateway.sock"
    ask = b"GET / HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n"
    async with gateway(accounts, doors=SocketDoors(tmp_path)):
        hoard = [await asyncio.open_unix_connection(path) for _ in range(4)]
        with contextlib.suppress(ConnectionResetError):
            assert await hoard[3][0].read() == b""
        for reader, writer in hoard[:3]:
            writer.write(ask)
            assert (await reader.read()).startswith(b"HTTP/1.1 404")
        again, writer = await asyncio.open_unix_connection(path)
        writer.write(ask)
        assert (await again.read()).startswith(b"HTTP/1.1 404")
        for _, each in (*hoard, (again, writer)):
            each.close()


async def test_a_head_has_an_end(house: House) -> None:
    access = await house.gate.admit(admission())
    port = int(access.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nX: " + b"x" * 200_000)
    with contextlib.suppress(ConnectionResetError):  # what was not read resets it
        assert (await reader.read()).startswith(b"HTTP/1.1 4")
    writer.close()


async def test_dismissing_who_was_never_admitted(house: House) -> None:
    assert (await house.gate.dismiss("nobody")).tokens == 0


async def test_admitting_again_changes_nothing(house: House, fake: Upstream) -> None:
    fake.replies.append(message(Counts(10, 5)))
    async with await house.client(budget=5) as client:
        assert (await client.post(MESSAGES, json=ASK)).status_code == 200
    before = await house.account()
    await house.gate.admit(admission(budget=5))
    after = await house.account()
    assert (after.usage, after.budget_usd) == (before.usage, before.budget_usd)
