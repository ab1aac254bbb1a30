"""The resolvers of every GraphQL type, and of what a query starts with; nothing is changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.sandbox.clock import stamp
from app.sandbox.graph import code, conversation, hierarchy, repository, reviews
from app.sandbox.graph.context import AccountNode, Context, RepositoryNode, Table, find
from app.sandbox.graph.pages import connection_fields
from app.sandbox.refusal import Refusal
from app.sandbox.world import get_repository


def _login(node: AccountNode, _info: Any) -> str:
    """GraphQL calls a bot "orc" where REST says "orc[bot]"; only as viewer it keeps the suffix."""
    return node.account.login if node.viewer else node.account.login.removesuffix("[bot]")


_ACCOUNT: Table = {
    "id": lambda n, _: n.account.node_id,
    "databaseId": lambda n, _: n.account.id,
    "login": _login,
    "url": lambda n, info: f"{info.context.site.url}/{n.account.login}",
}


def _repository(_root: Any, info: Any, *, owner: str, name: str, **_: Any) -> RepositoryNode:
    context: Context = info.context
    try:
        repo = get_repository(context.state, owner, name)
        if context.grant.sees(repo):
            return RepositoryNode(repo)
    except Refusal:
        pass
    message = f"Could not resolve to a Repository with the name '{owner}/{name}'."
    raise Refusal(404, message)


def _rate_limit(_root: Any, info: Any, **_: Any) -> dict[str, Any]:
    shape: dict[str, Any] = info.context.limits.shape(info.context.grant.login, "graphql")
    reset = datetime.fromtimestamp(shape["reset"], info.context.world.now().tzinfo)
    return shape | {"resetAt": stamp(reset), "cost": 1, "nodeCount": 0}


# What a token must hold to look at something by its id.
_READS = {
    "Issue": (("issues", "read"),),
    "PullRequest": (("pull_requests", "read"),),
    "IssueComment": (("issues", "read"), ("pull_requests", "read")),
    "Label": (("issues", "read"), ("pull_requests", "read")),
    "Ref": (("contents", "read"),),
    "CheckRun": (("checks", "read"),),
    "PullRequestReview": (("pull_requests", "read"),),
    "PullRequestReviewComment": (("pull_requests", "read"),),
    "PullRequestReviewThread": (("pull_requests", "read"),),
}


def _node(_root: Any, info: Any, *, id: str) -> Any:  # noqa: A002 - GitHub's argument name
    found = find(info.context, id)
    if needed := _READS.get(found.typename):
        info.context.need(found.repo, *needed)
    return found


def _nodes(_root: Any, info: Any, *, ids: list[str]) -> list[Any]:
    return [_node(None, info, id=one) for one in ids]


_QUERY: Table = {
    "viewer": lambda _, info: AccountNode(
        info.context.state.accounts[info.context.grant.login], viewer=True
    ),
    "node": _node,
    "nodes": _nodes,
    "repository": _repository,
    "rateLimit": _rate_limit,
}

_PAGE = connection_fields()
_PAGED = (
    "Issue", "PullRequest", "Label", "IssueComment", "IssueTimelineItems", "CheckSuite", "CheckRun",
    "PullRequestReview", "PullRequestReviewComment", "PullRequestReviewThread", "ReviewRequest",
)  # fmt: skip
TABLES: dict[str, Table] = {
    "Query": _QUERY,
    "User": _ACCOUNT,
    "Bot": _ACCOUNT,
    "Organization": _ACCOUNT,
    "Repository": repository.REPOSITORY,
    "Issue": conversation.ISSUE | hierarchy.ISSUE,
    "PullRequest": conversation.PULL | reviews.PULL,
    "PullRequestReview": reviews.REVIEW,
    "PullRequestReviewComment": reviews.COMMENT,
    "PullRequestReviewThread": reviews.THREAD,
    "ReviewRequest": reviews.REQUEST,
    "IssueComment": conversation.COMMENT,
    "Label": conversation.LABEL,
    "LabeledEvent": conversation.EVENT,
    "UnlabeledEvent": conversation.EVENT,
    "ClosedEvent": conversation.EVENT,
    "RenamedTitleEvent": conversation.EVENT,
    "ReopenedEvent": conversation.EVENT,
    "Reaction": conversation.REACTION,
    "Ref": code.REF,
    "Blob": code.BLOB,
    "Tree": code.GIT,
    "Tag": code.GIT,
    "Commit": code.COMMIT,
    "CheckSuite": code.SUITE,
    "CheckRun": code.RUN,
} | {f"{name}Connection": _PAGE for name in _PAGED}
