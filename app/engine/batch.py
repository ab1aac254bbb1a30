"""Holds reviews of one issue back until none has come for a while, and then lets the newest go.

What it holds when the app ends is lost here: a sweep must find it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.event import Event, Reviewed
from app.domain.ref import IssueRef

LONGEST = 10  # whiles that the first of them waits at most, however often another comes


@dataclass(frozen=True, slots=True)
class _Held:
    """The newest, its timer, and when that runs out at the latest, by the loop's clock."""

    event: Reviewed
    timer: asyncio.TimerHandle
    until: float


class Batch:
    """`spawn` handles an event without being waited for."""

    def __init__(self, spawn: Callable[[IssueRef, Event], None], seconds: float) -> None:
        self._spawn = spawn
        self._seconds = seconds
        self._held: dict[str, _Held] = {}

    def put(self, issue: IssueRef, event: Reviewed) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        until = now + LONGEST * self._seconds
        if before := self._held.pop(issue.key, None):
            before.timer.cancel()
            until = before.until
            event = max(before.event, event, key=lambda one: one.written)  # a sweep brings old ones
        timer = loop.call_at(min(now + self._seconds, until), self._let_go, issue, event)
        self._held[issue.key] = _Held(event, timer, until)

    def _let_go(self, issue: IssueRef, event: Reviewed) -> None:
        self._held.pop(issue.key, None)
        self._spawn(issue, event)
