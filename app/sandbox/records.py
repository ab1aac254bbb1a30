"""What the sandbox writes down for tests to read: requests, git requests, deliveries. No logic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

FaultKind = Literal[
    "fail", "write_then_fail", "write_then_drop", "delay", "rate_limit", "secondary_limit",
    "stale_read", "unauthorized", "partial",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, `times` times.

    `match`: a glob over "METHOD /route/{template}", "graphql:Operation", "git:push" or "git:fetch".
    `seconds`: how long a delay lasts, or what retry-after says. `status`: what a failure answers.
    """

    match: str
    kind: FaultKind
    times: int = 1
    seconds: float = 0
    status: int = 502


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One API request. `route` is OpenAPI's template, "graphql", or "unknown"."""

    method: str
    path: str
    route: str
    operation: str  # GraphQL operation name, else ""
    mutations: tuple[str, ...]  # GraphQL mutation field names, in order
    status: int  # 0: the connection was dropped
    seconds: float
    writes: bool
    content: int  # content-creating operations done: GitHub limits these hardest
    at: datetime


@dataclass(frozen=True, slots=True)
class GitRecord:
    """One git request over HTTP. `service` is "fetch" or "push"."""

    method: str
    path: str
    service: str
    status: int
    seconds: float
    at: datetime


@dataclass(slots=True)
class Delivery:
    """One attempt to deliver a webhook. `status_code` is None until it was tried."""

    id: int
    guid: str
    event: str
    action: str | None
    payload: dict[str, Any]
    headers: dict[str, str]
    body: bytes
    repository_id: int | None
    delivered_at: datetime
    redelivery: bool = False
    status_code: int | None = None
    status: str = "pending"
    duration: float = 0.0
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: str = ""


class Observer(Protocol):
    """Sees every API exchange and every webhook; it must not raise."""

    def request(
        self,
        method: str,
        path: str,
        route: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body_bytes: bytes,
        status: int,
        response_headers: Mapping[str, str],
        response_bytes: bytes,
    ) -> None: ...

    def delivery(self, event: str, payload: Mapping[str, Any]) -> None: ...
