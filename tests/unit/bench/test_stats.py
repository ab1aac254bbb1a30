"""The bench's statistics: what a round, a percentile and a line of /proc mean."""

import pytest

from bench.stats import (
    cpu_seconds,
    median,
    megabytes,
    order,
    paired_ratio,
    percentile,
    spread,
)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        pytest.param([], 99, 0.0, id="none"),
        pytest.param([7.0], 99, 7.0, id="one"),
        pytest.param([float(n) for n in range(1, 101)], 99, 99.0, id="hundred"),
        pytest.param([1.0, 2.0, 3.0, 4.0], 50, 2.0, id="even"),
        pytest.param([1.0, 2.0, 3.0], 100, 3.0, id="last"),
        pytest.param([1.0, 2.0, 3.0], 0, 1.0, id="first"),
    ],
)
def test_percentile_is_the_nearest_rank(
    values: list[float], percent: float, expected: float
) -> None:
    assert percentile(values, percent) == expected


def test_a_ratio_pairs_the_rounds() -> None:
    # the machine was half as fast in the second round, for both
    assert paired_ratio([200.0, 100.0, 200.0], [100.0, 50.0, 100.0]) == 2.0


def test_rounds_of_unequal_number_are_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        paired_ratio([1.0], [1.0, 2.0])


def test_nothing_has_no_median_and_no_spread() -> None:
    assert median([]) == 0.0
    assert spread([]) == 0.0


def test_spread_is_half_the_range() -> None:
    assert spread([90.0, 100.0, 110.0]) == pytest.approx(0.1)


def test_no_server_has_the_same_place_in_each_round() -> None:
    names = ["a", "b", "c"]
    orders = [order(names, number) for number in range(4)]
    assert orders == [["a", "b", "c"], ["a", "c", "b"], ["c", "a", "b"], ["c", "b", "a"]]
    assert all(sorted(turn) == names for turn in orders)


def test_cpu_is_read_behind_a_command_with_parentheses() -> None:
    stat = "42 (a (b) c) S 1 42 42 0 -1 0 9 0 0 0 150 50 7 7 20 0 3 0 100"
    assert cpu_seconds(stat, ticks=100) == 2.0


def test_memory_is_in_millions_of_bytes() -> None:
    rollup = "55d0-7ffd ---p 00000000 00:00 0 [rollup]\nRss:  1000 kB\nPss:  500 kB\n"
    assert megabytes(rollup, "Pss") == pytest.approx(0.512)


def test_memory_that_is_not_told_is_an_error() -> None:
    with pytest.raises(ValueError, match="Pss"):
        megabytes("Rss: 1 kB\n", "Pss")
