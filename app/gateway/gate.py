"""Lets runs in and out: opens and closes their accounts and gives out their tokens."""

from typing import Protocol

from app.db.account import Opening
from app.domain.run import Access, Usage
from app.gateway.ledger import Ledger
from app.gateway.token import Tokens
from app.graphs.ports import Admission


class Part(Protocol):
    """A part of the gateway that runs use."""

    async def end(self, run_id: str) -> None:
        """The run is over: what it has open is closed, and booked."""


class GatewayGate:
    """The graphs' `Gate`. `url` and `proxy` are what a run sees."""

    def __init__(
        self, tokens: Tokens, ledger: Ledger, url: str, proxy: str, parts: tuple[Part, ...]
    ) -> None:
        self._tokens = tokens
        self._ledger = ledger
        self._url = url
        self._proxy = proxy
        self._parts = parts

    async def admit(self, admission: Admission) -> Access:
        """Let the run in; asking again changes nothing but the token's time."""
        await self._ledger.open(
            Opening(
                admission.run_id,
                admission.issue,
                admission.round,
                admission.role,
                admission.spent_usd,
                admission.budget_usd,
                admission.prices,
            )
        )
        return Access(self._url, self._proxy, self._tokens.issue(admission))

    async def dismiss(self, run_id: str) -> Usage:
        """Let it in no more; what it used in all."""
        await self._ledger.close(run_id)
        for part in self._parts:
            await part.end(run_id)
        return await self._ledger.close(run_id)
