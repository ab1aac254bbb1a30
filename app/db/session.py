"""Which runs there are and what they used, in the engine's terms. Losing it loses no task."""

import asyncio
import importlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from app.domain.event import Finished, RunFinished
from app.domain.ref import IssueRef
from app.domain.task import GraphName

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.db.rows import Rows


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
    tokens: int
    cost_usd: Decimal
    created_at: datetime
    updated_at: datetime


class Sessions:
    """The engine's `Sessions`, and what operators may ask of one."""

    def __init__(self, url: str, holder: str) -> None:
        self._url = url
        self._holder = holder
        self._engine: AsyncEngine | None = None
        self._opening = asyncio.Lock()
        self._rows: Rows | None = None

    async def begin(self, issue: IssueRef, round_: int, graph: GraphName) -> None:
        """This instance runs the round; beginning twice is beginning once."""
        await (await self._table()).open(issue, round_, graph, self._holder)

    async def finish(self, issue: IssueRef, finished: Finished) -> None:
        """The run has ended; its outcome is on its way to GitHub."""
        attempts = finished.attempts if isinstance(finished, RunFinished) else ()
        last = max((attempt.number for attempt in attempts), default=None)
        await (await self._table()).close(issue, finished.round, last, finished.usage)

    async def settle(self, issue: IssueRef) -> None:
        """What came of the issue's runs stands on GitHub."""
        await (await self._table()).settle(issue)

    async def get(self, issue: IssueRef, round_: int) -> SessionRow | None:
        return await (await self._table()).get(issue, round_)

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()

    async def _table(self) -> "Rows":
        async with self._opening:
            if self._rows is None:
                module = await asyncio.to_thread(importlib.import_module, "app.db.rows")
                self._engine = module.connect(self._url)
                self._rows = module.Rows(self._engine)
            return self._rows
