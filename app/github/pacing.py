"""Keeps our writes within what GitHub asks of integrations. It sends nothing itself.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api and
https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one every `seconds`."""

    seconds: float
    burst: int


# A second between writes in the long run; content at 80 in any minute and 500 in any hour, which
# the burst is a part of.
WRITES = (Rate(1.0, 10),)
CONTENT = (Rate(60 / 80, 20), Rate(3600 / (500 - 60), 60))


class Meter:
    """The generic cell rate algorithm: one number of state, fair to bursts."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._full = 0.0

    def take(self) -> float:
        """Count one; the seconds to wait before it."""
        now = self._clock()
        self._full = max(self._full, now) + self._rate.seconds
        return max(0.0, self._full - now - self._rate.seconds * self._rate.burst)


class Pacer:
    """One installation's writes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._writes = [Meter(rate, clock) for rate in WRITES]
        self._content = [Meter(rate, clock) for rate in CONTENT]

    async def write(self, content: int) -> None:
        """Wait for this write's turn; `content`: how many pieces of content it creates."""
        waits = [meter.take() for meter in self._writes]
        waits += [meter.take() for meter in self._content for _ in range(content)]
        await asyncio.sleep(max(waits))
