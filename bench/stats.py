"""Statistics and parsing, pure: lists and texts in, numbers out."""

import statistics
from collections.abc import Sequence


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of values in ascending order; 0.0 of none."""
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * percent // 100)  # rounded up
    return ordered[max(int(rank) - 1, 0)]


def median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else 0.0


def paired_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios: what slows a whole round down slows both."""
    return median([one / other for one, other in zip(ours, theirs, strict=True) if other])


def spread(values: Sequence[float]) -> float:
    """Half the distance from least to most, as a part of the median: how much to trust it."""
    middle = median(values)
    return (max(values) - min(values)) / 2 / middle if middle else 0.0


def order(names: Sequence[str], number: int) -> list[str]:
    """The order in round `number`: rotated, and every other round backwards."""
    turned = [*names[number % len(names) :], *names[: number % len(names)]]
    return turned if number % 2 == 0 else turned[::-1]


def cpu_seconds(stat: str, ticks: int) -> float:
    """User and system time of /proc/PID/stat; the command may hold spaces and parentheses."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / ticks


def megabytes(rollup: str, name: str) -> float:
    """One line of /proc/PID/smaps_rollup, in millions of bytes."""
    for line in rollup.splitlines():
        key, _, rest = line.partition(":")
        if key == name:
            return int(rest.split()[0]) * 1024 / 1e6
    raise ValueError(f"{name} is not in smaps_rollup")
