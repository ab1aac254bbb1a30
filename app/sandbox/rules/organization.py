"""Repositories as an App makes them in its organisation: empty, changed, deleted; no tokens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.sandbox import git
from app.sandbox.refusal import Refusal, invalid
from app.sandbox.rules import repositories
from app.sandbox.rules.branches import synchronise
from app.sandbox.state import Repository, State
from app.sandbox.world import Actor, World

_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
MAX_TOPICS = 20
MAX_DESCRIPTION = 350


@dataclass(frozen=True, slots=True)
class NewRepository:
    name: str
    private: bool
    description: str | None = None
    homepage: str | None = None
    auto_init: bool = False


def _fail(message: str, field: str) -> Refusal:
    error = {"resource": "Repository", "code": "custom", "field": field, "message": message}
    return Refusal(422, "Repository creation failed.", [error])


def _name(state: State, wanted: str) -> str:
    """GitHub makes hyphens of what a name can't hold, and then looks whether it is taken."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", wanted.strip())
    if not name or name in {".", ".."} or name.lower().endswith(".git"):
        raise _fail("name is invalid", "name")
    if len(name) > 100:
        raise _fail("name is too long (maximum is 100 characters)", "name")
    if name.lower() in {one.lower() for one in state.repositories}:
        raise _fail("name already exists on this account", "name")
    return name


def check_description(text: str | None) -> None:
    if text is not None and len(text) > MAX_DESCRIPTION:
        raise _fail(f"description cannot be more than {MAX_DESCRIPTION} characters", "description")
    if text is not None and any(unicodedata.category(char) == "Cc" for char in text):
        raise _fail("description control characters are not allowed", "description")


def create(world: World, wanted: NewRepository, actor: Actor) -> Repository:
    """Without a commit, unless `auto_init`: then the first push makes the default branch."""
    with world.state.lock:
        name = _name(world.state, wanted.name)
        check_description(wanted.description)
        repo = repositories.found(world, name, private=wanted.private)
        repo.description, repo.homepage = wanted.description or None, wanted.homepage or None
        repositories.announce(world, repo, actor)
        if wanted.auto_init:
            text = f"# {name}\n".encode()
            by, branch = world.person(actor.login), repo.default_branch
            git.write_file(repo.path, branch, "README.md", text, by=by, message="Initial commit")
            synchronise(world, repo, actor)
        return repo


def change(world: World, repo: Repository, changes: Mapping[str, Any], actor: Actor) -> Repository:
    """`changes`: fields of `Repository` that a request named, those that stay the same too."""
    check_description(changes.get("description"))
    branch = changes.get("default_branch")
    if branch is not None and branch not in repo.branches:
        message = "The branch was not found. Please push that ref first or create it"
        raise invalid(message, resource="Repository", field="default_branch")
    said = {name: value for name, value in changes.items() if getattr(repo, name) != value}
    if not said:
        return repo
    with world.writing(repo):
        before = {name: getattr(repo, name) for name in said}
        for name, value in said.items():
            setattr(repo, name, value)
        repo.updated_at = world.now()
        _tell(world, repo, before, actor)
    return repo


def _tell(world: World, repo: Repository, before: Mapping[str, Any], actor: Actor) -> None:
    if "private" in before:
        action = "privatized" if repo.private else "publicized"
        world.emit("repository", repo, actor, {"action": action})
    if "archived" in before:
        action = "archived" if repo.archived else "unarchived"
        world.emit("repository", repo, actor, {"action": action})
    named = ("description", "homepage", "default_branch")
    if changed := {name: {"from": before[name]} for name in named if name in before}:
        world.emit("repository", repo, actor, {"action": "edited", "changes": changed})


def set_topics(world: World, repo: Repository, names: list[str], actor: Actor) -> Repository:
    topics = tuple(dict.fromkeys(name.lower() for name in names))
    if len(topics) > MAX_TOPICS:
        message = f"A repository cannot have more than {MAX_TOPICS} topics."
        raise Refusal(422, "Validation Failed", [message])
    if not all(_TOPIC.fullmatch(name) for name in topics):
        message = (
            "Topics must start with a lowercase letter or number, consist of 50 characters or "
            "less, and can include hyphens."
        )
        raise Refusal(422, "Validation Failed", [message])
    if topics != repo.topics:
        with world.writing(repo):
            before, repo.topics = repo.topics, topics
            changes = {"topics": {"from": list(before)}}
            world.emit("repository", repo, actor, {"action": "edited", "changes": changes})
    return repo


def delete(world: World, repo: Repository, actor: Actor) -> None:
    """Its folder stays on disk, so that a new one of that name never meets what is cached."""
    with world.state.lock:
        world.emit("repository", repo, actor, {"action": "deleted"})
        del world.state.repositories[repo.name]
