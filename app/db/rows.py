"""The table of sessions, read and written with SQLAlchemy. It knows no task and no graph.

SQLAlchemy takes half a second to import, so this module is imported when a row is first needed.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy import ColumnElement, Row, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.db.session import Claim, SessionRow, Use
from app.db.tables import session
from app.db.url import asyncpg as asyncpg_url


def connect(url: str) -> AsyncEngine:
    """An engine for a libpq URL; asyncpg reads the URL, so that TLS parameters mean the same."""
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(asyncpg_url(url)),
        pool_size=5,
        pool_pre_ping=True,
    )


class Rows:
    """Sessions by what they are for; every method is one statement in a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def open(self, claim: Claim, holder: str) -> SessionRow:
        """The session, made if need be, as running in the hands of `holder`."""
        mine = {"status": "running", "holder": holder, "held_at": func.now()}
        made = insert(session).values(
            id=uuid.uuid4(),
            repo_id=claim.repo_id,
            issue=claim.issue,
            kind=claim.kind,
            round=claim.round,
            **mine,
        )
        unique = ("repo_id", "issue", "kind", "round")
        kept = {**mine, "updated_at": func.now()}
        upsert = made.on_conflict_do_update(index_elements=unique, set_=kept)
        async with self._engine.begin() as connection:
            return _row((await connection.execute(upsert.returning(session))).one())

    async def update(self, claim: Claim, use: Use) -> None:
        """Note what it has used so far; nothing if there is no such session."""
        changed = update(session).where(_is(claim)).values(**_used(use), updated_at=func.now())
        async with self._engine.begin() as connection:
            await connection.execute(changed)

    async def close(self, claim: Claim, use: Use) -> None:
        """It has ended, and nobody holds it."""
        ended = {"status": "finished", "holder": None, "held_at": None, "updated_at": func.now()}
        async with self._engine.begin() as connection:
            await connection.execute(
                update(session).where(_is(claim)).values(**_used(use), **ended)
            )

    async def settle(self, repo_id: int, issue: int) -> None:
        """What came of all sessions of the issue stands on GitHub."""
        here = and_(session.c.repo_id == repo_id, session.c.issue == issue)
        values = {"status": "settled", "holder": None, "held_at": None, "updated_at": func.now()}
        async with self._engine.begin() as connection:
            await connection.execute(
                update(session).where(here, session.c.status != "settled").values(**values)
            )

    async def live(self) -> Sequence[SessionRow]:
        """Those that are running, as far as the table knows; the oldest first."""
        query = select(session).where(session.c.status == "running").order_by(session.c.created_at)
        async with self._engine.connect() as connection:
            return [_row(row) for row in await connection.execute(query)]

    async def get(self, claim: Claim) -> SessionRow | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(session).where(_is(claim)))).one_or_none()
        return _row(row) if row else None

    async def forget(self, repo_id: int) -> None:
        """The repository is gone: so are its sessions."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(session).where(session.c.repo_id == repo_id))


def _is(claim: Claim) -> ColumnElement[bool]:
    return and_(
        session.c.repo_id == claim.repo_id,
        session.c.issue == claim.issue,
        session.c.round == claim.round,
    )


def _used(use: Use) -> dict[str, Any]:
    """None means: unchanged."""
    values = {
        "attempt": use.attempt,
        "tokens": use.tokens,
        "cost_usd": use.cost_usd,
        "agent_session": use.agent_session,
    }
    return {name: value for name, value in values.items() if value is not None}


def _row(row: Row[Any]) -> SessionRow:
    return SessionRow(**row._mapping)
