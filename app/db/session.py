"""Which runs there are and what they used, in the engine's terms. Losing it loses no task."""

import asyncio
import importlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from app.domain.event import Finished, RunFinished
from app.domain.ref import IssueRef

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.db.rows import Rows


@dataclass(frozen=True, slots=True)
class Claim:
    """What a session is for; there is one of each round of an issue."""

    repo_id: int
    issue: int
    round: int
    kind: str = "engineering"


@dataclass(frozen=True, slots=True)
class Use:
    """What a session has used up to now, in all; None: not known."""

    attempt: int | None = None
    tokens: int | None = None
    cost_usd: float | None = None
    agent_session: str | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A row of the table. `status` is running, finished (outcome not yet on GitHub) or settled.

    `holder` is the app instance that began it last; who really runs it is told by its lease.
    """

    id: uuid.UUID
    repo_id: int
    issue: int
    kind: str
    round: int
    attempt: int
    status: str
    holder: str | None
    held_at: datetime | None
    agent_session: str | None
    tokens: int
    cost_usd: Decimal
    created_at: datetime
    updated_at: datetime


class Sessions:
    """The engine's `Sessions`, and the questions of operators."""

    def __init__(self, url: str, holder: str) -> None:
        self._url = url
        self._holder = holder
        self._engine: AsyncEngine | None = None
        self._opening = asyncio.Lock()
        self._rows: Rows | None = None

    async def begin(self, issue: IssueRef, round_: int, kind: str = "engineering") -> None:
        """This instance runs the round; beginning twice is beginning once."""
        await (await self.rows()).open(_claim(issue, round_, kind), self._holder)

    async def finish(self, issue: IssueRef, finished: Finished) -> None:
        """The run has ended; its outcome is on its way to GitHub."""
        attempts = finished.attempts if isinstance(finished, RunFinished) else ()
        last = max((attempt.number for attempt in attempts), default=None)
        use = Use(last, finished.usage.tokens, finished.usage.cost_usd)
        await (await self.rows()).close(_claim(issue, finished.round), use)

    async def settle(self, issue: IssueRef) -> None:
        """What came of the issue's runs stands on GitHub."""
        await (await self.rows()).settle(issue.repo.id, issue.number)

    async def live(self) -> Sequence[SessionRow]:
        """Sessions that are running as far as the table knows; the oldest first."""
        return await (await self.rows()).live()

    async def get(self, issue: IssueRef, round_: int) -> SessionRow | None:
        return await (await self.rows()).get(_claim(issue, round_))

    async def rows(self) -> "Rows":
        """The table itself."""
        async with self._opening:
            if self._rows is None:
                module = await asyncio.to_thread(importlib.import_module, "app.db.rows")
                self._engine = module.connect(self._url)
                self._rows = module.Rows(self._engine)
            return self._rows

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()


def _claim(issue: IssueRef, round_: int, kind: str = "engineering") -> Claim:
    return Claim(issue.repo.id, issue.number, round_, kind)
