"""Holds events of one issue back until none has come for a while, and then lets the last one go.

What it holds when the app ends is lost here: a sweep must find it.
"""

import asyncio
from collections.abc import Callable

from app.domain.event import Event
from app.domain.ref import IssueRef


class Batch:
    """`spawn` handles an event without being waited for."""

    def __init__(self, spawn: Callable[[IssueRef, Event], None], seconds: float) -> None:
        self._spawn = spawn
        self._seconds = seconds
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def put(self, issue: IssueRef, event: Event) -> None:
        if before := self._timers.pop(issue.key, None):
            before.cancel()
        loop = asyncio.get_running_loop()
        self._timers[issue.key] = loop.call_later(self._seconds, self._let_go, issue, event)

    def _let_go(self, issue: IssueRef, event: Event) -> None:
        self._timers.pop(issue.key, None)
        self._spawn(issue, event)
