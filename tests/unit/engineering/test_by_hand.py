"""When a green head is a person's to merge, by what its branch holds as a whole."""

from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from app.domain.policy import Merge
from app.domain.ref import RepoRef
from app.domain.spec import Kind, Specification
from app.domain.task import Task
from app.git.inspection import Violation
from app.graphs.context import Context
from app.graphs.engineering.by_hand import by_hand
from app.graphs.ports import GivenUp, TemplateUpdate
from app.graphs.ports import Merge as Merged
from tests.unit.domain.make import task

FORK, HEAD, TEMPLATE, OTHER = "f" * 40, "c" * 40, "e" * 40, "d" * 40
WORKFLOW = Violation(".github/workflows/ci.yml", "Only people change it.")


@dataclass
class Branch:
    """What a workshop says of one: who else pushed, and by where one looks from, what is held."""

    other: str | None = None
    held_from: dict[str, tuple[Violation, ...]] = field(default_factory=dict)
    update_to: TemplateUpdate | GivenUp | None = None

    @property
    def code(self) -> "Branch":
        return self

    scaffold = code

    async def fork(self, _repo: RepoRef, base: str, sha: str) -> str:
        assert (base, sha) == ("main", HEAD)
        return FORK

    async def held(self, _repo: RepoRef, parent: str, sha: str) -> tuple[Violation, ...]:
        assert sha == HEAD
        return self.held_from.get(parent, ())

    async def foreign(self, _repo: RepoRef, _base: str, _sha: str) -> str | None:
        return self.other

    async def newest(self) -> str:
        return "sha256:2"

    async def update(self, *_: object) -> TemplateUpdate | None:
        if isinstance(self.update_to, GivenUp):
            raise self.update_to
        return self.update_to


def merging(reviews: int = 0, merge: Merge = Merge.ON_GREEN) -> Task:
    return task(policy={"merge": merge, "reviews": reviews})


def updating() -> Task:
    one = merging()
    spec = Specification(one.request_digest, Kind.UPDATE, "Bring it up to date.")
    return replace(one, record=replace(one.record, spec=spec))


async def said(one: Task, branch: Branch) -> str:
    context = Context(
        one, cast("Any", branch), cast("Any", None), resumed=False, latest=lambda: one
    )
    return await by_hand(context, HEAD)


EVIL = Branch(OTHER, {FORK: (WORKFLOW,)})
NEW = TemplateUpdate(
    "sha256:1", "sha256:2", Merged(TEMPLATE, FORK, "b" * 40, ()), frozenset((WORKFLOW.path,))
)
BROUGHT = Branch(None, {FORK: (WORKFLOW,)}, NEW)
SET = Branch(None, {FORK: (WORKFLOW,), TEMPLATE: (WORKFLOW,)}, NEW)


@pytest.mark.parametrize(
    ("one", "branch", "why"),
    [
        (merging(1), Branch(), ""),
        (merging(0), Branch(OTHER), ""),
        (merging(1), Branch(OTHER), OTHER[:12]),
        (merging(0), EVIL, WORKFLOW.path),
        (merging(1), EVIL, WORKFLOW.path),
        (merging(1, Merge.BY_PERSON), EVIL, ""),
        (updating(), BROUGHT, ""),
        (updating(), SET, WORKFLOW.path),
        (updating(), replace(BROUGHT, update_to=None), WORKFLOW.path),
        (updating(), replace(BROUGHT, update_to=GivenUp("x")), WORKFLOW.path),
        (merging(), BROUGHT, WORKFLOW.path),
    ],
    ids=["our own", "another's, where nobody reviews", "another's, where people review",
         "a workflow", "a workflow and reviews", "people merge anyway", "the template's workflow",
         "another workflow in an update", "no update is known", "none can be made",
         "a template nobody asked for"],
)  # fmt: skip
async def test_who_merges_it(one: Task, branch: Branch, why: str) -> None:
    told = await said(one, branch)
    assert why in told
    assert bool(told) is bool(why)
    assert not told or told.endswith("So a person merges it.")


async def test_not_all_files_are_named() -> None:
    many = tuple(Violation(f".github/{number}", "x") for number in range(7))
    told = await said(merging(), Branch(None, {FORK: many}))
    assert "`.github/4` and 2 more." in told
