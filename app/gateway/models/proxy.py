"""Passes calls of models on with the real key, and their answers back as they come.

Usage is booked before the bytes that tell of it go on to the run. A run that hangs up does not go
uncounted: its answer is read to the end all the same, until the run itself is over.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx
import structlog
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from app.gateway.budget import Budgets, OverBudget
from app.gateway.entry import Entry, Refused
from app.gateway.models.answer import Problem, send_problem
from app.gateway.models.booking import Booking
from app.gateway.models.exchange import Exchange, Room
from app.gateway.models.pace import Pace
from app.gateway.models.reading import Reading
from app.gateway.models.request import Request
from app.gateway.models.route import (
    Route,
    dialect_of,
    query_of,
    request_headers,
    response_headers,
    route_of,
    token_of,
)
from app.gateway.models.usage import BodyMeter, Dialect, Meter, NoMeter, StreamMeter
from app.gateway.price import Prices

# No command, but what a pattern must grant before a run may call models.
MODELS = "models"
log = structlog.get_logger(__name__)
MAX_ERROR = 1 << 20
# Between two pieces of an answer a model may think for minutes.
TIMEOUT = httpx.Timeout(connect=10.0, read=900.0, write=60.0, pool=30.0)


@dataclass(frozen=True, slots=True)
class Upstream:
    """A provider. `base_url` is what stands before /v1; `setting` is what the operator sets."""

    base_url: str
    key: SecretStr | None
    setting: str

    def url(self, path: str, query: str) -> str:
        return f"{self.base_url.rstrip('/').removesuffix('/v1')}{path}{query}"


class ModelProxy:
    """An ASGI application below /anthropic and /openai."""

    def __init__(
        self,
        entry: Entry,
        budgets: Budgets,
        prices: Prices,
        providers: Mapping[Dialect, Upstream],
        client: httpx.AsyncClient,
    ) -> None:
        self._entry = entry
        self._budgets = budgets
        self._prices = prices
        self._providers = providers
        self._client = client
        self._room = Room()
        self._pace = Pace()
        self._reading = Reading()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        dialect = dialect_of(scope["path"]) or Dialect.OPENAI
        exchange = Exchange(receive, send)
        try:
            await self._serve(scope, exchange)
        except Problem as problem:
            found = problem
        except OverBudget as error:
            found = Problem(400, str(error), "budget_spent")
        except Refused as refused:
            found = Problem(refused.status, refused.reason, "refused", refused.retry_after)
        except httpx.HTTPError as error:
            log.warning("a model's server fails", provider=dialect.value, why=type(error).__name__)
            found = Problem(502, "orc: the model's server can't be reached", "unreachable", 2)
        else:
            return
        if not exchange.started:  # otherwise the answer is cut, as it was for us
            await send_problem(send, found, dialect)

    async def _serve(self, scope: Scope, exchange: Exchange) -> None:
        route = route_of(scope["method"], scope["path"])
        if route is None:
            raise Problem(404, "orc: the gateway has no such call", "not_found")
        claims, account = await self._entry.visit(token_of(scope["headers"]))
        if not claims.allows(MODELS):
            raise Problem(403, "orc: this run may call no models", "refused")
        upstream = self._upstream(route)
        with ExitStack() as held:
            if not route.metered:
                held.enter_context(self._pace.of(account.run_id))
            if route.method == "GET":
                asking = self._build(scope, route, upstream, b"")
                await self._forward(asking, exchange, NoMeter(), None)
                return
            share = held.enter_context(self._room.of(account.run_id))
            body = await exchange.body(scope["headers"], share)
            request = await self._reading.read(account.run_id, body, route)
            prices = self._prices.with_overrides(account.prices)
            _expect_known(request.model, prices)
            outgoing = self._build(scope, route, upstream, request.body)
            if route.metered:
                await self._spend(account.run_id, request, prices, outgoing, exchange)
            else:
                await self._forward(outgoing, exchange, NoMeter(), None)

    def _upstream(self, route: Route) -> Upstream:
        found = self._providers.get(route.dialect)
        if found is None or found.key is None:
            setting = found.setting if found else f"the key of {route.dialect.value}"
            message = f"orc: there is no key for this model; the operator must set {setting}"
            raise Problem(401, message, "no_key")
        return found

    async def _spend(
        self,
        run_id: str,
        request: Request,
        prices: Prices,
        outgoing: "Outgoing",
        exchange: Exchange,
    ) -> None:
        ceiling = request.ceiling_usd(prices.of(request.model))
        async with self._budgets.call(run_id, ceiling) as call:
            booking = Booking(call, prices, request)
            try:
                await self._forward(outgoing, exchange, None, booking)
            finally:
                used = call.booked
                log.info(
                    "model call",
                    run=run_id,
                    model=booking.model,
                    input=used.input,
                    output=used.output,
                    cached=used.cached,
                    usd=round(used.cost_usd, 6),
                )

    def _build(self, scope: Scope, route: Route, upstream: Upstream, body: bytes) -> "Outgoing":
        key = upstream.key.get_secret_value() if upstream.key else ""
        headers = [*request_headers(scope["headers"]), (b"accept-encoding", b"identity")]
        if route.dialect is Dialect.ANTHROPIC:
            headers.append((b"x-api-key", key.encode()))
        else:
            headers.append((b"authorization", b"Bearer " + key.encode()))
        if body:
            headers.append((b"content-type", b"application/json"))
        below = scope["path"].removeprefix(f"/{route.dialect.value}")
        url = upstream.url(below, query_of(scope["query_string"]))
        request = self._client.build_request(
            route.method, url, headers=headers, content=body or None, timeout=TIMEOUT
        )
        return Outgoing(request, route.dialect, upstream)

    async def _forward(
        self,
        outgoing: "Outgoing",
        exchange: Exchange,
        meter: Meter | None,
        booking: Booking | None,
    ) -> None:
        response = await self._client.send(outgoing.request, stream=True)
        try:
            if response.status_code >= 400:
                if booking:
                    booking.waive()
                await _pass_error(response, outgoing, exchange)
                return
            meter = meter or _meter(response, outgoing.dialect)
            await exchange.start(response.status_code, response_headers(response.headers.raw))
            try:
                async for piece in response.aiter_bytes():
                    meter.feed(piece)
                    if booking:
                        await booking.note(meter)
                    await exchange.send_piece(piece)
            finally:
                meter.end()
                if booking:
                    await booking.note(meter)
            await exchange.end()
        finally:
            await response.aclose()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request with the key in it: never shown."""

    request: httpx.Request = field(repr=False)
    dialect: Dialect
    upstream: Upstream


def _expect_known(model: str, prices: Prices) -> None:
    """Raises Problem with what is let through instead."""
    if not prices.admits(model):
        message = (
            f"orc: the model {model[:100]!r} is not let through. These are, N being any version: "
            f"{', '.join(prices.families)}. For another, a person sets a price for just that name "
            "in `prices` of orchestrator.yml"
        )
        raise Problem(400, message, "model_refused")


def _meter(response: httpx.Response, dialect: Dialect) -> Meter:
    kind = response.headers.get("content-type", "")
    return (StreamMeter if kind.startswith("text/event-stream") else BodyMeter)(dialect)


async def _pass_error(response: httpx.Response, outgoing: Outgoing, exchange: Exchange) -> None:
    """As it is, but for what providers say of the key: some print parts of it."""
    if response.status_code == 401:
        log.error("a provider refuses its key", setting=outgoing.upstream.setting)
        message = "orc: the provider refuses the key; the operator must renew "
        raise Problem(401, message + outgoing.upstream.setting, "bad_key")
    body = b""
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MAX_ERROR:
            raise Problem(502, "orc: the model's server sent an endless error", "unreadable")
    key = outgoing.upstream.key
    if key is not None:
        body = body.replace(key.get_secret_value().encode(), b"[key]")
    await exchange.start(response.status_code, response_headers(response.headers.raw))
    await exchange.send_piece(body)
    await exchange.end()
