"""Finds what an address names, in a copy of the state; what is not there is `Missing`."""

from __future__ import annotations

import re

from starlette.requests import Request

from app.sandbox import git
from app.sandbox.pages.markdown import Context
from app.sandbox.state import Issue, Repository, State

_SHA = re.compile(r"[0-9a-f]{7,40}")


class Missing(Exception):
    """There is no such page; the text says what is not there."""


def repository(request: Request, state: State) -> Repository:
    """Names are case-insensitive, as on GitHub."""
    owner, name = request.path_params["owner"].lower(), request.path_params["repo"].lower()
    for repo in state.repositories.values():
        if (repo.owner.lower(), repo.name.lower()) == (owner, name):
            return repo
    raise Missing(f"There is no repository {owner}/{name} here.")


def issue(request: Request, repo: Repository) -> Issue:
    """An issue or a pull request."""
    said = request.path_params["number"]
    found = repo.issues.get(int(said)) if said.isdecimal() and len(said) < 10 else None
    if found is None:
        raise Missing(f"{repo.full_name} has no issue or pull request #{said[:20]} yet.")
    return found


def split_ref(repo: Repository, rest: str) -> tuple[str, str, str]:
    """(name, sha, path) of "branch/with/slash/and/path"; the longest branch name wins."""
    parts = rest.split("/")
    for length in range(len(parts), 0, -1):
        name = "/".join(parts[:length])
        sha = repo.branches.get(name) or repo.refs.get(f"refs/tags/{name}")
        if sha:
            return name, git.resolve(repo.path, sha) or sha, "/".join(parts[length:]).strip("/")
    if sha := commit(repo, parts[0]):
        return parts[0], sha, "/".join(parts[1:]).strip("/")
    raise Missing(f"{repo.full_name} has no branch, tag or commit that {rest[:80]} begins with.")


def commit(repo: Repository, said: str) -> str | None:
    """The full sha of a commit named by all or the first seven of its digits."""
    return git.resolve(repo.path, said) if _SHA.fullmatch(said) else None


def text_context(repo: Repository, folder: str = "") -> Context:
    return Context(f"/{repo.full_name}", repo.next_number - 1, folder)
