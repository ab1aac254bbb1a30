"""What the pages may read, and nothing else: the App's keys and tokens have no way in here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from app.sandbox.limits import Limits
from app.sandbox.records import Delivery, GitRecord, RequestRecord
from app.sandbox.state import State


class Host(Protocol):
    """The sandbox, as far as the pages look at it. Lists grow at the end."""

    requests: list[RequestRecord]
    git_requests: list[GitRecord]
    deliveries: list[Delivery]
    limits: Limits

    @property
    def state(self) -> State: ...


class Source:
    """Reads a whole sandbox, or a bare `State`, which has seen no requests and no deliveries."""

    def __init__(self, host: Host | State) -> None:
        self._live = host if isinstance(host, State) else host.state
        self._host = None if isinstance(host, State) else host

    def state(self) -> State:
        """A consistent copy of now."""
        return self._live.view()

    def now(self) -> datetime:
        """On the sandbox's clock, which tests move."""
        return self._host.limits.clock.now() if self._host else datetime.now(UTC)

    def deliveries(self) -> Sequence[Delivery]:
        return tuple(self._host.deliveries) if self._host else ()

    def requests(self) -> Sequence[RequestRecord]:
        return tuple(self._host.requests) if self._host else ()

    def git_requests(self) -> Sequence[GitRecord]:
        return tuple(self._host.git_requests) if self._host else ()
