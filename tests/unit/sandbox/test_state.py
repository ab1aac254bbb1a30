"""State: views and snapshots stay as they were while the world moves on."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.sandbox.rules import comments, issues, repositories
from app.sandbox.state import Repository
from app.sandbox.world import Actor, World

ANN = Actor("ann")


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path, {}, "acme", "orc")
    world.add_account("ann")
    return world


@pytest.fixture
def repo(world: World) -> Repository:
    return repositories.create(world, "web", source=None, private=True, default_branch="main")


def test_a_view_does_not_move(world: World, repo: Repository) -> None:
    issue = issues.open_issue(world, repo, ANN, "T", "")
    view = world.state.view()
    comments.create(world, repo, issue.number, "hi", ANN)
    issues.close(world, repo, issue.number, ANN)
    seen = view.repositories["web"]
    assert (seen.issues[1].state, seen.comments_of(1)) == ("open", [])
    assert repo.issues[1].state == "closed"


def test_a_stale_view_lacks_only_the_last_write(world: World, repo: Repository) -> None:
    issues.open_issue(world, repo, ANN, "one", "")
    issues.open_issue(world, repo, ANN, "two", "")
    assert list(world.state.stale_view().repositories["web"].issues) == [1]


def test_a_write_within_a_write_is_one(world: World, repo: Repository) -> None:
    issue = issues.open_issue(world, repo, ANN, "one", "", labels=["new", "bug"])
    labels = [repo.labels["question"], repo.labels["wontfix"]]
    issues.add_labels(world, repo, issue.number, labels, ANN)
    stale = world.state.stale_view().repositories["web"]
    assert stale.issues[1].labels == ("new", "bug")


def test_labels_made_by_adding_are_grey(world: World, repo: Repository) -> None:
    issues.open_issue(world, repo, ANN, "one", "", labels=["new"])
    assert repo.labels["new"].color == "ededed"


@pytest.mark.parametrize(
    ("role", "needed", "allowed"),
    [("read", "read", True), ("read", "triage", False), ("triage", "triage", True),
     ("write", "maintain", False), ("admin", "maintain", True), ("none", "read", False)],
)  # fmt: skip
def test_roles_are_ordered(repo: Repository, role: str, needed: str, allowed: bool) -> None:
    repo.roles["ann"] = role  # type: ignore[assignment]
    assert repositories.may(repo, "ann", needed) is allowed  # type: ignore[arg-type]
