"""Lets a run's calls of models through while the budget lasts, and books what each used.

It knows no API and no price. Of the calls of one run at most one may go beyond the budget. A call
that is cut is booked as what it may have cost, since a provider charges for it all the same.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import structlog

from app.db.account import Account
from app.domain.run import Usage
from app.gateway.entry import RETRY_SECONDS, Refused, admitted, ended
from app.gateway.ledger import Ledger

log = structlog.get_logger(__name__)
MOST_CALLS = 16  # of one run at once; each may hold a body in memory
_NO_BOOKS = "orc: what was used can't be booked now; try again"
PATIENCE = 10.0  # seconds that calls of an ended run have to say what they used


class OverBudget(Exception):
    """The budget is spent, in words for the agent and whoever reads its log."""


class Call:
    """One call that was let through. `open_usd`: what it may cost beyond what is booked, until all
    that it used is known."""

    def __init__(self, book: "Budgets", run: "_Run", held: float) -> None:
        self.held = held
        self.open_usd = held
        self.booked = Usage()
        self._book = book
        self._run = run

    async def book(self, model: str | None, usage: Usage) -> None:
        """What the call used up to now, in all; booked before the answer goes on to the run."""
        more = _difference(usage, self.booked)
        if more != Usage():
            first = self.booked == Usage()
            self.booked = usage
            await self._book.add(self._run, model, more, int(first))

    async def charge(self) -> None:
        """It was cut before all was known, and is charged as if it had used all it might."""
        if more := self.open_usd:
            self.open_usd = 0.0
            log.warning(
                "a call was cut: charged as the most it can cost", run=self._run.id, usd=more
            )
            await self.book(None, replace(self.booked, cost_usd=self.booked.cost_usd + more))


@dataclass(slots=True)
class _Run:
    """What is remembered of a run while it lasts. `dearest` is of the calls seen."""

    id: str
    turn: asyncio.Condition = field(default_factory=asyncio.Condition)
    present: int = 0
    limits: set[asyncio.Timeout] = field(default_factory=set)
    calls: set[Call] = field(default_factory=set)
    dearest: float | None = None
    paying: asyncio.Lock = field(default_factory=asyncio.Lock)
    behind: bool = False  # the database did not take what is owed
    owed: list[tuple[str | None, Usage, int]] = field(default_factory=list)

    def has_room(self, account: Account, under_way: frozenset[Call]) -> bool:
        """Whether one more call may start beside those that were under way before the account was
        read: what they used may be missing in it. Raises OverBudget."""
        left = account.left_usd
        if left is None:
            return True
        if left <= 0:
            raise OverBudget(
                f"orc: the budget of ${account.budget_usd:.2f} is spent; "
                "a person can raise it with /budget +N"
            )
        if not under_way:
            return True
        if self.dearest is None:
            return False  # nothing says yet what a call may cost
        return sum(max(call.held, self.dearest) for call in under_way) < left

    def leave(self, call: Call) -> None:
        self.calls.discard(call)
        if cost := call.booked.cost_usd:
            self.dearest = max(self.dearest or 0.0, cost)


class Budgets:
    """All runs' calls in this app; `close` waits until everything is booked."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._runs: dict[str, _Run] = {}
        self._booking: set[asyncio.Task[None]] = set()
        self._closing = False

    @asynccontextmanager
    async def call(self, run_id: str, ceiling_usd: float) -> AsyncIterator[Call]:
        """Held during one call that may cost up to about `ceiling_usd`; waits for its turn.

        Raises Refused, also when the run is ended meanwhile, or OverBudget.
        """
        if self._closing:
            raise self._refusal()
        run = self._runs.setdefault(run_id, _Run(run_id))
        if run.present >= MOST_CALLS:
            raise Refused(429, f"orc: a run makes at most {MOST_CALLS} calls at once", 2)
        run.present += 1
        call: Call | None = None
        try:
            async with asyncio.timeout(None) as limit:
                run.limits.add(limit)
                try:
                    call = await self._enter(run, ceiling_usd)
                    yield call
                finally:
                    run.limits.discard(limit)
                    if call is not None:
                        run.leave(call)
        except TimeoutError:
            if call is not None:
                await call.charge()
            raise self._refusal() from None
        finally:
            run.present -= 1
            await self._finish(self._wake(run))

    async def add(self, run: _Run, model: str | None, usage: Usage, calls: int) -> None:
        """Book it, also when the caller is cancelled meanwhile or the database is away."""
        run.owed.append((model, usage, calls))
        await self._finish(self._pay(run))

    async def end(self, run_id: str) -> None:
        """The run is over and its account closed: its calls have a moment to end, then are cut."""
        if (run := self._runs.get(run_id)) is None:
            return
        await self._wake(run)
        try:
            async with asyncio.timeout(PATIENCE):
                await _until_left(run)
        except TimeoutError:
            _cut(run)
            await _until_left(run)
        await self._pay(run)
        self._forget(run)

    async def close(self) -> None:
        """Cut all calls; what they used is booked, as far as the database lets us."""
        self._closing = True
        runs = list(self._runs.values())
        for run in runs:
            _cut(run)
        await asyncio.gather(*(_until_left(run) for run in runs))
        await asyncio.gather(*self._booking)
        for run in self._runs.values():
            await self._pay(run)

    async def _enter(self, run: _Run, ceiling_usd: float) -> Call:
        async with run.turn:
            while True:
                await self._finish(self._pay(run))
                if run.behind:
                    raise Refused(503, _NO_BOOKS, RETRY_SECONDS)
                under_way = frozenset(run.calls)
                if run.has_room(admitted(await self._ledger.get(run.id)), under_way):
                    call = Call(self, run, ceiling_usd)
                    run.calls.add(call)
                    return call
                await run.turn.wait()

    def _refusal(self) -> Refused:
        if self._closing:
            return Refused(503, "orc: the gateway is starting anew; try again", RETRY_SECONDS)
        return ended()

    async def _pay(self, run: _Run) -> None:
        async with run.paying:
            while run.owed:
                model, usage, calls = run.owed[0]
                try:
                    await self._ledger.add(run.id, model, usage, calls)
                except Exception as error:  # whatever a database can fail with; nothing is lost
                    log.error("usage can't be booked yet", run=run.id, why=type(error).__name__)
                    run.behind = True
                    return
                del run.owed[0]
            run.behind = False

    async def _wake(self, run: _Run) -> None:
        async with run.turn:
            run.turn.notify_all()
        if run.dearest is None:
            self._forget(run)

    def _forget(self, run: _Run) -> None:
        if not run.present and not run.owed and self._runs.get(run.id) is run:
            del self._runs[run.id]

    async def _finish(self, work: Coroutine[None, None, None]) -> None:
        """Do it to its end, also when whoever waits for it is cancelled."""
        task = asyncio.create_task(work)
        self._booking.add(task)
        task.add_done_callback(self._booking.discard)
        await asyncio.shield(task)


def _cut(run: _Run) -> None:
    now = asyncio.get_running_loop().time()
    for limit in run.limits:
        limit.reschedule(now)


async def _until_left(run: _Run) -> None:
    async with run.turn:
        await run.turn.wait_for(lambda: run.present == 0)


def _difference(new: Usage, old: Usage) -> Usage:
    return Usage(
        new.input - old.input,
        new.output - old.output,
        new.cached - old.cached,
        new.cost_usd - old.cost_usd,
    )
