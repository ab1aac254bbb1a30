"""The log of what was asked for and refused: by run, never with a token or what was given."""

import time
from collections.abc import Callable

import structlog

from app.gateway.commands.refusal import Error, Refusal
from app.gateway.token import Claims

log = structlog.get_logger(__name__)
_WINDOW = 60.0
# Refusals that a run can cause without a ceiling; of these, the 1st, 2nd, 4th … in a minute are
# logged, so that a loop can't fill a disk.
_UNLIMITED = frozenset({Error.UNAUTHORIZED, Error.RATE_LIMITED})


class Journal:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._counts: dict[str, int] = {}

    def refused(self, claims: Claims | None, command: str, refusal: Refusal) -> None:
        """`claims` None: nobody we know, so nothing is said of who."""
        run = claims.run_id if claims else "unknown"
        times = 1
        if refusal.error in _UNLIMITED:
            times = self._count(run)
            if times & (times - 1):
                return
        log.info(
            "command refused", run=run, command=command, error=refusal.error.value, times=times
        )

    def done(self, claims: Claims, command: str) -> None:
        log.info("command done", run=claims.run_id, role=claims.role, command=command)

    def _count(self, run: str) -> int:
        """How many there were in this minute."""
        if self._clock() - self._began >= _WINDOW:
            self._began, self._counts = self._clock(), {}
        self._counts[run] = self._counts.get(run, 0) + 1
        return self._counts[run]
