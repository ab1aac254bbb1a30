"""How often a run may ask for what costs nothing."""

from contextlib import ExitStack

import pytest

from app.gateway.models import pace
from app.gateway.models.answer import Problem
from app.gateway.models.pace import AT_ONCE, BURST, SECONDS, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def made(paced: Pace, run_id: str, most: int = 2 * BURST) -> int:
    """Calls that were let through before the first that was not."""
    for count in range(most):
        try:
            with paced.of(run_id):
                pass
        except Problem:
            return count
    return most


def test_a_burst_and_then_one_by_one() -> None:
    clock = Clock()
    paced = Pace(clock)
    assert made(paced, "a") == BURST
    with pytest.raises(Problem) as refused, paced.of("a"):
        pass
    assert (refused.value.status, refused.value.retry_after) == (429, 1)
    assert made(paced, "b") == BURST
    clock.now += 3 * SECONDS
    assert made(paced, "a") == 3
    clock.now += 1000 * BURST * SECONDS
    assert made(paced, "a") == BURST


def test_so_many_at_once() -> None:
    paced = Pace(Clock())
    with ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(paced.of("a"))
        with pytest.raises(Problem) as refused, paced.of("a"):
            pass
        assert (refused.value.status, refused.value.retry_after) == (429, 2)
        with paced.of("b"):
            pass
    with paced.of("a"):
        pass


def test_nothing_is_remembered_of_a_run_that_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BURST", 2)
    clock = Clock()
    paced = Pace(clock)
    for run_id in "abc":
        with paced.of(run_id):
            pass
    clock.now += 2 * SECONDS
    with paced.of("d"):
        pass
    assert set(paced._rested) == {"d"}
    assert not paced._under_way
