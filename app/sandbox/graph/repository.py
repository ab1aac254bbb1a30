"""Reading a repository: its lists of issues, pull requests and labels; nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.sandbox.clock import stamp
from app.sandbox.graph.code import find_object, find_ref
from app.sandbox.graph.context import InRepo, RepositoryNode, Table, account, issue_node, ref_node
from app.sandbox.graph.conversation import pull_state
from app.sandbox.graph.pages import Page, paginate
from app.sandbox.refusal import Refusal
from app.sandbox.shapes.repositories import page_url
from app.sandbox.state import Issue, PullRequest, Repository

_ISSUE_READ = (("issues", "read"),)
_PULL_READ = (("pull_requests", "read"),)
_EITHER_READ = (("issues", "read"), ("pull_requests", "read"))


def _one_issue(node: RepositoryNode, info: Any, number: int) -> InRepo:
    info.context.need(node.repo, *_ISSUE_READ)
    issue = node.repo.issues.get(number)
    if issue is None or isinstance(issue, PullRequest):
        raise Refusal(404, f"Could not resolve to an Issue with the number of {number}.")
    return issue_node(node.repo, issue)


def _one_pull(node: RepositoryNode, info: Any, number: int) -> InRepo:
    info.context.need(node.repo, *_PULL_READ)
    issue = node.repo.issues.get(number)
    if not isinstance(issue, PullRequest):
        raise Refusal(404, f"Could not resolve to a PullRequest with the number of {number}.")
    return issue_node(node.repo, issue)


def _either(node: RepositoryNode, info: Any, number: int) -> InRepo:
    info.context.need(node.repo, *_EITHER_READ)
    issue = node.repo.issues.get(number)
    if issue is None:
        raise Refusal(
            404, f"Could not resolve to an issue or pull request with the number of {number}."
        )
    return issue_node(node.repo, issue)


def _issue_key(order: dict[str, Any] | None) -> tuple[Callable[[Issue], tuple[int, int]], bool]:
    order = order or {"field": "CREATED_AT", "direction": "ASC"}
    values: dict[str, Callable[[Issue], int]] = {
        "CREATED_AT": lambda issue: int(issue.created_at.timestamp()),
        "UPDATED_AT": lambda issue: int(issue.updated_at.timestamp()),
        "COMMENTS": lambda issue: len(issue.comments),
    }
    value = values[order["field"]]
    return lambda issue: (value(issue), issue.number), order["direction"] == "DESC"


def _issues(node: RepositoryNode, info: Any, **args: Any) -> Page:
    repo: Repository = node.repo
    info.context.need(repo, *_ISSUE_READ)
    filters = args.get("filterBy") or {}
    any_label = {name.lower() for name in args.get("labels") or ()}
    all_labels = {name.lower() for name in filters.get("labels") or ()}
    states = set(args.get("states") or filters.get("states") or ())
    since = filters.get("since")

    def wanted(issue: Issue) -> bool:
        names = {name.lower() for name in issue.labels}
        return (
            (not states or issue.state.upper() in states)
            and (not any_label or bool(any_label & names))
            and all_labels <= names
            and (since is None or issue.updated_at >= since)
        )

    key, descending = _issue_key(args.get("orderBy"))
    found = [issue for issue in repo.plain_issues() if wanted(issue)]
    return paginate("issues", found, args, key=key, descending=descending,
                    wrap=lambda issue: issue_node(repo, issue))  # fmt: skip


def _pulls(node: RepositoryNode, info: Any, **args: Any) -> Page:
    repo: Repository = node.repo
    info.context.need(repo, *_PULL_READ)
    states, head, base = args.get("states"), args.get("headRefName"), args.get("baseRefName")
    found = [
        pull
        for pull in repo.pull_requests()
        if (not states or pull_state(pull) in states)
        and head in {None, pull.head_ref}
        and base in {None, pull.base_ref}
    ]
    key, descending = _issue_key(args.get("orderBy"))
    return paginate("pullRequests", found, args, key=key, descending=descending,
                    wrap=lambda pull: issue_node(repo, pull))  # fmt: skip


def _labels(node: RepositoryNode, info: Any, **args: Any) -> Page:
    repo = node.repo
    info.context.need(repo, *_EITHER_READ)
    query = (args.get("query") or "").lower()
    found = [
        label
        for label in repo.labels.values()
        if query in label.name.lower() or query in (label.description or "").lower()
    ]
    order = args.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    by_name = order["field"] == "NAME"
    return paginate(
        "labels", found, args, descending=order["direction"] == "DESC",
        key=lambda label: (label.name.lower(),) if by_name else (label.id,),
        wrap=lambda label: InRepo("Label", repo, label),
    )  # fmt: skip


def _label(node: RepositoryNode, info: Any, name: str) -> InRepo | None:
    info.context.need(node.repo, *_EITHER_READ)
    label = node.repo.labels.get(name.lower())
    return InRepo("Label", node.repo, label) if label else None


def _default_branch(node: RepositoryNode, info: Any) -> Any:
    info.context.need(node.repo, ("contents", "read"))
    return ref_node(node.repo, f"refs/heads/{node.repo.default_branch}")


REPOSITORY: Table = {
    "id": lambda n, _: n.repo.node_id,
    "databaseId": lambda n, _: n.repo.id,
    "name": lambda n, _: n.repo.name,
    "nameWithOwner": lambda n, _: n.repo.full_name,
    "url": lambda n, info: page_url(info.context.site, n.repo),
    "isPrivate": lambda n, _: n.repo.private,
    "isArchived": lambda n, _: n.repo.archived,
    "isEmpty": lambda n, _: not n.repo.branches,
    "description": lambda n, _: n.repo.description,
    "createdAt": lambda n, _: stamp(n.repo.created_at),
    "owner": lambda n, info: account(info.context, n.repo.owner),
    "defaultBranchRef": _default_branch,
    "object": find_object,
    "ref": find_ref,
    "label": _label,
    "labels": _labels,
    "issue": _one_issue,
    "issues": _issues,
    "pullRequest": _one_pull,
    "pullRequests": _pulls,
    "issueOrPullRequest": _either,
}
