"""How many calls that cost nothing a run may make. It counts no tokens."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.gateway.models.answer import Problem

AT_ONCE = 16
BURST = 60
SECONDS = 1.0  # each, beyond the burst


class Pace:
    """No budget ends these calls, and the operator's limits at the provider are shared by all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rested: dict[str, float] = {}  # when all of a run's burst is to be had again
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def of(self, run_id: str) -> Iterator[None]:
        """Held during one call. Raises Problem where the run makes too many."""
        if self._under_way[run_id] >= AT_ONCE:
            raise _too_many(2)
        self._take(run_id)
        self._under_way[run_id] += 1
        try:
            yield
        finally:
            self._under_way[run_id] -= 1
            if not self._under_way[run_id]:
                del self._under_way[run_id]

    def _take(self, run_id: str) -> None:
        now = self._clock()
        self._rested = {run: at for run, at in self._rested.items() if at > now}
        rested = self._rested.get(run_id, now) + SECONDS
        if (wait := rested - now - BURST * SECONDS) > 0:
            raise _too_many(math.ceil(wait))
        self._rested[run_id] = rested


def _too_many(retry_after: int) -> Problem:
    message = "orc: this run counts tokens or lists models too often; try again"
    return Problem(429, message, "too_often", retry_after)
