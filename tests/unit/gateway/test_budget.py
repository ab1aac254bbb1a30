"""Calls of one run: their turns, what is booked when the database fails, and their end."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from app.db.account import Account, Opening
from app.domain.run import Usage
from app.gateway import budget
from app.gateway.budget import MOST_CALLS, Budgets, OverBudget
from app.gateway.entry import Refused

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RUN = "r"
CALL = Usage(10, 5, 2, 1.0)


class Book:
    """An account in memory; `away`: the database can't be reached."""

    def __init__(self, budget_usd: float | None = None) -> None:
        limit = None if budget_usd is None else Decimal(str(budget_usd))
        self.account: Account | None = Account(
            RUN, 1, 1, 1, "developer", "open", None, 0, 0, 0, 0,
            Decimal(0), Decimal(0), limit, NOW, NOW,
        )  # fmt: skip
        self.away = False
        self.adding: asyncio.Event | None = None
        self.getting: asyncio.Event | None = None
        self.got = asyncio.Event()
        self.reached = asyncio.Event()

    async def open(self, opening: Opening) -> Account:
        raise NotImplementedError

    async def close(self, run_id: str) -> Usage:
        assert self.account is not None
        self.account = replace(self.account, status="closed")
        return self.account.usage

    async def get(self, run_id: str) -> Account | None:
        found = self.account
        if self.getting is not None:
            self.got.set()
            await self.getting.wait()
        return found

    async def add(self, run_id: str, model: str | None, usage: Usage, calls: int = 1) -> None:
        self.reached.set()
        if self.adding is not None:
            await self.adding.wait()
        if self.away:
            raise ConnectionError
        assert self.account is not None
        was = self.account
        self.account = replace(
            was,
            calls=was.calls + calls,
            input=was.input + usage.input,
            output=was.output + usage.output,
            cached=was.cached + usage.cached,
            cost_usd=was.cost_usd + Decimal(repr(usage.cost_usd)),
        )

    @property
    def counted(self) -> tuple[int, int]:
        assert self.account is not None
        return self.account.calls, self.account.input


async def spend(budgets: Budgets, usage: Usage = CALL) -> None:
    async with budgets.call(RUN, 0.01) as call:
        await call.book("m", usage)


async def test_a_call_is_booked_as_it_grows_and_counts_once() -> None:
    book = Book()
    async with Budgets(book).call(RUN, 0.01) as call:
        await call.book("m", Usage(10, 1))
        await call.book("m", Usage(10, 1))
        await call.book("m", Usage(10, 7, 3, 0.5))
    assert book.account is not None
    assert book.counted == (1, 10)
    assert book.account.usage == Usage(10, 7, 3, 0.5)


async def test_what_the_database_does_not_take_is_owed() -> None:
    book = Book()
    budgets = Budgets(book)
    book.away = True
    with capture_logs() as logs:
        await spend(budgets)
    assert [entry["log_level"] for entry in logs] == ["error"]
    with capture_logs(), pytest.raises(Refused) as refused:
        await spend(budgets)
    assert (refused.value.status, refused.value.retry_after) == (503, 5)
    book.away = False
    await spend(budgets)
    assert book.counted == (2, 20)


@pytest.mark.parametrize("last", ["end", "close"])
async def test_what_is_owed_is_booked_in_the_end(last: str) -> None:
    book = Book()
    budgets = Budgets(book)
    book.away = True
    with capture_logs():
        await spend(budgets)
    book.away = False
    await (budgets.end(RUN) if last == "end" else budgets.close())
    assert book.counted == (1, 10)


async def test_a_call_that_is_cancelled_is_booked_all_the_same() -> None:
    book = Book(budget_usd=5)
    book.adding = asyncio.Event()
    budgets = Budgets(book)
    task = asyncio.create_task(spend(budgets))
    await book.reached.wait()
    task.cancel()
    next_one = asyncio.create_task(spend(budgets))
    book.adding.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    await next_one
    assert book.counted == (2, 20)


async def test_the_next_call_sees_what_a_cancelled_one_used() -> None:
    book = Book(budget_usd=1)
    book.adding = asyncio.Event()
    budgets = Budgets(book)
    task = asyncio.create_task(spend(budgets))
    await book.reached.wait()
    task.cancel()
    next_one = asyncio.create_task(spend(budgets))
    book.adding.set()
    await asyncio.wait({task})
    with pytest.raises(OverBudget, match=r"orc: the budget of \$1\.00 is spent"):
        await next_one


async def test_an_account_read_while_a_call_ends_is_not_believed() -> None:
    """What the call used is missing in it, and the call is under way no more."""
    book = Book(budget_usd=1.5)
    budgets, go = Budgets(book), asyncio.Event()
    await spend(budgets, Usage(1, 1, 0, 0.2))

    async def slow() -> None:
        async with budgets.call(RUN, 0.01) as call:
            await go.wait()
            await call.book("m", Usage(1, 1, 0, 1.4))

    first = asyncio.create_task(slow())
    while not budgets._runs[RUN].calls:  # noqa: ASYNC110
        await asyncio.sleep(0)
    book.getting = asyncio.Event()
    second = asyncio.create_task(spend(budgets))
    await book.got.wait()
    go.set()
    while budgets._runs[RUN].calls:  # noqa: ASYNC110
        await asyncio.sleep(0)
    book.getting.set()
    await first
    with pytest.raises(OverBudget):
        await second


async def test_a_run_makes_so_many_calls_at_once() -> None:
    budgets, go, ready = Budgets(Book()), asyncio.Event(), asyncio.Semaphore(0)

    async def hold() -> None:
        async with budgets.call(RUN, 0.01):
            ready.release()
            await go.wait()

    holding = [asyncio.create_task(hold()) for _ in range(MOST_CALLS)]
    for _ in holding:
        await ready.acquire()
    with pytest.raises(Refused) as refused:
        await spend(budgets)
    assert (refused.value.status, refused.value.retry_after) == (429, 2)
    async with budgets.call("another", 0.01):
        pass
    go.set()
    await asyncio.gather(*holding)
    await spend(budgets)


async def test_a_call_that_does_not_end_is_cut_with_its_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "PATIENCE", 0.01)
    book = Book()
    budgets, inside = Budgets(book), asyncio.Event()

    async def endless() -> None:
        async with budgets.call(RUN, 0.01) as call:
            await call.book("m", CALL)
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(endless())
    await inside.wait()
    await book.close(RUN)
    await budgets.end(RUN)
    with pytest.raises(Refused) as refused:
        await task
    assert refused.value.status == 401
    assert book.counted == (1, 10)


@pytest.mark.parametrize("last", ["end", "close"])
@pytest.mark.parametrize(
    ("booked", "open_usd", "counted"),
    [
        (None, None, (1, 0, 2.5)),
        (CALL, 1.5, (1, 10, 2.5)),
        (CALL, 0.0, (1, 10, 1.0)),
    ],
    ids=["nothing known", "a part", "all"],
)
async def test_what_a_cut_call_may_have_cost_is_booked(
    monkeypatch: pytest.MonkeyPatch,
    booked: Usage | None,
    open_usd: float | None,
    counted: tuple[int, int, float],
    last: str,
) -> None:
    """The provider charges for it, whether or not it was heard to the end."""
    monkeypatch.setattr(budget, "PATIENCE", 0.01)
    book = Book()
    budgets, inside = Budgets(book), asyncio.Event()

    async def endless() -> None:
        async with budgets.call(RUN, 2.5) as call:
            if booked is not None:
                await call.book("m", booked)
            if open_usd is not None:
                call.open_usd = open_usd
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(endless())
    await inside.wait()
    with capture_logs() as logs:
        await (budgets.end(RUN) if last == "end" else budgets.close())
    with pytest.raises(Refused):
        await task
    assert book.account is not None
    assert (*book.counted, float(book.account.cost_usd)) == counted
    assert [entry["log_level"] for entry in logs] == ["warning"] * (open_usd != 0)


@pytest.mark.parametrize("waiting", [True, False], ids=["waiting", "over"])
async def test_only_calls_that_were_made_are_charged(
    monkeypatch: pytest.MonkeyPatch, waiting: bool
) -> None:
    monkeypatch.setattr(budget, "PATIENCE", 0.01)
    book = Book(budget_usd=5)
    budgets, inside, go = Budgets(book), asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with budgets.call(RUN, 2.5):
            inside.set()
            await go.wait()

    tasks = [asyncio.create_task(hold())]
    await inside.wait()
    if waiting:
        tasks.append(asyncio.create_task(hold()))  # the first shows what calls cost
    else:
        go.set()
    await budgets.end(RUN)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert book.account is not None
    assert book.account.cost_usd == (Decimal("2.5") if waiting else 0)


async def test_closing_cuts_all_and_tells_them_to_come_again() -> None:
    budgets, inside = Budgets(Book(budget_usd=5)), asyncio.Event()

    async def endless() -> None:
        async with budgets.call(RUN, 0.01):
            inside.set()
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(endless()) for _ in range(3)]  # the others wait for their turn
    await inside.wait()
    await budgets.close()
    for task in (*tasks, asyncio.create_task(spend(budgets))):
        with pytest.raises(Refused) as refused:
            await task
        assert (refused.value.status, refused.value.retry_after) == (503, 5)


async def test_nothing_is_remembered_of_a_run_that_ended() -> None:
    book = Book()
    budgets = Budgets(book)
    await spend(budgets)
    assert set(budgets._runs) == {RUN}
    await budgets.end(RUN)
    book.account = None
    with pytest.raises(Refused):
        await spend(budgets)
    await budgets.end("never there")
    assert budgets._runs == {}
