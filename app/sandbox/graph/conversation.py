"""Reading issues, pull requests, their comments, labels and timeline; nothing is changed."""

from __future__ import annotations

from typing import Any

from app.sandbox import git
from app.sandbox.clock import stamp, stamp_or_none
from app.sandbox.graph.context import (
    AccountNode,
    Context,
    GitNode,
    InRepo,
    RepositoryNode,
    Table,
    account,
    issue_node,
    ref_node,
)
from app.sandbox.graph.pages import Page, paginate
from app.sandbox.rules.branches import closing_references
from app.sandbox.rules.pulls import mergeable
from app.sandbox.shapes.issues import association, issue_page
from app.sandbox.shapes.repositories import page_url
from app.sandbox.state import Comment, PullRequest, Reaction, Repository

_REACTIONS = {
    "THUMBS_UP": "+1", "THUMBS_DOWN": "-1", "LAUGH": "laugh", "HOORAY": "hooray",
    "CONFUSED": "confused", "HEART": "heart", "ROCKET": "rocket", "EYES": "eyes",
}  # fmt: skip
REACTION_WORDS = _REACTIONS
_REACTION_NAMES = {word: name for name, word in _REACTIONS.items()}
_TIMELINE = {
    "labeled": ("LABELED_EVENT", "LabeledEvent"),
    "unlabeled": ("UNLABELED_EVENT", "UnlabeledEvent"),
    "closed": ("CLOSED_EVENT", "ClosedEvent"),
    "reopened": ("REOPENED_EVENT", "ReopenedEvent"),
    "renamed": ("RENAMED_TITLE_EVENT", "RenamedTitleEvent"),
}


def groups(
    context: Context, repo: Repository, subject: InRepo, reactions: tuple[Reaction, ...]
) -> list[dict[str, Any]]:
    """All eight groups, also the empty ones, as GitHub lists them."""
    listed = []
    for name, word in _REACTIONS.items():
        same = [one for one in reactions if one.content == word]
        mine = any(one.login == context.grant.login for one in same)
        created = stamp(same[0].created_at) if same else None
        listed.append({"content": name, "createdAt": created, "viewerHasReacted": mine})
    return listed


def _comments_of(node: InRepo, info: Any, **args: Any) -> Page:
    repo = node.repo
    order = args.get("orderBy")
    return paginate(
        "comments", repo.comments_of(node.value.number), args,
        key=(lambda c: (int(c.updated_at.timestamp()), c.id)) if order else (lambda c: (c.id,)),
        descending=order is not None and order["direction"] == "DESC",
        wrap=lambda comment: InRepo("IssueComment", repo, comment),
    )  # fmt: skip


def _labels_of(node: InRepo, _info: Any, **args: Any) -> Page:
    repo = node.repo
    return paginate("labels", repo.labels_of(node.value), args, key=lambda label: (label.id,),
                    wrap=lambda label: InRepo("Label", repo, label))  # fmt: skip


def _timeline(node: InRepo, _info: Any, **args: Any) -> Page:
    repo, since = node.repo, args.get("since")
    wanted = args.get("itemTypes") or [kind for kind, _ in _TIMELINE.values()]
    found = [
        event
        for event in node.value.timeline
        if event.kind in _TIMELINE and _TIMELINE[event.kind][0] in wanted
        and (since is None or event.created_at >= since)
    ]  # fmt: skip
    return paginate(
        "timelineItems", found, args, key=lambda event: (event.id,),
        wrap=lambda event: InRepo(_TIMELINE[event.kind][1], repo, event),
    )  # fmt: skip


AUTHORED: Table = {
    "id": lambda n, _: n.value.node_id,
    "databaseId": lambda n, _: n.value.id,
    "fullDatabaseId": lambda n, _: str(n.value.id),
    "body": lambda n, _: n.value.body,
    "createdAt": lambda n, _: stamp(n.value.created_at),
    "updatedAt": lambda n, _: stamp(n.value.updated_at),
    "lastEditedAt": lambda n, _: stamp_or_none(n.value.last_edited_at),
    "author": lambda n, info: account(info.context, n.value.author),
    "authorAssociation": lambda n, _: association(n.repo, n.value.author),
    "viewerDidAuthor": lambda n, info: n.value.author == info.context.grant.login,
    "reactionGroups": lambda n, info: groups(info.context, n.repo, n, n.value.reactions),
    "repository": lambda n, _: RepositoryNode(n.repo),
}
_CONVERSATION: Table = AUTHORED | {
    "number": lambda n, _: n.value.number,
    "title": lambda n, _: n.value.title,
    "url": lambda n, info: issue_page(info.context.site, n.repo, n.value),
    "closed": lambda n, _: n.value.state == "closed",
    "closedAt": lambda n, _: stamp_or_none(n.value.closed_at),
    "labels": _labels_of,
    "comments": _comments_of,
}


def _state_reason(node: InRepo, _info: Any, enableDuplicate: bool = False) -> str | None:  # noqa: N803 - GitHub's
    reason = node.value.state_reason
    if reason == "duplicate" and not enableDuplicate:
        reason = "not_planned"
    return None if reason is None else reason.upper()


ISSUE: Table = _CONVERSATION | {
    "editor": lambda n, info: account(info.context, n.value.last_edited_by),
    "state": lambda n, _: n.value.state.upper(),
    "stateReason": _state_reason,
    "timelineItems": _timeline,
}


def pull_state(pull: PullRequest) -> str:
    return "MERGED" if pull.merged else pull.state.upper()


def _merge_commit(node: InRepo, _info: Any) -> GitNode | None:
    sha = node.value.merge_commit_sha
    return GitNode("Commit", node.repo, sha) if sha else None


def _closes(node: InRepo, info: Any, **args: Any) -> Page:
    repo: Repository = node.repo
    numbers = closing_references(node.value.body)
    found = [repo.issues[n] for n in numbers if n in repo.issues]
    found = [issue for issue in found if not isinstance(issue, PullRequest)]
    return paginate("closingIssuesReferences", found, args, key=lambda issue: (issue.number,),
                    wrap=lambda issue: issue_node(repo, issue))  # fmt: skip


_MERGEABLE = {None: "UNKNOWN", True: "MERGEABLE", False: "CONFLICTING"}
PULL: Table = _CONVERSATION | {
    "state": lambda n, _: pull_state(n.value),
    "merged": lambda n, _: n.value.merged,
    "mergedAt": lambda n, _: stamp_or_none(n.value.merged_at),
    "mergedBy": lambda n, info: account(info.context, n.value.merged_by),
    "isDraft": lambda n, _: n.value.draft,
    "headRefName": lambda n, _: n.value.head_ref,
    "headRefOid": lambda n, _: n.value.head_sha,
    "baseRefName": lambda n, _: n.value.base_ref,
    "baseRefOid": lambda n, _: n.value.base_sha,
    "headRef": lambda n, _: ref_node(n.repo, f"refs/heads/{n.value.head_ref}"),
    "baseRef": lambda n, _: ref_node(n.repo, f"refs/heads/{n.value.base_ref}"),
    "mergeable": lambda n, _: _MERGEABLE[mergeable(n.repo, n.value)],
    "mergeCommit": _merge_commit,
    "changedFiles": lambda n, _: git.changes(n.repo.path, n.value.base_sha, n.value.head_sha)[0],
    "additions": lambda n, _: git.changes(n.repo.path, n.value.base_sha, n.value.head_sha)[1],
    "deletions": lambda n, _: git.changes(n.repo.path, n.value.base_sha, n.value.head_sha)[2],
    "closingIssuesReferences": _closes,
    "isCrossRepository": lambda _n, _: False,
}


def _comment_url(node: InRepo, info: Any) -> str:
    comment: Comment = node.value
    page = issue_page(info.context.site, node.repo, node.repo.issues[comment.issue_number])
    return f"{page}#issuecomment-{comment.id}"


def _comment_pull(node: InRepo, _info: Any) -> InRepo | None:
    issue = node.repo.issues[node.value.issue_number]
    return issue_node(node.repo, issue) if isinstance(issue, PullRequest) else None


COMMENT: Table = AUTHORED | {
    "url": _comment_url,
    "issue": lambda n, _: InRepo("Issue", n.repo, n.repo.issues[n.value.issue_number]),
    "pullRequest": _comment_pull,
}
LABEL: Table = {
    "id": lambda n, _: n.value.node_id,
    "name": lambda n, _: n.value.name,
    "color": lambda n, _: n.value.color,
    "description": lambda n, _: n.value.description,
    "isDefault": lambda _n, _: False,
    "url": lambda n, info: f"{page_url(info.context.site, n.repo)}/labels/{n.value.name}",
}
EVENT: Table = {
    "id": lambda n, _: n.value.node_id,
    "actor": lambda n, info: account(info.context, n.value.actor),
    "createdAt": lambda n, _: stamp(n.value.created_at),
    "label": lambda n, _: InRepo("Label", n.repo, n.repo.labels[n.value.label.lower()]),
    "stateReason": lambda n, _: n.value.state_reason.upper() if n.value.state_reason else None,
}
REACTION: Table = {
    "id": lambda r, _: r.node_id,
    "content": lambda r, _: _REACTION_NAMES[r.content],
    "createdAt": lambda r, _: stamp(r.created_at),
    "user": lambda r, info: AccountNode(info.context.state.accounts[r.login], viewer=True),
}
