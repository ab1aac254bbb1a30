"""Pages of what went over the wire: webhook deliveries out, API and git requests in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app.sandbox.pages.find import Missing
from app.sandbox.pages.view import View
from app.sandbox.records import RequestRecord

_SHOWN = 200
# Signatures are made with the webhook's secret: nobody who looks needs them.
_HIDDEN = {"x-hub-signature", "x-hub-signature-256", "user-agent", "set-cookie"}


@dataclass(frozen=True, slots=True)
class RouteUse:
    """How often one route was asked, and how long it took; seconds."""

    name: str
    times: int
    errors: int
    content: int
    median: float
    longest: float


def deliveries(view: View, request: Request) -> Response:
    found = view.source.deliveries()
    tried = [d for d in found if d.status_code is not None]
    good = sum(200 <= (d.status_code or 0) < 300 for d in tried)
    return view.show(
        request, "deliveries.html", view.source.state(), found=found[::-1][:_SHOWN],
        total=len(found), good=good, bad=len(tried) - good, waiting=len(found) - len(tried),
        median=_median([d.duration for d in tried]),
    )  # fmt: skip


def delivery(view: View, request: Request) -> Response:
    said = request.path_params["number"]
    found = next((d for d in view.source.deliveries() if str(d.id) == said), None)
    if found is None:
        raise Missing(f"No webhook delivery has the id {said[:20]}.")
    headers = {k: v for k, v in found.headers.items() if k.lower() not in _HIDDEN}
    answer = {k: v for k, v in found.response_headers.items() if k.lower() not in _HIDDEN}
    return view.show(
        request, "delivery.html", view.source.state(), delivery=found, headers=headers,
        answer_headers=answer, payload=_pretty(found.body), size=len(found.body),
    )  # fmt: skip


def _pretty(body: bytes) -> str:
    return msgspec.json.format(body, indent=2).decode(errors="replace")


def requests(view: View, request: Request) -> Response:
    found, pushes = view.source.requests(), view.source.git_requests()
    return view.show(
        request, "requests.html", view.source.state(), found=found[::-1][:_SHOWN],
        total=len(found), git=pushes[::-1][:50], git_total=len(pushes),
        writes=sum(r.writes for r in found), content=sum(r.content for r in found),
        errors=sum(_is_error(r) for r in found), median=_median([r.seconds for r in found]),
        routes=_routes(found),
    )  # fmt: skip


def _is_error(record: RequestRecord) -> bool:
    return record.status == 0 or record.status >= 400


def _routes(found: Sequence[RequestRecord]) -> list[RouteUse]:
    """Most used first."""
    groups: dict[str, list[RequestRecord]] = defaultdict(list)
    for record in found:
        groups[_route(record)].append(record)
    uses = [
        RouteUse(
            name, len(records), sum(_is_error(r) for r in records),
            sum(r.content for r in records), _median([r.seconds for r in records]),
            max(r.seconds for r in records),
        )
        for name, records in groups.items()
    ]  # fmt: skip
    return sorted(uses, key=lambda use: (-use.times, use.name))


def _route(record: RequestRecord) -> str:
    if record.operation:
        return f"graphql {record.operation}"
    known = record.route not in {"unknown", "graphql"}
    if known and record.route.startswith(record.method):
        return record.route
    return f"{record.method} {record.route if known else record.path[:120]}"


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0
