"""Where a round begins when the base has moved: with git, the tests or the developer."""

from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from app.domain.ci import CiFailure
from app.domain.policy import Member
from app.domain.ref import IssueRef, RepoRef
from app.domain.stage import Stage
from app.graphs.engineering.merged import to_settle
from app.graphs.engineering.nodes.survey import survey
from app.graphs.engineering.state import State
from app.graphs.ports import Heads, Merge
from tests.unit.domain.make import GREEN, task, with_record
from tests.unit.engineering.workshop import BASE, HEAD, Shop

MERGED = "d" * 40
CLEAN = Merge(MERGED, HEAD, BASE, ())
CONFLICTING = replace(CLEAN, conflicts=("a.py", "b.py"))


@dataclass
class Place(Shop):
    """A branch, what comes of merging the base into it, and what CI says of it."""

    merge_made: Merge | None = None
    red: tuple[CiFailure, ...] = ()
    pushed: list[str] = field(default_factory=list)

    async def heads(self, _issue: IssueRef, _branch: str, _base: str, _mark: str) -> Heads:
        return Heads(BASE, HEAD, GREEN.number)

    async def merge(self, _repo: RepoRef, branch: str, base: str, _message: str) -> Merge | None:
        assert (branch, base) == (HEAD, BASE)
        return self.merge_made

    async def push(self, _issue: IssueRef, _branch: str, sha: str) -> None:
        self.pushed.append(sha)

    async def failures(self, *_: object) -> tuple[CiFailure, ...]:
        return self.red

    @property
    def ci(self) -> "Place":
        return self


async def begun(place: Place, **record: Any) -> tuple[str, State]:
    """Where the survey of a second round leads, and with what."""
    plain = {"pull_request": None, "attempts": (GREEN,), "floor": GREEN.number, **record}
    policy = {"team": {Member.ARCHITECT}, "test_command": "make test"}
    made = with_record(task(Stage.BUILDING, policy=policy), **plain)
    command = await survey(State(), place.runtime(made))
    return str(command.goto), cast("State", command.update)


@pytest.mark.parametrize(
    ("merge", "record", "to", "parent", "pushed"),
    [
        (CONFLICTING, {"merging": True}, "developer", MERGED, []),
        (CONFLICTING, {"plan": "Twice."}, "developer", MERGED, []),
        (CONFLICTING, {}, "architect", MERGED, []),
        (CLEAN, {"merging": True}, "tester", MERGED, [MERGED]),
        (CLEAN, {"merging": True, "asked": 7}, "developer", HEAD, []),
        (CLEAN, {}, "architect", HEAD, []),
        (None, {"merging": True}, "tester", HEAD, []),
        (None, {}, "architect", HEAD, []),
    ],
    ids=[
        "in conflict",
        "in conflict, another round that has its plan",
        "in conflict, another round",
        "clean",
        "clean, but more is asked",
        "clean, another round",
        "there already",
        "there already, another round",
    ],
)
async def test_who_goes_on(
    merge: Merge | None, record: dict[str, Any], to: str, parent: str, pushed: list[str]
) -> None:
    place = Place(merge_made=merge)
    goes_to, state = await begun(place, **record)
    assert (goes_to, state["parent"], place.pushed) == (to, parent, pushed)
    assert bool(state["merging"]) is bool(merge and merge.conflicts)
    assert state["attempt"] == GREEN.number + 1
    assert state["failures"] == []
    if to == "tester":
        assert state["head"] == parent


async def test_ci_that_is_red_on_the_base_too_holds_up_no_merge() -> None:
    """Else the round would end with nothing done, and begin again at the next sweep."""
    place = Place(merge_made=CONFLICTING, red=(CiFailure("lint", "", "", on_base=True),))
    assert (await begun(place, merging=True, repairs=1))[0] == "developer"
    assert (await begun(place, repairs=1))[0] == "__end__"


async def test_conflicts_are_told_and_no_more_of_them_than_one_reads() -> None:
    _, state = await begun(Place(merge_made=CONFLICTING), merging=True)
    told = to_settle(state, "main")
    assert "The branch main has moved, and conflicts with your work in a.py, b.py." in told
    many = replace(CONFLICTING, conflicts=tuple(f"{n}.py" for n in range(23)))
    _, state = await begun(Place(merge_made=many), merging=True)
    told = to_settle(state, "main")
    assert "19.py and 3 more files." in told
    assert to_settle(State(), "main") == ""
