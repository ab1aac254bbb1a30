"""GitHub's rate limits, per token owner, on the sandbox's clock; it counts and never waits."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from app.sandbox.clock import Clock
from app.sandbox.refusal import Refusal

_WINDOW = 3600


@dataclass(slots=True)
class Limits:
    """Set the numbers to what a test needs."""

    clock: Clock
    primary: int = 5000  # requests per hour
    content_per_minute: int = 80
    content_per_hour: int = 500
    _windows: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)
    _content: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def _window(self, owner: str, resource: str) -> tuple[float, int]:
        start, used = self._windows.get((owner, resource), (0.0, 0))
        now = self.clock.time()
        return (now, 0) if now >= start + _WINDOW else (start, used)

    def count(self, owner: str, resource: str) -> bool:
        """Counts one request; False when there is none left."""
        start, used = self._window(owner, resource)
        if used >= self.primary:
            return False
        self._windows[owner, resource] = (start, used + 1)
        return True

    def uncount(self, owner: str, resource: str) -> None:
        """A 304 costs nothing."""
        start, used = self._window(owner, resource)
        self._windows[owner, resource] = (start, max(0, used - 1))

    def shape(self, owner: str, resource: str) -> dict[str, Any]:
        start, used = self._window(owner, resource)
        return {
            "limit": self.primary,
            "used": used,
            "remaining": max(0, self.primary - used),
            "reset": math.ceil(start + _WINDOW),
        }

    def headers(self, owner: str, resource: str) -> dict[str, str]:
        shape = self.shape(owner, resource)
        return {f"x-ratelimit-{name}": str(value) for name, value in shape.items()} | {
            "x-ratelimit-resource": resource
        }

    def create_content(self, owner: str) -> None:
        """Counts one comment, issue, pull request or check run; refuses when there are too many."""
        now, seen = self.clock.time(), self._content[owner]
        while seen and seen[0] <= now - _WINDOW:
            seen.popleft()
        last_minute = [at for at in seen if at > now - 60]
        if len(seen) >= self.content_per_hour:
            raise secondary(seen[0] + _WINDOW - now)
        if len(last_minute) >= self.content_per_minute:
            raise secondary(last_minute[0] + 60 - now)
        seen.append(now)


def secondary(seconds: float, status: int = 403) -> Refusal:
    message = (
        "You have exceeded a secondary rate limit and have been temporarily blocked from "
        "content creation. Please retry your request again later."
    )
    return Refusal(status, message, headers={"retry-after": str(max(1, math.ceil(seconds)))})


def exhausted(installation_id: int) -> Refusal:
    return Refusal(403, f"API rate limit exceeded for installation ID {installation_id}.")
