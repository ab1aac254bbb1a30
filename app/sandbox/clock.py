"""The sandbox's clock: real time plus what a test has moved it by; it never goes back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


class Clock:
    def __init__(self) -> None:
        self._ahead = 0.0
        self._stopped: float | None = None

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time only moves forward")
        self._ahead += seconds

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """What happens meanwhile happens at one moment, but for what the clock is moved by."""
        self._stopped = time.time()
        try:
            yield
        finally:
            self._stopped = None

    def time(self) -> float:
        """Seconds since the epoch."""
        real = time.time() if self._stopped is None else self._stopped
        return real + self._ahead

    def now(self) -> datetime:
        """UTC, in whole seconds as GitHub writes them."""
        return datetime.fromtimestamp(int(self.time()), UTC)


def stamp(moment: datetime) -> str:
    """As GitHub's API writes a time: no milliseconds, Z for UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)
