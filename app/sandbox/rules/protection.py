"""Branch protection: set and lifted; what it stops is decided in `gate`."""

from __future__ import annotations

from app.sandbox.protected import Protection
from app.sandbox.refusal import Refusal
from app.sandbox.state import Repository, State
from app.sandbox.world import World


def offered(state: State, repo: Repository) -> None:
    """403 where the plan has no protection for private repositories."""
    if repo.private and not state.protects_private:
        message = "Upgrade to GitHub Pro or make this repository public to enable this feature."
        raise Refusal(403, message)


def get(repo: Repository, branch: str) -> Protection:
    _need_branch(repo, branch)
    found = repo.protections.get(branch)
    if found is None:
        raise Refusal(404, "Branch not protected")
    return found


def _need_branch(repo: Repository, branch: str) -> None:
    if branch not in repo.branches:
        raise Refusal(404, "Branch not found")


def protect(world: World, repo: Repository, wanted: Protection) -> Protection:
    offered(world.state, repo)
    _need_branch(repo, wanted.branch)
    if wanted.reviews is not None and not 0 <= wanted.reviews <= 6:
        raise Refusal(422, "Invalid request.\n\nrequired_approving_review_count is 0 to 6.")
    with world.writing(repo):
        repo.protections[wanted.branch] = wanted
    return wanted


def lift(world: World, repo: Repository, branch: str) -> None:
    get(repo, branch)
    with world.writing(repo):
        del repo.protections[branch]
