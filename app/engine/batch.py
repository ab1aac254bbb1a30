"""Holds reviews of one issue back until none has come for a while, and then lets the newest go.

What it holds when the app ends, or what could not be handled, is lost here: a sweep must find it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime

from app.domain.event import Event, Reviewed
from app.domain.ref import IssueRef

LONGEST = 10  # whiles that the first of them waits at most, however often another comes
REMEMBERED = 10_000  # issues
Handle = Callable[[IssueRef, Event], Coroutine[object, object, bool]]
Start = Callable[[Coroutine[object, object, None]], None]


@dataclass(frozen=True, slots=True)
class _Held:
    """The newest, its timer, and when that runs out at the latest, by the loop's clock."""

    event: Reviewed
    timer: asyncio.TimerHandle
    until: float


class Batch:
    """`handle` says whether it was done; `start` has it done without waiting for it."""

    def __init__(self, handle: Handle, start: Start, seconds: float) -> None:
        self._handle = handle
        self._start = start
        self._seconds = seconds
        self._held: dict[str, _Held] = {}
        self._done: OrderedDict[str, datetime] = OrderedDict()  # the newest that was handled

    def put(self, issue: IssueRef, event: Reviewed) -> bool:
        """Whether it was dealt with before, as sweeps bring what deliveries have brought."""
        done = self._done.get(issue.key)
        if done is not None and event.written <= done:
            return True
        loop = asyncio.get_running_loop()
        now = loop.time()
        until = now + LONGEST * self._seconds
        if before := self._held.pop(issue.key, None):
            before.timer.cancel()
            until = before.until
            event = max(before.event, event, key=lambda one: one.written)  # a sweep brings old ones
        timer = loop.call_at(min(now + self._seconds, until), self._let_go, issue, event)
        self._held[issue.key] = _Held(event, timer, until)
        return False

    def _let_go(self, issue: IssueRef, event: Reviewed) -> None:
        self._held.pop(issue.key, None)
        self._start(self._deal(issue, event))

    async def _deal(self, issue: IssueRef, event: Reviewed) -> None:
        if not await self._handle(issue, event):
            return
        self._done[issue.key] = max(event.written, self._done.pop(issue.key, event.written))
        if len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
