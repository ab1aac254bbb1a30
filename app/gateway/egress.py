"""The way out: CONNECT to the hosts of a run's allowlist. It forwards no plain HTTP.

The name is resolved here, once; the connection goes to the address that was checked.
"""

import asyncio
import base64
import binascii
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import h11
import structlog

from app.gateway.crowd import Crowd
from app.gateway.entry import Entry, Refused
from app.gateway.reach import Target, allows, is_public, target
from app.gateway.token import Claims
from app.gateway.tunnel import PIECE, Streams, Tunnel

log = structlog.get_logger(__name__)
Resolve = Callable[[Target], Awaitable[Sequence[str]]]
Dial = Callable[[str, int], Awaitable[Streams]]


@dataclass(frozen=True, slots=True)
class EgressLimits:
    """Connections in all and of one run, bytes of a request's head, and seconds."""

    connections: int = 1024
    per_run: int = 64
    head_bytes: int = 16 << 10
    head_seconds: float = 10.0
    connect_seconds: float = 10.0
    idle_seconds: float = 300.0


class NoWay(Exception):
    """Why there is no tunnel, as an answer: the text says what would help."""

    def __init__(self, status: int, why: str, *headers: tuple[str, str]) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = headers


async def resolve(wanted: Target) -> Sequence[str]:
    """The addresses of a name, by the system's resolver. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(wanted.host, wanted.port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


async def dial(address: str, port: int) -> Streams:
    """Connect to an address, never to a name. Raises OSError."""
    return await asyncio.open_connection(address, port, limit=PIECE)


class EgressProxy:
    """Serves connections that a listener hands it. Nothing but the public internet is reached."""

    def __init__(
        self,
        entry: Entry,
        limits: EgressLimits = EgressLimits(),
        resolve: Resolve = resolve,
        dial: Dial = dial,
    ) -> None:
        self._entry = entry
        self._limits = limits
        self._resolve = resolve
        self._dial = dial
        # those of a run that are refused, or still asking, take room too
        self._crowd = Crowd(limits.connections, 2 * limits.per_run)
        self._open: set[asyncio.Task[None]] = set()
        self._of_run: dict[str, set[asyncio.Task[None]]] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        peer = self._crowd.enter(writer.transport)
        if peer is None:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._connection(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        task.add_done_callback(lambda _: self._crowd.leave(peer))
        await asyncio.wait({task})

    async def end(self, run_id: str) -> None:
        """The run is over: its connections are cut."""
        await _cut(self._of_run.get(run_id, set()))

    async def close(self) -> None:
        await _cut(self._open)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            try:
                head = await self._head(reader)
                wanted = _wanted(head.request)
                claims = await self._enter(head.request)
                await self._tunnel(claims, wanted, head, (reader, writer))
            except NoWay as no:
                await _refuse(writer, no)
        except (OSError, TimeoutError):
            pass  # it hung up, or took too long to say what it wants
        finally:
            writer.transport.abort()

    async def _head(self, reader: asyncio.StreamReader) -> "Head":
        parser = h11.Connection(h11.SERVER, max_incomplete_event_size=self._limits.head_bytes)
        async with asyncio.timeout(self._limits.head_seconds):
            try:
                while (event := parser.next_event()) is h11.NEED_DATA:
                    parser.receive_data(await reader.read(PIECE))
            except h11.RemoteProtocolError as error:
                raise NoWay(error.error_status_hint, "orc: this is no HTTP request") from None
        if not isinstance(event, h11.Request):
            raise NoWay(400, "orc: this is no HTTP request")
        return Head(event, parser.trailing_data[0])

    async def _enter(self, request: h11.Request) -> Claims:
        try:
            return await self._entry.claims(_token(request))
        except Refused as refused:
            if refused.retry_after is not None:
                again = ("retry-after", str(refused.retry_after))
                raise NoWay(refused.status, refused.reason, again) from None
            how = ("proxy-authenticate", 'Basic realm="orc"')
            raise NoWay(407, refused.reason, how) from None

    async def _tunnel(self, claims: Claims, wanted: Target, head: "Head", run: Streams) -> None:
        mine = self._of_run.setdefault(claims.run_id, set())
        task = asyncio.current_task()
        if task is None or len(mine) >= self._limits.per_run:
            raise NoWay(429, f"orc: a run has at most {self._limits.per_run} connections at once")
        mine.add(task)
        try:
            host = await self._reach(claims, wanted)
            try:
                await self._carry(claims, wanted, head, (run, host))
            finally:
                host[1].transport.abort()
        finally:
            mine.discard(task)
            if not mine:
                self._of_run.pop(claims.run_id, None)

    async def _carry(
        self, claims: Claims, wanted: Target, head: "Head", ends: tuple[Streams, Streams]
    ) -> None:
        tunnel = Tunnel(*ends)
        tunnel.open(head.rest)
        began = time.monotonic()
        try:
            await tunnel.carry(self._limits.idle_seconds)
        finally:
            log.info(
                "egress",
                run=claims.run_id,
                target=str(wanted),
                up=tunnel.up,
                down=tunnel.down,
                seconds=round(time.monotonic() - began, 1),
            )

    async def _reach(self, claims: Claims, wanted: Target) -> Streams:
        if not allows(claims.egress, wanted):
            log.info("egress refused", run=claims.run_id, target=str(wanted))
            raise NoWay(
                403,
                f"orc: {wanted} is not on this run's allowlist; a maintainer can add it to "
                "`egress` in orchestrator.yml",
            )
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                found = await self._resolve(wanted)
                addresses = [each for each in found if is_public(each)]
                if found and not addresses:
                    log.warning("egress refused: not public", run=claims.run_id, target=str(wanted))
                    raise NoWay(
                        403,
                        f"orc: {wanted} is an address inside the operator's network, which no run "
                        "can reach; use what is on the public internet",
                    )
                return await self._dial_one(addresses, wanted.port)
        except (OSError, UnicodeError):  # TimeoutError is one
            raise NoWay(502, f"orc: {wanted} does not answer") from None

    async def _dial_one(self, addresses: Sequence[str], port: int) -> Streams:
        """The first of the checked addresses that answers and is not this machine's own."""
        for address in addresses:
            try:
                streams = await self._dial(address, port)
            except OSError:
                continue
            ends = (streams[1].get_extra_info(end, ("",))[0] for end in ("sockname", "peername"))
            if address in ends and len(set(ends)) == 1:
                streams[1].transport.abort()
                continue
            return streams
        raise OSError("none answers")


@dataclass(frozen=True, slots=True)
class Head:
    """A request, and what came right behind it."""

    request: h11.Request
    rest: bytes


def _wanted(request: h11.Request) -> Target:
    if request.method != b"CONNECT":
        why = "orc: only CONNECT is taken; use https"
        raise NoWay(405, why, ("allow", "CONNECT"))
    wanted = target(request.target.decode("latin-1"))
    if wanted is None:
        raise NoWay(400, "orc: CONNECT names a host and a port, such as example.com:443")
    return wanted


def _token(request: h11.Request) -> str | None:
    """The password of Basic authorization; the name before it says nothing."""
    for name, value in request.headers:
        scheme, _, shown = value.partition(b" ")
        if name == b"proxy-authorization" and scheme.lower() == b"basic":
            try:
                decoded = base64.b64decode(shown.strip(), validate=True).decode("ascii")
            except (binascii.Error, UnicodeDecodeError):
                return None
            return decoded.partition(":")[2]
    return None


async def _refuse(writer: asyncio.StreamWriter, no: NoWay) -> None:
    body = f"{no.why}\n".encode()
    answer = h11.Response(
        status_code=no.status,
        headers=[
            ("content-type", "text/plain; charset=utf-8"),
            ("content-length", str(len(body))),
            ("connection", "close"),
            *no.headers,
        ],
    )
    parser = h11.Connection(h11.SERVER)
    parts = (answer, h11.Data(data=body), h11.EndOfMessage())
    writer.write(b"".join(parser.send(part) or b"" for part in parts))
    writer.write_eof()
    async with asyncio.timeout(5):
        await writer.drain()
        writer.close()
        await writer.wait_closed()


async def _cut(tasks: set[asyncio.Task[None]]) -> None:
    ours = set(tasks)
    for task in ours:
        task.cancel()
    if ours:
        await asyncio.wait(ours)
