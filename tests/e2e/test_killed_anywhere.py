"""Killed anywhere, nothing lost: SIGKILL at every boundary of the default task, then a new start.

A boundary is right before or right after one piece of I/O: a request to GitHub, a git operation, an
agent or test run, a checkpoint, a session row, a lease. They are enumerated, not sampled; the last
one is the end of the task, which every slice comes to.
"""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contract.checker import GitHubContract
from tests.e2e.faults import FAULTS
from tests.e2e.killed import Nursery, ends_the_same, trial

SLICES = 4  # so that several workers share the boundaries
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made


@pytest.mark.parametrize("emptied", [False, True], ids=["sessions kept", "sessions emptied"])
@pytest.mark.parametrize("first", range(1, SLICES + 1))
def test_killed_at_every_boundary(
    first: int,
    emptied: bool,
    nursery: Nursery,
    tmp_path: Path,
    database_url: str,
    github_contract: GitHubContract,
    record_property: Record,
) -> None:
    """Boundaries first, first + SLICES, …, until the task is done before the next is reached."""
    wrong: list[str] = []
    for kill_at in itertools.count(first, SLICES):
        root = tmp_path / str(kill_at)
        with trial(
            root, database_url, nursery, github_contract, kill_at=kill_at, emptied=emptied
        ) as attempt:
            number = attempt.run()
            if number is None:
                break
            at = attempt.trace()[-1]
            wrong += [
                f"{kill_at} ({at}): not {what}" for what in ends_the_same(attempt.home, number)
            ]
    tried = len(range(first, kill_at, SLICES))
    record_property(f"boundaries tried, {'emptied' if emptied else 'kept'} sessions", tried)
    assert tried > 50 / SLICES
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(
    fault: str, nursery: Nursery, tmp_path: Path, database_url: str
) -> None:
    """The test above can fail: with the fault, some kill leaves something wrong."""
    with trial(tmp_path / "whole", database_url, nursery, None, kill_at=None) as whole:
        assert whole.run() is not None
        trace = whole.trace()
    tested = max(i for i, line in enumerate(trace, 1) if line == "before executor.wait")
    # where check run and pull request are made; boundaries of a busy machine move by one or two
    for turn, kill_at in itertools.product(range(3), range(tested + 1, len(trace) + 1)):
        root = tmp_path / f"{turn}-{kill_at}"
        with trial(root, database_url, nursery, None, kill_at=kill_at, fault=fault) as attempt:
            number = attempt.run()
            if number is not None and ends_the_same(attempt.home, number):
                return
    pytest.fail("nothing was found wrong")
