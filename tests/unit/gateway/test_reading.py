"""Large calls are read in other threads, in turn."""

import asyncio
import threading

import pytest

from app.gateway.models import reading
from app.gateway.models.answer import Problem
from app.gateway.models.reading import AT_ONCE, SMALL, Reading
from app.gateway.models.request import Request
from app.gateway.models.route import Route, route_of

FOUND = route_of("POST", "/anthropic/v1/messages")
assert FOUND is not None
ROUTE: Route = FOUND
LARGE = b'{"model":"m","messages":"%s"}' % (b"x" * SMALL)


class Reader:
    """Stands for `read`: waits in its thread until the loop, which must be free, lets it go on."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.go = threading.Event()
        self.begun = asyncio.Semaphore(0)
        self.count = 0

    def __call__(self, body: bytes, route: Route) -> Request:
        self.count += 1
        self.loop.call_soon_threadsafe(self.begun.release)
        assert self.go.wait(30)
        return Request(body, "m", 1, False)


@pytest.fixture
async def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    made = Reader()
    monkeypatch.setattr(reading, "read", made)
    return made


async def test_the_loop_goes_on_while_a_large_call_is_read(reader: Reader) -> None:
    task = asyncio.create_task(Reading().read("a", LARGE, ROUTE))
    await reader.begun.acquire()
    reader.go.set()
    assert (await task).body == LARGE


async def test_a_run_takes_one_place_and_there_are_few(reader: Reader) -> None:
    read, runs = Reading(), [f"r{number}" for number in range(AT_ONCE + 1)]
    tasks = [asyncio.create_task(read.read(runs[0], LARGE, ROUTE)) for _ in range(5)]
    await reader.begun.acquire()
    assert reader.count == 1
    tasks += [asyncio.create_task(read.read(run_id, LARGE, ROUTE)) for run_id in runs[1:]]
    for _ in range(AT_ONCE - 1):
        await reader.begun.acquire()
    await asyncio.sleep(0)
    assert reader.count == AT_ONCE
    reader.go.set()
    await asyncio.gather(*tasks)
    assert reader.count == 5 + AT_ONCE
    assert not read._turns


async def test_small_calls_are_read_at_once() -> None:
    found = await Reading().read("a", b'{"model":"m"}', ROUTE)
    assert (found.model, found.body) == ("m", b'{"model":"m"}')


@pytest.mark.parametrize(
    "body", [b"{" + b" " * SMALL, b'{"model":"m","messages":[%s]}' % (b"[]," * 999_999)]
)
async def test_what_is_wrong_with_one_is_told(body: bytes) -> None:
    with pytest.raises(Problem):
        await Reading().read("a", body, ROUTE)
