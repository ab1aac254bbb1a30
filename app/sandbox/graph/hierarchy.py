"""Reading and making sub-issues by GraphQL."""

from __future__ import annotations

from typing import Any

from app.sandbox.graph.context import Context, InRepo, Table, find, issue_node, unresolved
from app.sandbox.graph.pages import Page, paginate
from app.sandbox.refusal import Refusal, unsupported
from app.sandbox.rules import hierarchy, issues
from app.sandbox.shapes.issues import sub_issues_summary
from app.sandbox.state import Issue, Repository

Input = dict[str, Any]


def _children(node: InRepo, _info: Any, **args: Any) -> Page:
    repo: Repository = node.repo
    order = node.value.sub_issues
    found = [repo.issues[number] for number in order]
    return paginate("subIssues", found, args, key=lambda one: (order.index(one.number),),
                    wrap=lambda one: issue_node(repo, one))  # fmt: skip


def _summary(node: InRepo, _info: Any) -> dict[str, int]:
    shape = sub_issues_summary(node.repo, node.value)
    return {"percentCompleted" if name == "percent_completed" else name: value
            for name, value in shape.items()}  # fmt: skip


def _parent(node: InRepo, _info: Any) -> InRepo | None:
    above = node.value.parent
    return None if above is None else issue_node(node.repo, node.repo.issues[above])


ISSUE: Table = {"subIssues": _children, "subIssuesSummary": _summary, "parent": _parent}


# Writing


def _issue(context: Context, given_id: str, repo: Repository | None = None) -> InRepo:
    node = find(context, given_id)
    if node.typename != "Issue":
        raise unresolved(given_id)
    context.need(node.repo, ("issues", "write"))
    if repo is not None and node.repo.id != repo.id:
        raise unsupported("sub-issues across repositories")
    return InRepo("Issue", node.repo, node.value)


def create(context: Context, given: Input) -> Input:
    """With a parent the issue is its sub-issue from the start."""
    found = find(context, given["repositoryId"])
    if found.typename != "Repository":
        raise unresolved(given["repositoryId"])
    repo: Repository = found.repo
    context.need(repo, ("issues", "write"))
    for name in ("assigneeIds", "milestoneId", "projectIds", "issueTemplate", "labelIds"):
        if given.get(name):
            raise unsupported(f"{name} in createIssue")
    parent = given.get("parentIssueId")
    above = _issue(context, parent, repo).value if parent else None
    if above is not None:
        hierarchy.check_parent(repo, above, None)
    world, actor = context.world, context.actor
    made = issues.open_issue(world, repo, actor, given["title"], given.get("body") or "")
    if above is not None:
        hierarchy.add(world, repo, above.number, made, actor)
    return {"issue": issue_node(repo, repo.issues[made.number])}


def add(context: Context, given: Input) -> Input:
    if not given.get("subIssueId"):
        raise Refusal(422, "Give subIssueId: the sandbox reads no addresses")
    parent = _issue(context, given["issueId"])
    child: Issue = _issue(context, given["subIssueId"], parent.repo).value
    hierarchy.add(context.world, parent.repo, parent.value.number, child, context.actor,
                  move=bool(given.get("replaceParent")))  # fmt: skip
    numbers = (parent.value.number, child.number)
    issue, sub = (issue_node(parent.repo, parent.repo.issues[number]) for number in numbers)
    return {"issue": issue, "subIssue": sub}
