"""Holds reviews of one issue back until none has come for a while, and then lets the newest go.

What it holds when the app ends is lost here: a sweep must find it.
"""

import asyncio
from collections.abc import Callable

from app.domain.event import Event, Reviewed
from app.domain.ref import IssueRef


class Batch:
    """`spawn` handles an event without being waited for."""

    def __init__(self, spawn: Callable[[IssueRef, Event], None], seconds: float) -> None:
        self._spawn = spawn
        self._seconds = seconds
        self._held: dict[str, tuple[asyncio.TimerHandle, Reviewed]] = {}

    def put(self, issue: IssueRef, event: Reviewed) -> None:
        if before := self._held.pop(issue.key, None):
            timer, other = before
            timer.cancel()
            event = max(other, event, key=lambda one: one.written)  # a sweep brings old ones again
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._seconds, self._let_go, issue, event)
        self._held[issue.key] = (timer, event)

    def _let_go(self, issue: IssueRef, event: Reviewed) -> None:
        self._held.pop(issue.key, None)
        self._spawn(issue, event)
