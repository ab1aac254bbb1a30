"""JSON of check suites, and of what runs have in common with them; it changes nothing."""

from __future__ import annotations

from app.sandbox import git
from app.sandbox.clock import stamp
from app.sandbox.ids import node_id
from app.sandbox.shapes.accounts import Json, Site, actions_app, integration
from app.sandbox.shapes.pulls import pull_minimal
from app.sandbox.shapes.repositories import api_url, repository
from app.sandbox.state import PullRequest, Repository
from app.sandbox.suite import Suite

# What `minimal-repository` has of a repository.
_LEFT_OUT = frozenset({"has_issues", "custom_properties"})


def minimal_repository(site: Site, repo: Repository) -> Json:
    shape = repository(site, repo)
    return {key: value for key, value in shape.items() if key not in _LEFT_OUT}


def simple_commit(repo: Repository, sha: str) -> Json:
    value = git.commit(repo.path, sha)
    return {
        "id": value.sha,
        "tree_id": value.tree,
        "message": value.message,
        "timestamp": stamp(value.when),
        "author": {"name": value.author[0], "email": value.author[1]},
        "committer": {"name": value.committer[0], "email": value.committer[1]},
    }


def pulls_of(site: Site, repo: Repository, branch: str | None, number: int | None) -> list[Json]:
    """The open one of this number, or those that the branch is the head of."""
    found = [repo.issues.get(number)] if number else [
        pull for pull in repo.pull_requests() if pull.head_ref == branch
    ]  # fmt: skip
    return [pull_minimal(site, repo, pull) for pull in found
            if isinstance(pull, PullRequest) and pull.state == "open"]  # fmt: skip


def check_suite(site: Site, repo: Repository, suite: Suite) -> Json:
    url = f"{api_url(site, repo)}/check-suites/{suite.id}"
    return {
        "id": suite.id,
        "node_id": node_id("CS", suite.id, repo.id),
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": suite.status,
        "conclusion": suite.conclusion,
        "url": url,
        "before": None,
        "after": suite.head_sha,
        "pull_requests": pulls_of(site, repo, suite.head_branch, suite.pull_number),
        "app": actions_app(site) if suite.by_actions else integration(site),
        "created_at": stamp(suite.created_at),
        "updated_at": stamp(suite.updated_at),
        "rerequestable": True,
        "runs_rerequestable": not suite.by_actions,
        "latest_check_runs_count": len(suite.checks),
        "check_runs_url": f"{url}/check-runs",
        "head_commit": simple_commit(repo, suite.head_sha),
        "repository": minimal_repository(site, repo),
    }


def check_suite_in_webhook(site: Site, repo: Repository, suite: Suite) -> Json:
    shape = check_suite(site, repo, suite)
    return {key: value for key, value in shape.items() if key != "repository"}
