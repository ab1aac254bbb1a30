"""What a GraphQL resolver knows about its request, and the objects it walks over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.sandbox.auth import Grant
from app.sandbox.ids import read_node_id
from app.sandbox.limits import Limits
from app.sandbox.refusal import Refusal
from app.sandbox.shapes.accounts import Site
from app.sandbox.state import Account, CheckRun, Issue, PullRequest, Repository, State
from app.sandbox.suite import Suite
from app.sandbox.world import Actor, World

Table = dict[str, Callable[..., Any]]  # field name to resolver


@dataclass(slots=True)
class Context:
    """`state` is what this request may read: the present, or a stale copy."""

    world: World
    state: State
    grant: Grant
    limits: Limits
    partial: bool = False  # fault: only the first mutation is done
    mutations: int = 0
    content: int = 0

    @property
    def site(self) -> Site:
        return Site(self.state, self.world.site.url, self.world.site.api)

    @property
    def actor(self) -> Actor:
        return self.grant.actor

    def need(self, repo: Repository, *anyof: tuple[str, str]) -> None:
        self.grant.need(repo, *anyof)


@dataclass(frozen=True, slots=True)
class AccountNode:
    account: Account
    viewer: bool = False

    @property
    def typename(self) -> str:
        return "User" if self.viewer else self.account.type


@dataclass(frozen=True, slots=True)
class RepositoryNode:
    repo: Repository
    typename = "Repository"


@dataclass(frozen=True, slots=True)
class InRepo:
    """Something of a repository: (what, where)."""

    typename: str
    repo: Repository
    value: Any


@dataclass(frozen=True, slots=True)
class RefNode:
    repo: Repository
    ref: str  # full
    sha: str
    typename = "Ref"


@dataclass(frozen=True, slots=True)
class GitNode:
    """A git object; `content` is a blob's."""

    typename: str
    repo: Repository
    oid: str
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class SuiteNode:
    repo: Repository
    suite: Suite
    runs: tuple[CheckRun, ...]
    typename = "CheckSuite"


_KINDS = {
    "IC": "IssueComment", "CR": "CheckRun", "LA": "Label", "PRR": "PullRequestReview",
    "PRRC": "PullRequestReviewComment", "PRRT": "PullRequestReviewThread",
}  # fmt: skip


def unresolved(node_id: str) -> Refusal:
    message = f"Could not resolve to a node with the global id of '{node_id}'."
    return Refusal(404, message)


def visible(context: Context, repo_id: int | None) -> Repository | None:
    for repo in context.state.repositories.values():
        if repo.id == repo_id and context.grant.sees(repo):
            return repo
    return None


def find(context: Context, node_id: str) -> Any:
    """The object behind a node id; 404 when there is none the token may see."""
    key = read_node_id(node_id)
    if key is None:
        raise unresolved(node_id)
    if key.kind in {"U", "BOT", "O"}:
        for account in context.state.accounts.values():
            if account.node_id == node_id:
                return AccountNode(account)
    repo = visible(context, key.repo_id if key.repo_id is not None else _integer(key.key))
    found = None if repo is None else _in_repo(repo, key.kind, key.key)
    if found is None:
        raise unresolved(node_id)
    return found


def _integer(key: int | str) -> int | None:
    return key if isinstance(key, int) else None


def _in_repo(repo: Repository, kind: str, key: int | str) -> Any:
    if kind == "R":
        return RepositoryNode(repo)
    if kind == "REF" and isinstance(key, str) and key in repo.refs:
        return RefNode(repo, key, repo.refs[key])
    if not isinstance(key, int):
        return None
    if kind in {"I", "PR"}:
        issue = next((one for one in repo.issues.values() if one.id == key), None)
        return issue_node(repo, issue) if issue and issue.node_id.startswith(f"{kind}_") else None
    found: Any = None
    if kind == "IC":
        found = repo.comments.get(key)
    elif kind == "CR":
        found = repo.check_runs.get(key)
    elif kind in {"PRR", "PRRC", "PRRT"}:
        found = _reviewing(repo, kind, key)
    elif kind == "LA":
        found = next((one for one in repo.labels.values() if one.id == key), None)
    return InRepo(_KINDS[kind], repo, found) if found else None


def _reviewing(repo: Repository, kind: str, key: int) -> Any:
    """A review, a comment or a thread; what belongs to a pending review is not found."""
    if kind == "PRR":
        review = repo.reviews.get(key)
        return review if review and review.submitted_at else None
    found = repo.threads.get(key) if kind == "PRRT" else repo.review_comments.get(key)
    if found is None:
        return None
    told = repo.threads_of if kind == "PRRT" else repo.review_comments_of
    return found if found in told(found.pull_number) else None


def account(context: Context, login: str | None) -> AccountNode | None:
    if login is None:
        return None
    return AccountNode(context.state.accounts.get(login) or Account(10137, "ghost"))


def issue_node(repo: Repository, issue: Issue) -> InRepo:
    return InRepo("PullRequest" if isinstance(issue, PullRequest) else "Issue", repo, issue)


def ref_node(repo: Repository, ref: str) -> RefNode | None:
    return RefNode(repo, ref, repo.refs[ref]) if ref in repo.refs else None
