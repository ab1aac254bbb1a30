"""The way out: allowed hosts alone, by the address that was checked."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed

import pytest
from structlog.testing import LogCapture

from app.db.account import Accounts, Opening
from app.gateway.egress import EgressLimits, EgressProxy, dial, resolve
from app.gateway.entry import Entry
from app.gateway.reach import Target
from app.gateway.tunnel import Streams
from tests.integration.gateway.conftest import RUN, TOKENS, admission

PUBLIC, OTHER = "93.184.216.34", "1.1.1.1"
ASK = b"CONNECT pypi.org:443 HTTP/1.1\r\nHost: pypi.org\r\n"
OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"


class OwnTransport(asyncio.Transport):
    """Of a connection whose two ends have one address."""

    def __init__(self, address: str, writer: asyncio.StreamWriter) -> None:
        super().__init__({"sockname": (address, 5), "peername": (address, 443)})
        self._writer = writer

    def abort(self) -> None:
        self._writer.transport.abort()

    def is_closing(self) -> bool:
        return self._writer.is_closing()


@dataclass
class World:
    """Names and what stands behind public addresses: one server that echoes. `asked` are names
    looked up, `dialled` addresses connected to."""

    names: dict[str, list[str]] = field(default_factory=dict)
    port: int = 0
    asked: list[str] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    own: bool = False  # the addresses are of this machine

    async def resolve(self, wanted: Target) -> Sequence[str]:
        self.asked.append(wanted.host)
        if wanted.host not in self.names:
            raise OSError("no such name")
        return self.names[wanted.host]

    async def dial(self, address: str, port: int) -> Streams:
        self.dialled.append(f"{address} {port}")
        if address in self.silent:
            raise ConnectionRefusedError
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        if self.own:
            own, loop = OwnTransport(address, writer), asyncio.get_running_loop()
            writer = asyncio.StreamWriter(own, asyncio.Protocol(), reader, loop)
        return reader, writer


@dataclass
class Egress:
    """A proxy that listens, and how a run talks to it."""

    world: World
    accounts: Accounts
    port: int
    proxy: EgressProxy
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def admit(self, *egress: str, run_id: str = RUN) -> str:
        wanted = changed(admission(run_id), egress=frozenset(egress))
        await self.accounts.open(Opening(run_id, wanted.issue, 1, "developer"))
        return TOKENS.issue(wanted)

    async def send(self, head: bytes) -> Streams:
        streams = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(streams[1])
        streams[1].write(head)
        return streams

    async def connect(self, token: str, target: str, rest: bytes = b"") -> Streams:
        shown = base64.b64encode(f"run:{token}".encode()).decode()
        head = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: Basic {shown}"
        return await self.send(head.encode() + b"\r\n\r\n" + rest)

    async def refusal(self, token: str, target: str) -> tuple[int, str]:
        reader, _ = await self.connect(token, target)
        return parsed(await reader.read())


def parsed(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
        writer.write(b"bye")
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


LIMITS = EgressLimits(per_run=2, connections=4, head_bytes=4096)


async def opened(world: World, accounts: Accounts, limits: EgressLimits) -> AsyncIterator[Egress]:
    proxy = EgressProxy(Entry(TOKENS, accounts), limits, world.resolve, world.dial)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    made = Egress(world, accounts, server.sockets[0].getsockname()[1], proxy)
    yield made
    for writer in made.writers:
        writer.close()
    server.close()
    await proxy.close()
    await server.wait_closed()


@pytest.fixture
async def egress(world: World, accounts: Accounts) -> AsyncIterator[Egress]:
    async for made in opened(world, accounts, LIMITS):
        yield made


@pytest.fixture
async def curt(world: World, accounts: Accounts) -> AsyncIterator[Egress]:
    """One that waits for no request."""
    async for made in opened(world, accounts, EgressLimits(head_seconds=0.01)):
        yield made


@pytest.fixture
async def restless(world: World, accounts: Accounts) -> AsyncIterator[Egress]:
    """One that bears no silence."""
    async for made in opened(world, accounts, EgressLimits(idle_seconds=0.05)):
        yield made


async def test_a_tunnel_carries_bytes_both_ways(egress: Egress, logged: LogCapture) -> None:
    egress.world.names["pypi.org"] = [PUBLIC]
    token = await egress.admit("pypi.org")
    reader, writer = await egress.connect(token, "PyPI.org.:443", rest=b"early ")
    assert await reader.readexactly(len(OPEN)) == OPEN
    big = bytes(range(256)) * 4000
    writer.write(big)
    writer.write_eof()
    assert await reader.read(-1) == b"early " + big + b"bye"
    writer.close()
    await egress.proxy.close()
    assert egress.world.dialled == [f"{PUBLIC} 443"]
    assert egress.world.asked == ["pypi.org"]
    line = next(entry for entry in logged.entries if entry["event"] == "egress")
    size = len(big) + 6
    assert (line["run"], line["target"]) == (RUN, "pypi.org:443")
    assert (line["up"], line["down"]) == (size, size + 3)
    assert token not in repr(logged.entries)


@pytest.mark.parametrize(
    ("target", "allowlist"),
    [
        ("evil.com:443", ["pypi.org"]),
        ("pypi.org:80", ["pypi.org"]),
        ("pypi.org:22", ["pypi.org"]),
        ("pypi.org:443", []),
        ("127.0.0.1:443", ["pypi.org"]),
    ],
)
async def test_what_is_not_listed_is_not_even_looked_up(
    egress: Egress, target: str, allowlist: list[str]
) -> None:
    token = await egress.admit(*allowlist)
    status, why = await egress.refusal(token, target)
    assert (status, target in why, "allowlist" in why) == (403, True, True)
    assert egress.world.asked == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["10.0.0.1", "192.168.1.1"],
        ["0.0.0.0"],  # noqa: S104
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["fd00:ec2::254"],
        ["64:ff9b::a9fe:a9fe"],
        ["224.0.0.1"],
    ],
    ids=lambda addresses: addresses[0],
)
async def test_a_listed_name_that_points_inside(egress: Egress, addresses: list[str]) -> None:
    egress.world.names["pypi.org"] = addresses
    status, why = await egress.refusal(await egress.admit("pypi.org"), "pypi.org:443")
    assert (status, "inside" in why) == (403, True)
    assert egress.world.dialled == []


async def test_of_several_addresses_only_public_ones_are_tried(egress: Egress) -> None:
    egress.world.names["pypi.org"] = ["127.0.0.1", OTHER, "10.0.0.1", PUBLIC]
    egress.world.silent = {OTHER}
    reader, _ = await egress.connect(await egress.admit("pypi.org"), "pypi.org:443")
    assert await reader.readexactly(len(OPEN)) == OPEN
    assert egress.world.dialled == [f"{OTHER} 443", f"{PUBLIC} 443"]
    assert egress.world.asked == ["pypi.org"]


async def test_the_systems_resolver_and_a_real_connection(world: World) -> None:
    found = await resolve(Target("localhost", world.port))
    assert "127.0.0.1" in found
    reader, writer = await dial("127.0.0.1", world.port)
    writer.write(b"hi ")
    writer.write_eof()
    assert await reader.read() == b"hi bye"
    writer.close()
    await writer.wait_closed()


async def test_this_machine_by_its_own_public_address(egress: Egress) -> None:
    """What listens there for others is not for runs."""
    egress.world.names["pypi.org"] = [PUBLIC]
    egress.world.own = True
    status, _ = await egress.refusal(await egress.admit("pypi.org"), "pypi.org:443")
    assert (status, egress.world.dialled) == (502, [f"{PUBLIC} 443"])


@pytest.mark.parametrize("name", ["missing.org", "silent.org"])
async def test_a_host_that_does_not_answer(egress: Egress, name: str) -> None:
    egress.world.names["silent.org"] = [PUBLIC]
    egress.world.silent = {PUBLIC}
    status, why = await egress.refusal(await egress.admit(name), f"{name}:443")
    assert (status, "does not answer" in why) == (502, True)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET http://pypi.org/ HTTP/1.1\r\nHost: pypi.org\r\n\r\n", 405),
        (b"POST / HTTP/1.1\r\nHost: pypi.org\r\nContent-Length: 1\r\n\r\nx", 405),
        (b"CONNECT pypi.org:443 HTTP/1.1\r\nHost: pypi.org\r\n\r\n", 407),
        (ASK + b"Proxy-Authorization: Basic !\r\n\r\n", 407),
        (ASK + b"Proxy-Authorization: Basic eA==\r\n\r\n", 407),
        (ASK + b"Proxy-Authorization: Bearer x\r\n\r\n", 407),
        (b"CONNECT pypi.org HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"CONNECT \xff:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"CONNECT pypi.org:443 HTTP/1.1\r\n\r\n", 400),
        (b"CONNECT pypi.org:443 HTTP/1.1\r\nX: " + b"x" * 5000, 431),
    ],
    ids=["GET", "POST", "no token", "no base64", "no password", "Bearer", "no port", "no ASCII",
         "TLS", "no host", "endless"],
)  # fmt: skip
async def test_other_requests(egress: Egress, head: bytes, status: int) -> None:
    reader, _ = await egress.send(head)
    answer = await reader.read()
    assert parsed(answer)[0] == status
    assert parsed(answer)[1].startswith("orc: ")
    assert (b"proxy-authenticate" in answer.lower()) is (status == 407)
    assert egress.world.asked == []


async def test_the_token_of_a_run_that_is_over(egress: Egress) -> None:
    token = await egress.admit("pypi.org")
    await egress.accounts.close(RUN)
    assert (await egress.refusal(token, "pypi.org:443"))[0] == 407


async def test_the_token_of_a_run_that_is_not_known_yet(egress: Egress) -> None:
    token = TOKENS.issue(changed(admission("new"), egress=frozenset({"pypi.org"})))
    assert (await egress.refusal(token, "pypi.org:443"))[0] == 503


async def test_a_run_has_so_many_connections_and_gets_them_back(egress: Egress) -> None:
    egress.world.names["pypi.org"] = [PUBLIC]
    token = await egress.admit("pypi.org")
    tunnels = [await egress.connect(token, "pypi.org:443") for _ in range(2)]
    for reader, _ in tunnels:
        await reader.readexactly(len(OPEN))
    assert (await egress.refusal(token, "pypi.org:443"))[0] == 429
    other, _ = await egress.connect(await egress.admit("pypi.org", run_id="b"), "pypi.org:443")
    assert await other.readexactly(len(OPEN)) == OPEN
    tunnels[0][1].write_eof()
    assert await tunnels[0][0].read() == b"bye"
    again, _ = await egress.connect(token, "pypi.org:443")
    assert await again.readexactly(len(OPEN)) == OPEN


async def test_all_runs_have_so_many_connections(egress: Egress) -> None:
    egress.world.names["pypi.org"] = [PUBLIC]
    for run in ("a", "b", "c", "d"):
        token = await egress.admit("pypi.org", run_id=run)
        reader, _ = await egress.connect(token, "pypi.org:443")
        assert await reader.readexactly(len(OPEN)) == OPEN
    reader, _ = await egress.send(b"")
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)


async def test_the_end_of_a_run_cuts_its_tunnels_and_no_others(egress: Egress) -> None:
    egress.world.names["pypi.org"] = [PUBLIC]
    mine, _ = await egress.connect(await egress.admit("pypi.org"), "pypi.org:443")
    other = await egress.connect(await egress.admit("pypi.org", run_id="b"), "pypi.org:443")
    for reader in (mine, other[0]):
        await reader.readexactly(len(OPEN))
    await egress.proxy.end(RUN)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await mine.readexactly(1)
    other[1].write(b"still here")
    assert await other[0].readexactly(10) == b"still here"


@pytest.mark.parametrize("head", [b"", b"CONNECT pypi.org:443 HT"], ids=["nothing", "half"])
async def test_who_says_nothing_is_cut(curt: Egress, head: bytes) -> None:
    reader, _ = await curt.send(head)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)


async def test_a_silent_tunnel_is_cut(restless: Egress) -> None:
    restless.world.names["pypi.org"] = [PUBLIC]
    reader, _ = await restless.connect(await restless.admit("pypi.org"), "pypi.org:443")
    assert await reader.readexactly(len(OPEN)) == OPEN
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
