"""How far a budget can be raised, and by which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.budget import extra_usd, increase, limit_usd
from app.domain.stage import Stage
from tests.unit.domain.make import task, with_record

FIVE = task(Stage.BUILDING, policy={"budget_usd": 5.0})


@pytest.mark.parametrize(
    ("argument", "usd"),
    [("+5", 5.0), ("+$5", 5.0), ("+2.50", 2.5), ("+0.01", 0.01), ("+999999", 999_999.0)],
)
def test_what_adds(argument: str, usd: float) -> None:
    assert increase(argument) == usd


@pytest.mark.parametrize(
    "argument",
    ["", "5", "-5", "+", "+-5", "+0", "+0.00", "+5.001", "+1e9", "+1000000", "+inf", "+nan", "+5$",
     "++5", "+5,00", "+ 5", "+٥", "+5\n", "+.5", "+5."],
)  # fmt: skip
def test_what_adds_nothing(argument: str) -> None:
    assert increase(argument) is None


@given(st.text() | st.from_regex(r"[+$0-9.]{1,12}"))
def test_whatever_is_written(argument: str) -> None:
    usd = increase(argument)
    assert usd is None or 0 < usd < 1_000_000


def test_it_can_be_raised_to_ten_times_the_policy_s() -> None:
    assert limit_usd(FIVE) == 50.0
    assert (extra_usd(FIVE, "+45"), extra_usd(FIVE, "+45.01")) == (45.0, None)
    raised = with_record(FIVE, budget_extra=40.0)
    assert (extra_usd(raised, "+5"), extra_usd(raised, "+6")) == (45.0, None)
    assert limit_usd(raised) == 50.0


def test_cents_stay_cents() -> None:
    assert extra_usd(with_record(FIVE, budget_extra=0.1), "+0.2") == 0.3


def test_without_a_budget_there_is_none_to_raise() -> None:
    assert (limit_usd(task()), extra_usd(task(), "+5")) == (None, None)
