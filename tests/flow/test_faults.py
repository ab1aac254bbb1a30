"""GitHub fails: at every request of the default task, in every way, and nothing is done twice."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from app.domain.stage import Stage
from app.sandbox import Fault
from app.sandbox.records import FaultKind
from tests.e2e.default_flow import ends_the_same
from tests.flow.house import House

MakeHouse = Callable[..., House]

# The requests of the default task; test_these_are_all_the_requests holds them to be all.
READS = [
    "POST /app/installations/{installation_id}/access_tokens",
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    "graphql:Task",
]
WRITES = [
    "graphql:CreateLabels",
    "graphql:Show",
    "POST /repos/{owner}/{repo}/check-runs",
    "POST /repos/{owner}/{repo}/pulls",
    "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
    "git:push",
]
WAYS: dict[str, dict[str, Any]] = {
    "done, then 502": {"kind": "write_then_fail"},
    "done, then no answer": {"kind": "write_then_drop"},
    "not done, 502": {"kind": "fail"},
    "not done, 502 twice": {"kind": "fail", "times": 2},
    "token no longer taken": {"kind": "unauthorized"},
}


def end(home: House) -> list[str]:
    number = home.ask()
    home.wait(number, Stage.DONE)
    home.quiet()
    return ends_the_same(home, number)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("write", WRITES)
def test_every_write_fails_once(write: str, way: str, make_house: MakeHouse) -> None:
    home = make_house()
    home.start()
    home.sandbox.inject(Fault(write, **WAYS[way]))
    assert end(home) == []
    assert not home.sandbox.pending_faults


@pytest.mark.parametrize("read", READS)
def test_every_read_fails_once(read: str, make_house: MakeHouse) -> None:
    home = make_house()
    home.start()
    home.sandbox.inject(Fault(read, "fail", times=2))
    assert end(home) == []
    assert not home.sandbox.pending_faults


@pytest.mark.parametrize("shows", range(1, 5))
def test_each_show_is_done_without_an_answer(shows: int, make_house: MakeHouse) -> None:
    """The status comment is created by the first and edited by the others."""
    home = make_house()
    home.start()
    home.sandbox.inject(Fault("graphql:Show", "write_then_drop", times=shows))
    assert end(home) == []


def test_a_mutation_done_in_part(make_house: MakeHouse) -> None:
    home = make_house()
    home.start()
    home.sandbox.inject(Fault("graphql:Show", "partial", times=2))
    assert end(home) == []


def test_everything_is_done_and_nothing_answered_for_a_while(make_house: MakeHouse) -> None:
    home = make_house()
    home.start()
    for write in WRITES[:-1]:
        home.sandbox.inject(Fault(write, "write_then_fail"))
    assert end(home) == []


LIMITS = [
    ("graphql:Show", "secondary_limit"),
    ("graphql:Show", "rate_limit"),
    ("POST /repos/{owner}/{repo}/pulls", "secondary_limit"),
    ("POST /repos/{owner}/{repo}/pulls", "rate_limit"),
]


@pytest.mark.parametrize(("operation", "kind"), LIMITS)
def test_rate_limits_are_obeyed(operation: str, kind: FaultKind, make_house: MakeHouse) -> None:
    """Nothing is asked before the time GitHub names."""
    home = make_house()
    home.start()
    home.sandbox.inject(Fault(operation, kind, seconds=3))
    mark = len(home.sandbox.requests)
    assert end(home) == []
    gaps = [
        (after.at - before.at).total_seconds()
        for before, after in pairwise(home.sandbox.requests[mark:])
    ]
    assert max(gaps) >= 2  # of three seconds; the records have whole ones


def test_a_stale_read_after_the_restart(make_house: MakeHouse) -> None:
    """GitHub may answer from before the last write."""
    home = make_house()
    home.start()
    home.sandbox.inject(Fault("graphql:Task", "stale_read"))
    assert end(home) == []


def test_these_are_all_the_requests(home: House) -> None:
    mark = len(home.sandbox.requests)
    home.wait(home.ask(), Stage.DONE)
    home.quiet()
    seen = {
        f"graphql:{r.operation}" if r.operation else f"{r.method} {r.route}"
        for r in home.sandbox.requests[mark:]
    }
    assert seen == {*READS, *WRITES} - {"git:push"}
