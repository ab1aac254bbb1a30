"""Repositories: made, seen by the App, and what a role allows; no tokens here."""

from __future__ import annotations

from pathlib import Path

from app.sandbox import git
from app.sandbox.refusal import Refusal, invalid
from app.sandbox.shapes.accounts import installation
from app.sandbox.shapes.repositories import repository_lite
from app.sandbox.state import ROLES, Label, Repository, Role
from app.sandbox.world import Actor, World

_FIRST_LABELS = (
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("duplicate", "cfd3d7", "This issue or pull request already exists"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("invalid", "e4e669", "This doesn't seem right"),
    ("question", "d876e3", "Further information is requested"),
    ("wontfix", "ffffff", "This will not be worked on"),
)


def create(
    world: World, name: str, *, source: Path | None, private: bool, default_branch: str
) -> Repository:
    """A repository as a person makes it, with at least one commit."""
    state = world.state
    owner = Actor(state.owner.login)
    with state.lock:
        if name in state.repositories:
            raise invalid("name already exists on this account", resource="Repository",
                          field="name")  # fmt: skip
        repo = found(world, name, private=private, branch=default_branch)
        if source is None:
            by, text = world.person(owner.login), f"# {name}\n".encode()
            git.write_file(
                repo.path, default_branch, "README.md", text, by=by, message="Initial commit"
            )
        else:
            git.import_head(repo.path, source, default_branch)
        repo.refs = git.refs(repo.path)
        announce(world, repo, owner)
    return repo


def found(world: World, name: str, *, private: bool, branch: str = "main") -> Repository:
    """An empty one with GitHub's first labels, not yet announced.

    A name that was in use before gets a new folder.
    """
    state, now, key = world.state, world.now(), world.next_id("repository")
    path = world.root / state.owner.login / f"{name}.git"
    if path.exists():
        path = path.with_name(f"{name}-{key}.git")
    git.create(path, branch)
    repo = Repository(
        id=key, owner=state.owner.login, name=name, path=path, private=private,
        default_branch=branch, created_at=now, pushed_at=now, updated_at=now,
    )  # fmt: skip
    for title, color, description in _FIRST_LABELS:
        label = Label(world.next_id("label"), repo.id, title, color, description)
        repo.labels[title] = label
    return repo


def announce(world: World, repo: Repository, actor: Actor) -> None:
    """It is there from now on; to an App that is installed on all repositories that is news."""
    world.state.repositories[repo.name] = repo
    world.emit("repository", repo, actor, {"action": "created"})
    payload = {
        "action": "added",
        "installation": installation(world.site),
        "repository_selection": "all",
        "repositories_added": [repository_lite(repo)],
        "repositories_removed": [],
        "requester": None,
    }
    world.emit("installation_repositories", None, actor, payload)


def may(repo: Repository, login: str, role: Role) -> bool:
    return ROLES.index(repo.role_of(login)) >= ROLES.index(role)


def need(repo: Repository, login: str, role: Role) -> None:
    """What a person can't see is not there; what they can't do is forbidden."""
    if not may(repo, login, "read"):
        raise Refusal(404, "Not Found", [f"{login} can't see {repo.full_name}: grant a role"])
    if not may(repo, login, role):
        raise Refusal(403, f"{login} needs the role {role} on {repo.full_name}")
