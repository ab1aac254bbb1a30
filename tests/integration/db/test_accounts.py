"""Accounts of runs on a real server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from app.db.account import Accounts, Opening
from app.domain.policy import Price
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import Usage
from tests.postgres import empty_sessions

ISSUE = IssueRef(RepoRef(5, "octo", "shop", 1), 7)
OTHER = IssueRef(ISSUE.repo, 8)
RUN = "5-7-r1-a1-developer"
CALL = Usage(1000, 20, 300, 0.0123456789)


def opening(
    run_id: str = RUN, issue: IssueRef = ISSUE, spent: float = 0.0, budget: float | None = None
) -> Opening:
    return Opening(run_id, issue, 1, "developer", spent, budget)


@pytest.fixture
async def accounts(database_url: str) -> AsyncIterator[Accounts]:
    opened = Accounts(database_url)
    yield opened
    await opened.close_connections()


async def test_a_new_account_is_empty(accounts: Accounts) -> None:
    made = await accounts.open(opening(spent=1.5, budget=5))
    assert (made.open, made.calls, made.usage, made.model) == (True, 0, Usage(), None)
    assert (made.repo_id, made.issue, made.round, made.role) == (5, 7, 1, "developer")
    assert made.left_usd == Decimal("3.5")
    assert await accounts.get(RUN) == made


async def test_prices_are_kept_as_they_were_at_first(accounts: Accounts) -> None:
    own = (("gpt-*", Price(1.25, 10, 0.125, 1.25)), ("*", Price(0, 0, 0, 0)))
    assert (await accounts.open(replace(opening(), prices=own))).prices == own
    assert (await accounts.open(opening())).prices == own
    found = await accounts.get(RUN)
    assert found is not None
    assert found.prices == own


async def test_opening_again_keeps_what_was_counted(accounts: Accounts) -> None:
    await accounts.open(opening(spent=1, budget=5))
    await accounts.add(RUN, "claude-x", CALL)
    await accounts.close(RUN)
    again = await accounts.open(opening(spent=1.0123456789, budget=5))
    assert (again.open, again.calls, again.usage, again.model) == (True, 1, CALL, "claude-x")
    assert again.spent_usd == 1


@pytest.mark.parametrize(
    ("before", "after", "in_force"),
    [(5, 7, 7), (7, 5, 7), (5, None, 5), (None, 5, 5), (None, None, None)],
)
async def test_the_budget_of_an_account_that_is_opened_again(
    accounts: Accounts, before: float | None, after: float | None, in_force: float | None
) -> None:
    await accounts.open(opening(budget=before))
    assert (await accounts.open(opening(budget=after))).budget_usd == in_force


async def test_counts_add_up_to_the_last_digit(accounts: Accounts) -> None:
    await accounts.open(opening())
    await asyncio.gather(*(accounts.add(RUN, "m", CALL) for _ in range(20)))
    found = await accounts.get(RUN)
    assert found is not None
    assert (found.calls, found.input, found.output, found.cached) == (20, 20_000, 400, 6_000)
    assert found.cost_usd == Decimal("0.246913578")


async def test_what_a_closed_account_used(accounts: Accounts) -> None:
    await accounts.open(opening())
    await accounts.add(RUN, "m", CALL)
    assert await accounts.close(RUN) == CALL
    assert await accounts.close(RUN) == CALL
    found = await accounts.get(RUN)
    assert found is not None
    assert not found.open


async def test_a_call_that_ends_after_closing_counts_too(accounts: Accounts) -> None:
    await accounts.open(opening())
    await accounts.close(RUN)
    await accounts.add(RUN, None, CALL)
    assert await accounts.close(RUN) == CALL


async def test_what_is_not_there(accounts: Accounts) -> None:
    await accounts.add(RUN, "m", CALL)
    await accounts.raise_budget(ISSUE, 5)
    assert await accounts.get(RUN) is None
    assert await accounts.close(RUN) == Usage()


async def test_raising_a_budget(accounts: Accounts) -> None:
    for run, issue, budget in (
        ("open", ISSUE, 5),
        ("richer", ISSUE, 50),
        ("free", ISSUE, None),
        ("closed", ISSUE, 5),
        ("other", OTHER, 5),
    ):
        round_ = 2 if run == "richer" else 1
        await accounts.open(replace(opening(run, issue, budget=budget), round=round_))
    await accounts.close("closed")
    await accounts.raise_budget(ISSUE, 7.5)
    budgets = {}
    for run in ("open", "richer", "free", "closed", "other"):
        found = await accounts.get(run)
        assert found is not None
        budgets[run] = found.budget_usd
    assert budgets == {"open": 7.5, "richer": 50, "free": None, "closed": 7.5, "other": 5}


async def test_a_raised_budget_holds_for_the_rounds_later_runs(accounts: Accounts) -> None:
    """A run is let in with the budget that stood when its round began."""
    await accounts.open(opening("first", ISSUE, budget=5))
    await accounts.close("first")
    await accounts.raise_budget(ISSUE, 7.5)
    assert (await accounts.open(opening("second", ISSUE, budget=5))).budget_usd == 7.5
    assert (await accounts.open(opening("unlimited", ISSUE, budget=None))).budget_usd is None
    another = replace(opening("third", ISSUE, budget=5), round=2)
    assert (await accounts.open(another)).budget_usd == 5


async def test_emptying_sessions_empties_accounts(accounts: Accounts, database_url: str) -> None:
    await accounts.open(opening())
    await empty_sessions(database_url)
    assert await accounts.get(RUN) is None
