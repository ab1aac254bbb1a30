"""Killed anywhere, nothing lost: SIGKILL at every boundary of a task, and each time a new start.

A boundary is right before or right after one piece of I/O: a request to GitHub, a git operation, an
agent or test run, a checkpoint, a session row, a lease. They are enumerated, not sampled: each has
a name that says where in the task and in the code it is, and a task is done again and again, its
app killed at one boundary after the other, until it is done without coming to one that was met
before and at which nobody was killed. Between two kills some are passed that are new to the task.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contract.checker import GitHubContract
from tests.e2e.default_flow import DEFAULT
from tests.e2e.everywhere import FEW, Stand, killed_everywhere, undisturbed
from tests.e2e.faults import FAULTS
from tests.e2e.flow import Flow
from tests.e2e.forking import Nursery
from tests.e2e.founding_flow import FOUNDING
from tests.e2e.setbacks_flow import SETBACKS
from tests.e2e.split_flow import SPLIT
from tests.e2e.team_flow import TEAM_FLOW
from tests.e2e.update_flow import UPDATE

FLOWS = (DEFAULT, FOUNDING, SETBACKS, SPLIT, TEAM_FLOW, UPDATE)
FEWEST = {
    DEFAULT.name: 80,
    FOUNDING.name: 120,
    SETBACKS.name: 28,
    SPLIT.name: 75,
    TEAM_FLOW.name: 300,
    UPDATE.name: 8,
}  # boundaries; less, and somebody has stopped observing
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made


@pytest.mark.long
@pytest.mark.parametrize("emptied", [False, True], ids=["sessions kept", "sessions emptied"])
@pytest.mark.parametrize("flow", FLOWS, ids=str)
def test_killed_at_every_boundary(
    flow: Flow,
    emptied: bool,
    nursery: Nursery,
    tmp_path: Path,
    database_url: str,
    github_contract: GitHubContract,
    record_property: Record,
) -> None:
    """Wherever it was killed, and however often: the task ends the same."""
    stand = Stand(flow, nursery, tmp_path, database_url, github_contract)
    whole = undisturbed(stand)
    assert not whole.wrong, whole
    outcomes = list(killed_everywhere(stand, whole, emptied=emptied))
    kills = [kill for outcome in outcomes for kill in outcome.kills]
    *before, last = (set(outcome.first) for outcome in (whole, *outcomes))
    told = f"{flow}, sessions {'emptied' if emptied else 'kept'}"
    record_property(f"{told}: boundaries", len(last & set(kills)))
    record_property(f"{told}: boundaries met only in the last run", len(last - set(kills)))
    record_property(f"{told}: kills", len(kills))
    record_property(f"{told}: times done", len(outcomes))
    wrong = [str(outcome) for outcome in outcomes if outcome.wrong]
    assert not wrong, "\n\n".join(wrong)
    assert len(last) >= FEWEST[flow.name]
    assert not last & set().union(*before) - set(kills)
    assert len(last - set(kills)) <= len(last) * FEW


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(
    fault: str, nursery: Nursery, tmp_path: Path, database_url: str
) -> None:
    """The test above can fail: with the fault, some kill leaves something wrong."""
    stand = Stand(DEFAULT, nursery, tmp_path, database_url)
    whole = undisturbed(stand)
    tested = max(i for i, name in enumerate(whole.first) if name.endswith("executor.wait"))
    # check run and pull request are made after the tests
    spared = whole.first[: tested + 1]
    outcomes = killed_everywhere(stand, whole, emptied=False, fault=fault, spared=spared)
    assert any(outcome.wrong for outcome in outcomes), "nothing was found wrong"
