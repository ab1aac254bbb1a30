"""Reads calls beside the loop, so that one that is hard to read holds up nobody else."""

import asyncio
from weakref import WeakValueDictionary

from app.gateway.models.request import Request, read
from app.gateway.models.route import Route

AT_ONCE = 2  # what is read takes many times the memory of its bytes
SMALL = 16 << 10  # bytes that are read faster than handed over


class Reading:
    """One call of each run at a time, a few in all."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def read(self, run_id: str, body: bytes, route: Route) -> Request:
        """The call in these bytes. Raises Problem."""
        if len(body) <= SMALL:
            return read(body, route)
        turn = self._turns.setdefault(run_id, asyncio.Lock())
        async with turn, self._places:
            return await asyncio.to_thread(read, body, route)
