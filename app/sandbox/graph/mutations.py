"""Resolvers for writing: each checks the token's permission and calls one rule."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from app.sandbox.graph import hierarchy, reviews
from app.sandbox.graph.context import (
    Context,
    InRepo,
    RefNode,
    RepositoryNode,
    account,
    find,
    issue_node,
    unresolved,
)
from app.sandbox.graph.conversation import REACTION_WORDS, groups
from app.sandbox.graph.pages import write_cursor
from app.sandbox.refusal import Refusal
from app.sandbox.rules import branches, checks, comments, issues, pulls
from app.sandbox.rules.checks import CheckRunChange
from app.sandbox.state import Issue, PullRequest, Repository

Input = dict[str, Any]
CONTENT = frozenset({
    "addComment", "createPullRequest", "createCheckRun", "createIssue",
    "addPullRequestReviewThreadReply",
})  # fmt: skip


class SomethingWentWrong(Exception):
    """What a fault makes of the mutations after the first."""


def _mutation(resolve: Callable[[Context, Input], Input]) -> Callable[..., Input]:
    @wraps(resolve)
    def run(_root: Any, info: Any, input: Input) -> Input:  # noqa: A002 - GitHub's argument name
        context: Context = info.context
        context.mutations += 1
        if context.partial and context.mutations > 1:
            raise SomethingWentWrong
        payload = resolve(context, input)
        if info.field_name in CONTENT:
            context.content += 1
        return {"clientMutationId": input.get("clientMutationId"), **payload}

    return run


def _get(context: Context, node_id: str, *kinds: str) -> Any:
    node = find(context, node_id)
    if node.typename not in kinds:
        raise unresolved(node_id)
    return node


def _issue(context: Context, node_id: str, *kinds: str) -> tuple[Repository, Issue]:
    """An issue or pull request that the token may write."""
    node: InRepo = _get(context, node_id, *(kinds or ("Issue", "PullRequest")))
    allowed = [("issues", "write")]
    if isinstance(node.value, PullRequest):
        allowed.append(("pull_requests", "write"))
    context.need(node.repo, *allowed)
    return node.repo, node.value


def _comment(context: Context, node_id: str) -> InRepo:
    node: InRepo = _get(context, node_id, "IssueComment")
    allowed = [("issues", "write")]
    if isinstance(node.repo.issues[node.value.issue_number], PullRequest):
        allowed.append(("pull_requests", "write"))
    context.need(node.repo, *allowed)
    return node


def _add_comment(context: Context, given: Input) -> Input:
    repo, issue = _issue(context, given["subjectId"])
    comment = comments.create(context.world, repo, issue.number, given["body"], context.actor)
    edge = {"cursor": write_cursor((comment.id,)), "node": InRepo("IssueComment", repo, comment)}
    return {"commentEdge": edge, "subject": issue_node(repo, repo.issues[issue.number])}


def _update_comment(context: Context, given: Input) -> Input:
    node = _comment(context, given["id"])
    actor = context.actor
    comment = comments.edit(context.world, node.repo, node.value.id, given["body"], actor)
    return {"issueComment": InRepo("IssueComment", node.repo, comment)}


def _labels(context: Context, repo: Repository, ids: list[str]) -> list[Any]:
    nodes = [_get(context, one, "Label") for one in ids]
    for node, one in zip(nodes, ids, strict=True):
        if node.repo.id != repo.id:
            raise unresolved(one)
    return [node.value for node in nodes]


def _add_labels(context: Context, given: Input) -> Input:
    repo, issue = _issue(context, given["labelableId"])
    labels = _labels(context, repo, given["labelIds"])
    changed = issues.add_labels(context.world, repo, issue.number, labels, context.actor)
    return {"labelable": issue_node(repo, changed)}


def _remove_labels(context: Context, given: Input) -> Input:
    repo, issue = _issue(context, given["labelableId"])
    labels = _labels(context, repo, given["labelIds"])
    changed = issues.remove_labels(context.world, repo, issue.number, labels, context.actor)
    return {"labelable": issue_node(repo, changed)}


def _repository(context: Context, given: Input, *anyof: tuple[str, str]) -> Repository:
    node: RepositoryNode = _get(context, given["repositoryId"], "Repository")
    context.need(node.repo, *anyof)
    return node.repo


def _create_label(context: Context, given: Input) -> Input:
    repo = _repository(context, given, ("issues", "write"), ("pull_requests", "write"))
    label = issues.create_label(
        context.world, repo, given["name"], given["color"], given.get("description")
    )
    return {"label": InRepo("Label", repo, label)}


def _close_issue(context: Context, given: Input) -> Input:
    repo, issue = _issue(context, given["issueId"], "Issue")
    reason: Any = (given.get("stateReason") or "COMPLETED").lower()
    issue = issues.close(context.world, repo, issue.number, context.actor, reason)
    return {"issue": issue_node(repo, issue)}


def _reopen_issue(context: Context, given: Input) -> Input:
    repo, issue = _issue(context, given["issueId"], "Issue")
    issue = issues.reopen(context.world, repo, issue.number, context.actor)
    return {"issue": issue_node(repo, issue)}


def _add_reaction(context: Context, given: Input) -> Input:
    node = _get(context, given["subjectId"], "Issue", "PullRequest", "IssueComment")
    if node.typename == "IssueComment":
        _comment(context, given["subjectId"])
    else:
        _issue(context, given["subjectId"])
    word = REACTION_WORDS[given["content"]]
    reaction, _ = comments.react(context.world, node.repo, node.value, word, context.actor)
    subject = find(context, given["subjectId"])
    grouped = groups(context, node.repo, subject, subject.value.reactions)
    return {"reaction": reaction, "subject": subject, "reactionGroups": grouped}


def _create_pull(context: Context, given: Input) -> Input:
    repo = _repository(context, given, ("pull_requests", "write"))
    pull = pulls.open_pull(
        context.world, repo, context.actor, title=given["title"], body=given.get("body") or "",
        head=given["headRefName"], base=given["baseRefName"], draft=bool(given.get("draft")),
    )  # fmt: skip
    return {"pullRequest": issue_node(repo, pull)}


def _create_check_run(context: Context, given: Input) -> Input:
    repo = _repository(context, given, ("checks", "write"))
    output = given.get("output") or {}
    change = CheckRunChange(
        name=given["name"],
        status=given["status"].lower() if given.get("status") else None,
        conclusion=given["conclusion"].lower() if given.get("conclusion") else None,
        started_at=given.get("startedAt"),
        completed_at=given.get("completedAt"),
        details_url=given.get("detailsUrl"),
        external_id=given.get("externalId"),
        output_title=output.get("title"),
        output_summary=output.get("summary"),
        output_text=output.get("text"),
    )
    run = checks.create(context.world, repo, given["headSha"], change, context.actor)
    return {"checkRun": InRepo("CheckRun", repo, run)}


def _merge_pull(context: Context, given: Input) -> Input:
    node: InRepo = _get(context, given["pullRequestId"], "PullRequest")
    context.need(node.repo, ("contents", "write"))
    method: Any = (given.get("mergeMethod") or "MERGE").lower()
    pulls.merge(
        context.world, node.repo, node.value.number, context.actor, method=method,
        sha=given.get("expectedHeadOid"),
        title=given.get("commitHeadline"), message=given.get("commitBody"),
    )  # fmt: skip
    merged = issue_node(node.repo, node.repo.issues[node.value.number])
    return {"actor": account(context, context.grant.login), "pullRequest": merged}


def _delete_ref(context: Context, given: Input) -> Input:
    node = _get(context, given["refId"], "Ref")
    if not isinstance(node, RefNode):
        raise Refusal(404, "Not Found")
    context.need(node.repo, ("contents", "write"))
    branches.delete(context.world, node.repo, node.ref, context.actor)
    pulls.delete_head_line(context.world, node.repo, node.ref, context.actor)
    return {}


MUTATIONS: dict[str, Callable[..., Input]] = {
    "addComment": _mutation(_add_comment),
    "updateIssueComment": _mutation(_update_comment),
    "addLabelsToLabelable": _mutation(_add_labels),
    "removeLabelsFromLabelable": _mutation(_remove_labels),
    "createLabel": _mutation(_create_label),
    "closeIssue": _mutation(_close_issue),
    "reopenIssue": _mutation(_reopen_issue),
    "addReaction": _mutation(_add_reaction),
    "createPullRequest": _mutation(_create_pull),
    "createCheckRun": _mutation(_create_check_run),
    "mergePullRequest": _mutation(_merge_pull),
    "deleteRef": _mutation(_delete_ref),
    "addPullRequestReviewThreadReply": _mutation(reviews.reply),
    "resolveReviewThread": _mutation(reviews.resolve),
    "unresolveReviewThread": _mutation(reviews.unresolve),
    "createIssue": _mutation(hierarchy.create),
    "addSubIssue": _mutation(hierarchy.add),
}
