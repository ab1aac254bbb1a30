"""Turns what a meter shows of one call into money, and books it. It keeps no account."""

from app.gateway.budget import Call
from app.gateway.models.request import Request
from app.gateway.models.usage import Meter
from app.gateway.price import Prices, Tokens


class Booking:
    """Of one call. What a meter shows is booked once for each change."""

    def __init__(self, call: Call, prices: Prices, request: Request) -> None:
        self.model = request.model
        self._call = call
        self._prices = prices
        self._request = request
        self._seen = Tokens()

    async def note(self, meter: Meter) -> None:
        if meter.tokens == self._seen:
            return
        self._seen = meter.tokens
        asked = self._request.model
        self.model = meter.model or asked
        price = self._prices.of(meter.model, asked)
        self._call.open_usd = 0.0 if meter.complete else self._request.output_usd(price)
        await self._call.book(self.model, self._prices.usage(meter.tokens, meter.model, asked))

    def waive(self) -> None:
        """An error costs nothing."""
        self._call.open_usd = 0.0
