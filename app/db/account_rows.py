"""The table of accounts, read and written with SQLAlchemy. It knows no gateway and no price."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.account import Account, Opening
from app.db.tables import account
from app.domain.policy import Price
from app.domain.ref import IssueRef
from app.domain.run import Usage


class AccountRows:
    """Accounts by run; every method is one statement in a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def open(self, opening: Opening) -> Account:
        made = insert(account).values(
            run_id=opening.run_id,
            repo_id=opening.issue.repo.id,
            issue=opening.issue.number,
            round=opening.round,
            role=opening.role,
            status="open",
            spent_usd=_money(opening.spent_usd),
            budget_usd=None if opening.budget_usd is None else _budget(opening, opening.budget_usd),
            prices=[[glob, asdict(price)] for glob, price in opening.prices],
        )
        kept = {
            "status": "open",
            # of NULL and a number, PostgreSQL's greatest is the number: a limit stays one
            "budget_usd": func.greatest(account.c.budget_usd, made.excluded.budget_usd),
            "updated_at": func.now(),
        }
        upsert = made.on_conflict_do_update(index_elements=("run_id",), set_=kept)
        async with self._engine.begin() as connection:
            return _account((await connection.execute(upsert.returning(account))).one())

    async def close(self, run_id: str) -> Usage:
        closed = (
            update(account)
            .where(account.c.run_id == run_id)
            .values(status="closed", updated_at=func.now())
            .returning(account)
        )
        async with self._engine.begin() as connection:
            row = (await connection.execute(closed)).one_or_none()
        return _account(row).usage if row else Usage()

    async def get(self, run_id: str) -> Account | None:
        query = select(account).where(account.c.run_id == run_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _account(row) if row else None

    async def add(self, run_id: str, model: str | None, usage: Usage, calls: int) -> None:
        counted = update(account).where(account.c.run_id == run_id)
        more = {
            "calls": account.c.calls + calls,
            "input": account.c.input + usage.input,
            "output": account.c.output + usage.output,
            "cached": account.c.cached + usage.cached,
            "cost_usd": account.c.cost_usd + _money(usage.cost_usd),
            "model": func.coalesce(model, account.c.model),
            "updated_at": func.now(),
        }
        async with self._engine.begin() as connection:
            await connection.execute(counted.values(**more))

    async def raise_budget(self, issue: IssueRef, usd: float) -> None:
        raised = (
            update(account)
            .where(_of(issue), account.c.budget_usd < _money(usd))
            .values(budget_usd=_money(usd), updated_at=func.now())
        )
        async with self._engine.begin() as connection:
            await connection.execute(raised)


def _of(issue: IssueRef) -> ColumnElement[bool]:
    return and_(account.c.repo_id == issue.repo.id, account.c.issue == issue.number)


def _budget(opening: Opening, usd: float) -> ColumnElement[Decimal]:
    """It may have been raised since the round began, which its earlier runs tell."""
    earlier = select(func.max(account.c.budget_usd)).where(
        _of(opening.issue), account.c.round == opening.round
    )
    return func.greatest(_money(usd), earlier.scalar_subquery())


def _money(usd: float) -> Decimal:
    return Decimal(repr(usd))


def _account(row: Row[Any]) -> Account:
    prices = tuple((glob, Price(**price)) for glob, price in row.prices)
    return Account(**{**row._mapping, "prices": prices})
