"""What each run used of the models, and what it may cost. Losing it loses no task."""

import asyncio
import importlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from app.domain.policy import Price
from app.domain.ref import IssueRef
from app.domain.run import Usage

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.db.account_rows import AccountRows


@dataclass(frozen=True, slots=True)
class Opening:
    """Whose account is opened. `spent_usd`: what the issue had cost before the run; `budget_usd`:
    what it may cost in all, None without a limit; `prices`: by globs of models' names."""

    run_id: str
    issue: IssueRef
    round: int
    role: str
    spent_usd: float = 0.0
    budget_usd: float | None = None
    prices: tuple[tuple[str, Price], ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A row of the table. `status` is open, or closed: the run may use nothing more.

    `input` counts all tokens sent, `cached` those of them that were read from a cache; `model` is
    the one that was used last.
    """

    run_id: str
    repo_id: int
    issue: int
    round: int
    role: str
    status: str
    model: str | None
    calls: int
    input: int
    output: int
    cached: int
    cost_usd: Decimal
    spent_usd: Decimal
    budget_usd: Decimal | None
    created_at: datetime
    updated_at: datetime
    prices: tuple[tuple[str, Price], ...] = ()

    @property
    def open(self) -> bool:
        return self.status == "open"

    @property
    def usage(self) -> Usage:
        return Usage(self.input, self.output, self.cached, float(self.cost_usd))

    @property
    def left_usd(self) -> Decimal | None:
        """What may still be spent, below zero where a call went beyond; None: any amount."""
        if self.budget_usd is None:
            return None
        return self.budget_usd - self.spent_usd - self.cost_usd


class Accounts:
    """One account per run, in PostgreSQL. Every method is one statement, so counts add up."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: AsyncEngine | None = None
        self._opening = asyncio.Lock()
        self._rows: AccountRows | None = None

    async def open(self, opening: Opening) -> Account:
        """The run's account, made or reopened. What it counted and what it began with is kept; of
        two budgets the larger is in force, since a budget is only ever raised."""
        return await (await self._table()).open(opening)

    async def close(self, run_id: str) -> Usage:
        """What the run used in all; from now on it may use nothing. No account: nothing used."""
        return await (await self._table()).close(run_id)

    async def get(self, run_id: str) -> Account | None:
        return await (await self._table()).get(run_id)

    async def add(self, run_id: str, model: str | None, usage: Usage, calls: int = 1) -> None:
        """Count what calls of the run used; no account: nothing happens."""
        await (await self._table()).add(run_id, model, usage, calls)

    async def raise_budget(self, issue: IssueRef, usd: float) -> None:
        """`usd` is what the issue may cost in all from now on; accounts with less get it."""
        await (await self._table()).raise_budget(issue, usd)

    async def close_connections(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()

    async def _table(self) -> "AccountRows":
        """SQLAlchemy takes half a second to import, so it waits for the first run."""
        async with self._opening:
            if self._rows is None:
                rows = await asyncio.to_thread(importlib.import_module, "app.db.rows")
                module = await asyncio.to_thread(importlib.import_module, "app.db.account_rows")
                self._engine = rows.connect(self._url)
                self._rows = module.AccountRows(self._engine)
            return self._rows
