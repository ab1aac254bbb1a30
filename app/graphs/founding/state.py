"""What the founding graph carries from node to node; plain values, for checkpoints."""

from typing import Any, TypedDict

from app.domain.project import MadeProject
from app.domain.ref import RepoRef


class State(TypedDict, total=False):
    """`repo` is the new repository, `branch` its default branch, `number` its first issue's.

    `empty`: nothing was in it when it was made or found.
    """

    repo: dict[str, Any]
    branch: str
    empty: bool
    number: int


def repo_of(state: State) -> RepoRef:
    return RepoRef(**state["repo"])


def plain_repo(made: MadeProject) -> State:
    repo = made.repo
    said = {
        "id": repo.id,
        "owner": repo.owner,
        "name": repo.name,
        "installation": repo.installation,
    }
    return State(repo=said, branch=made.default_branch, empty=made.empty)
