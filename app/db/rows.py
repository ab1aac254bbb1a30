"""The table of sessions, read and written with SQLAlchemy. It knows no task and no graph.

SQLAlchemy takes half a second to import, so this module is imported when a row is first needed.
"""

import uuid

import asyncpg
from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.db.session import SessionRow
from app.db.tables import session
from app.db.url import asyncpg as asyncpg_url
from app.domain.ref import IssueRef
from app.domain.run import Usage
from app.domain.task import GraphName


def connect(url: str) -> AsyncEngine:
    """An engine for a libpq URL; asyncpg reads the URL, so that TLS parameters mean the same."""
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(asyncpg_url(url)),
        pool_size=5,
        pool_pre_ping=True,
    )


class Rows:
    """One session of each round of an issue; every method is one statement, in a transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def open(self, issue: IssueRef, round_: int, graph: GraphName, holder: str) -> None:
        """The session, made if need be, as running in the hands of `holder`."""
        mine = {"status": "running", "holder": holder, "held_at": func.now()}
        made = insert(session).values(
            id=uuid.uuid4(),
            repo_id=issue.repo.id,
            issue=issue.number,
            kind=graph,
            round=round_,
            **mine,
        )
        unique = ("repo_id", "issue", "kind", "round")
        kept = {**mine, "updated_at": func.now()}
        async with self._engine.begin() as connection:
            await connection.execute(made.on_conflict_do_update(index_elements=unique, set_=kept))

    async def close(self, issue: IssueRef, round_: int, attempt: int | None, usage: Usage) -> None:
        """It has ended, and nobody holds it; `attempt` None: as it was."""
        ended = {
            "status": "finished",
            "tokens": usage.tokens,
            "cost_usd": usage.cost_usd,
            **({} if attempt is None else {"attempt": attempt}),
            **_released(),
        }
        async with self._engine.begin() as connection:
            await connection.execute(update(session).where(_is(issue, round_)).values(**ended))

    async def settle(self, issue: IssueRef) -> None:
        """What came of all sessions of the issue stands on GitHub."""
        open_ones = update(session).where(_of(issue), session.c.status != "settled")
        async with self._engine.begin() as connection:
            await connection.execute(open_ones.values(status="settled", **_released()))

    async def get(self, issue: IssueRef, round_: int) -> SessionRow | None:
        query = select(session).where(_is(issue, round_))
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return SessionRow(**row._mapping) if row else None


def _of(issue: IssueRef) -> ColumnElement[bool]:
    return and_(session.c.repo_id == issue.repo.id, session.c.issue == issue.number)


def _is(issue: IssueRef, round_: int) -> ColumnElement[bool]:
    return and_(_of(issue), session.c.round == round_)


def _released() -> dict[str, object]:
    return {"holder": None, "held_at": None, "updated_at": func.now()}
