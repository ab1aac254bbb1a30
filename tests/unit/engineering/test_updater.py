"""Where an update of the template leads: to the tests, to a developer, to the end, to a person."""

from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from app.domain.ref import IssueRef, RepoRef
from app.domain.spec import Kind, Specification
from app.domain.stage import Stage
from app.domain.task import Task
from app.git.inspection import Violation
from app.graphs.engineering.merged import merge_again, to_settle
from app.graphs.engineering.nodes.survey import survey
from app.graphs.engineering.nodes.updater import updater
from app.graphs.engineering.state import State
from app.graphs.ports import GivenUp, Heads, Merge, TemplateUpdate
from tests.unit.domain.make import task, with_record
from tests.unit.engineering.workshop import BASE, HEAD, Shop

MADE, GROUND = "d" * 40, "e" * 40
OLD, NEW = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
CLEAN = TemplateUpdate(OLD, NEW, Merge(MADE, "o", "t", (), (BASE,)), frozenset({"Makefile"}))
COLLIDING = replace(CLEAN, merge=replace(CLEAN.merge, conflicts=("Makefile",)))
UPDATE = {"team": {"product-owner", "architect"}, "test_command": "make test"}


@dataclass
class Place(Shop):
    """A project, what its template's newest version makes of it, and what is wrong with that."""

    update_made: TemplateUpdate | None = None
    violations: tuple[Violation, ...] = ()
    branch: str | None = None
    done: list[tuple[str, str]] = field(default_factory=list)

    async def heads(self, _issue: IssueRef, _branch: str, _base: str, _mark: str) -> Heads:
        return Heads(BASE, self.branch, 0)

    async def merge(self, *_: object) -> None:
        return None

    async def newest(self) -> str:
        return NEW

    async def update(
        self, _repo: RepoRef, head: str, _message: str, to: str
    ) -> TemplateUpdate | None:
        assert (head, to) == (self.branch or BASE, NEW)
        return self.update_made

    async def inspect(self, _repo: RepoRef, parent: str, sha: str) -> tuple[Violation, ...]:
        assert (parent, sha) == (self.branch or BASE, MADE)
        return self.violations

    async def lay(self, _issue: IssueRef, _branch: str, update: TemplateUpdate) -> None:
        if update.ground is not None:
            self.done.append(("laid", update.ground))

    async def push(self, _issue: IssueRef, _branch: str, sha: str) -> None:
        self.done.append(("pushed", sha))

    @property
    def scaffold(self) -> "Place":
        return self


def wanted(**record: Any) -> Task:
    made = task(Stage.BUILDING, policy=UPDATE)
    spec = Specification(made.request_digest, Kind.UPDATE, "The newest.")
    return with_record(made, spec=spec, attempts=(), floor=0, **{"pull_request": None, **record})


async def updated(place: Place, **record: Any) -> tuple[str, State]:
    """Where it leads from the survey on, and the state then."""
    asked, unread = wanted(**record), {**record, "pull_request": None}
    begun = await survey(State(), place.runtime(wanted(**unread)))
    assert begun.goto == "updater"
    state = cast("State", begun.update)
    command = await updater(state, place.runtime(asked))
    return str(command.goto), state | cast("State", command.update or {})


@pytest.mark.parametrize(
    ("place", "record", "to", "done", "parent"),
    [
        (Place(update_made=CLEAN), {}, "tester", [("pushed", MADE)], MADE),
        (
            *(Place(update_made=replace(CLEAN, ground=GROUND)), {}, "tester"),
            *([("laid", GROUND), ("pushed", MADE)], MADE),
        ),
        (Place(update_made=COLLIDING), {}, "developer", [], MADE),
        (
            *(Place(update_made=replace(COLLIDING, ground=GROUND)), {}, "developer"),
            *([("laid", GROUND)], MADE),
        ),
        (Place(update_made=CLEAN), {"asked": 7}, "developer", [], MADE),
        (Place(branch=HEAD, update_made=CLEAN), {}, "tester", [("pushed", MADE)], MADE),
        (Place(branch=HEAD, update_made=CLEAN), {"pull_request": 9}, "developer", [], HEAD),
        (Place(branch=HEAD), {}, "developer", [], HEAD),
        (Place(), {}, "__end__", [], BASE),
    ],
    ids=[
        "clean",
        "clean, with workflows",
        "in conflict",
        "in conflict, with workflows",
        "clean, but more is asked",
        "clean, on what was left",
        "newer still, while reviewers wait",
        "brought by the last attempt",
        "nothing new",
    ],
)
async def test_who_goes_on(
    place: Place, record: dict[str, Any], to: str, done: list[tuple[str, str]], parent: str
) -> None:
    place.done.clear()
    goes_to, state = await updated(place, **record)
    assert (goes_to, place.done, state["parent"]) == (to, done, parent)
    assert state["head"] == (MADE if to == "tester" else None)
    assert bool(state["merging"]) is (to == "developer" and parent == MADE)
    said = "up to date with its template, version 222222222222" in state.get("answer", "")
    assert said is (to == "__end__")


async def test_what_the_template_brings_is_its_own_and_nothing_else() -> None:
    own = Violation("Makefile", "Line 3 looks like a credential.")
    assert (await updated(Place(update_made=CLEAN, violations=(own,))))[0] == "tester"
    moved = Violation(".github/x.yml", "Only people change them.")
    place = Place(update_made=CLEAN, violations=(own, moved))
    with pytest.raises(GivenUp, match=r"what only people may: \.github/x\.yml"):
        await updated(place)
    assert place.done == []


async def test_the_developer_finds_it_begun_and_is_told() -> None:
    place = Place(update_made=COLLIDING)
    _, state = await updated(place)
    assert await merge_again(place.context(wanted()), state) == COLLIDING.merge
    told = to_settle(state, "main")
    assert "template that this project was made from has moved" in told
    assert "conflicts with the project in Makefile." in told
    _, state = await updated(Place(update_made=CLEAN), asked=7)
    told = to_settle(state, "main")
    assert "nothing conflicts" in told
