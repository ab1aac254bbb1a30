"""What a log's address leads to: addresses that nobody can guess, and that soon lead nowhere."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from app.sandbox.clock import Clock
from app.sandbox.wire import send_answer

PREFIX = "/_downloads/"
_LIFE = 60.0
_MOST = 200


@dataclass(frozen=True, slots=True)
class Download:
    body: bytes
    kind: str
    until: float


class Downloads:
    """An ASGI app. Like GitHub's storage it asks for no token: the address is the secret."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, Download] = {}

    def offer(self, body: bytes, kind: str) -> str:
        """The path under which it can be fetched for a minute."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            now = self._clock.time()
            fresh = [(k, one) for k, one in self._kept.items() if one.until > now]
            self._kept = dict(fresh[-_MOST:])
            self._kept[key] = Download(body, kind, now + _LIFE)
        return f"{PREFIX}{key}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._lock:
            found = self._kept.get(scope["path"].removeprefix(PREFIX))
        if scope["method"] != "GET" or found is None or found.until <= self._clock.time():
            await send_answer(send, 403, {"content-type": "text/plain"}, b"Expired or unknown\n")
            return
        await send_answer(send, 200, {"content-type": found.kind}, found.body)
