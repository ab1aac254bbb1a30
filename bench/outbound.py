"""The CPU of one outbound call while the answer of one URL keeps changing."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import uvloop
from githubkit import GitHub, UnauthAuthStrategy

from app.github.api import Api
from app.github.auth import Access, AppKey, Purpose
from bench.race import private_key
from bench.server import Server, python

PATH = "/repos/acme/weather/issues/1"
CALLS, CACHED_CALLS, HUNDRED = 1000, 200, 100


@dataclass(frozen=True, slots=True)
class Outbound:
    """Milliseconds of CPU per call, over the first calls and over the last."""

    calls: int
    first_ms: float
    last_ms: float

    @property
    def growth(self) -> float:
        return self.last_ms / self.first_ms


def run(*, quick: bool = False) -> tuple[Outbound, Outbound]:
    """Ours, and githubkit as it comes: with its HTTP cache on."""
    with Server("answers", python("bench.answers")) as server:
        url = f"http://127.0.0.1:{server.port}"
        ours = uvloop.run(_ours(url, CALLS if not quick else 300))
        cached = uvloop.run(_cached(url, CACHED_CALLS if not quick else 200))
    return ours, cached


async def _ours(url: str, calls: int) -> Outbound:
    access = Access(1, 1, Purpose.BOARD)
    async with Api(url, AppKey("1", private_key())) as api:
        return await _measure(lambda: api.get(access, PATH), calls)


async def _cached(url: str, calls: int) -> Outbound:
    async with GitHub(UnauthAuthStrategy(), base_url=url, http_cache=True) as github:
        return await _measure(lambda: github.arequest("GET", PATH), calls)


async def _measure(call: Callable[[], Awaitable[object]], calls: int) -> Outbound:
    for _ in range(10):
        await call()
    spent = []
    for _ in range(calls // HUNDRED):
        before = time.process_time()
        for _ in range(HUNDRED):
            await call()
        spent.append((time.process_time() - before) * 1000 / HUNDRED)
    return Outbound(calls, spent[0], spent[-1])
