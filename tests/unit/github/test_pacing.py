"""Never more than the rate and its burst in any window, and no wait without need."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.github.pacing import CONTENT, WRITES, Meter, Pacer, Rate

# GitHub's limits: pieces of content in any minute and any hour, and points (5 for a write).
CONTENT_LIMITS = ((60.0, 80), (3600.0, 500))
WRITE_LIMIT = (60.0, 900 / 5)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def times(rate: Rate, gaps: list[float]) -> list[float]:
    """When each of those that come after `gaps` is sent."""
    clock = Clock()
    meter = Meter(rate, clock)
    sent = []
    for gap in gaps:
        clock.now += gap
        sent.append(clock.now + meter.take())
    return sent


def most_within(sent: list[float], window: float) -> int:
    return max(sum(a <= b <= a + window for b in sent) for a in sent)


RATES = st.builds(Rate, seconds=st.sampled_from([0.5, 1.0, 2.0]), burst=st.integers(1, 20))
GAPS = st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.25, 1.0, 3.0, 60.0]), min_size=1, max_size=80)


@given(rate=RATES, gaps=GAPS, window=st.sampled_from([0.0, 1.0, 5.0, 30.0]))
def test_never_more_than_rate_and_burst(rate: Rate, gaps: list[float], window: float) -> None:
    assert most_within(times(rate, gaps), window) <= rate.burst + window / rate.seconds


@given(rate=RATES, gaps=GAPS)
def test_in_order_and_never_before_its_time(rate: Rate, gaps: list[float]) -> None:
    sent = times(rate, gaps)
    assert sent == sorted(sent)
    assert all(at >= 1000.0 for at in sent)


@given(rate=RATES)
def test_slow_ones_never_wait(rate: Rate) -> None:
    gaps = [rate.seconds] * 50
    arrivals = [1000.0 + rate.seconds * (n + 1) for n in range(50)]
    assert times(rate, gaps) == pytest.approx(arrivals)


@given(rate=RATES)
def test_a_burst_at_once_and_then_evenly(rate: Rate) -> None:
    sent = times(rate, [0.0] * (rate.burst + 10))
    assert sent[: rate.burst] == [1000.0] * rate.burst
    for before, after in pairwise(sent[rate.burst - 1 :]):
        assert after - before == pytest.approx(rate.seconds)


@pytest.mark.parametrize(("window", "most"), CONTENT_LIMITS, ids=["a minute", "an hour"])
def test_content_stays_within_github_s_limits(window: float, most: int) -> None:
    """Also where all of the burst comes first: GitHub counts any minute and any hour."""
    assert min(rate.burst + int(window / rate.seconds) for rate in CONTENT) <= most


def test_writes_stay_within_github_s_points() -> None:
    window, most = WRITE_LIMIT
    assert min(rate.burst + window / rate.seconds for rate in WRITES) <= most


async def test_a_pacer_waits_for_the_slowest_of_its_meters(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    clock = Clock()
    pacer = Pacer(clock)
    for _ in range(300):
        await pacer.write(1)
    sent = [1000.0 + wait for wait in waits]
    for window, most in CONTENT_LIMITS:
        assert most_within(sent, window) <= most


async def test_writes_without_content_are_not_held_up_by_content(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    clock = Clock()
    pacer = Pacer(clock)
    for _ in range(200):
        clock.now += 1.0
        await pacer.write(1)
    clock.now += 1.0
    await pacer.write(0)
    assert waits[-1] == 0
