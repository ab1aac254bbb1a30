"""Resolvers for reading: one table per GraphQL type, field name to function; nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.sandbox import git
from app.sandbox.clock import stamp, stamp_or_none
from app.sandbox.graph.context import (
    AccountNode,
    Context,
    GitNode,
    InRepo,
    RefNode,
    RepositoryNode,
    SuiteNode,
    find,
)
from app.sandbox.graph.pages import Page, connection_fields, paginate
from app.sandbox.ids import node_id
from app.sandbox.refusal import Refusal
from app.sandbox.rest.repositories import commit_of
from app.sandbox.rules.branches import closing_references
from app.sandbox.rules.pulls import mergeable
from app.sandbox.shapes.issues import association, issue_page
from app.sandbox.shapes.repositories import page_url
from app.sandbox.state import Account, Comment, Issue, PullRequest, Reaction, Repository
from app.sandbox.world import get_repository

Resolver = Callable[..., Any]
Table = dict[str, Resolver]

_REACTIONS = {
    "THUMBS_UP": "+1", "THUMBS_DOWN": "-1", "LAUGH": "laugh", "HOORAY": "hooray",
    "CONFUSED": "confused", "HEART": "heart", "ROCKET": "rocket", "EYES": "eyes",
}  # fmt: skip
REACTION_WORDS = _REACTIONS
_REACTION_NAMES = {word: name for name, word in _REACTIONS.items()}
_ISSUE_READ = (("issues", "read"),)
_PULL_READ = (("pull_requests", "read"),)
_EITHER_READ = (("issues", "read"), ("pull_requests", "read"))
_TIMELINE = {
    "labeled": ("LABELED_EVENT", "LabeledEvent"),
    "unlabeled": ("UNLABELED_EVENT", "UnlabeledEvent"),
    "closed": ("CLOSED_EVENT", "ClosedEvent"),
    "reopened": ("REOPENED_EVENT", "ReopenedEvent"),
}


def account(context: Context, login: str | None) -> AccountNode | None:
    if login is None:
        return None
    return AccountNode(context.state.accounts.get(login) or Account(10137, "ghost"))


def _login(node: AccountNode, _info: Any) -> str:
    """GraphQL calls a bot "orc" where REST says "orc[bot]"; only as viewer it keeps the suffix."""
    return node.account.login if node.viewer else node.account.login.removesuffix("[bot]")


_ACCOUNT: Table = {
    "id": lambda n, _: n.account.node_id,
    "databaseId": lambda n, _: n.account.id,
    "login": _login,
    "url": lambda n, info: f"{info.context.site.url}/{n.account.login}",
}


def issue_node(repo: Repository, issue: Issue) -> InRepo:
    return InRepo("PullRequest" if isinstance(issue, PullRequest) else "Issue", repo, issue)


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


def _nodes(_root: Any, info: Any, *, ids: list[str]) -> list[Any]:
    return [find(info.context, one) for one in ids]


_QUERY: Table = {
    "viewer": lambda _, info: AccountNode(
        info.context.state.accounts[info.context.grant.login], viewer=True
    ),
    "node": lambda _, info, id: find(info.context, id),  # noqa: A006 - GitHub's argument name
    "nodes": _nodes,
    "repository": _repository,
    "rateLimit": _rate_limit,
}


def _ref(repo: Repository, ref: str) -> RefNode | None:
    return RefNode(repo, ref, repo.refs[ref]) if ref in repo.refs else None


def _find_ref(node: RepositoryNode, info: Any, qualifiedName: str) -> RefNode | None:  # noqa: N803
    info.context.need(node.repo, ("contents", "read"))
    names = (qualifiedName, f"refs/heads/{qualifiedName}", f"refs/tags/{qualifiedName}")
    return next((ref for name in names if (ref := _ref(node.repo, name))), None)


def _object(
    node: RepositoryNode, info: Any, expression: str | None = None, oid: str | None = None
) -> GitNode | None:
    repo = node.repo
    info.context.need(repo, ("contents", "read"))
    name, colon, path = (expression or "").partition(":")
    if oid is not None or not colon:
        sha = commit_of(repo, oid or name) if (oid or name) else None
        return GitNode("Commit", repo, sha) if sha else None
    sha = commit_of(repo, name)
    if sha is None:
        return None
    found = git.blob(repo.path, sha, path) if path else None
    if found:
        return GitNode("Blob", repo, found[0], found[1])
    tree = git.tree(repo.path, sha, path)
    return GitNode("Tree", repo, tree) if tree else None


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


_REPOSITORY: Table = {
    "id": lambda n, _: n.repo.node_id,
    "databaseId": lambda n, _: n.repo.id,
    "name": lambda n, _: n.repo.name,
    "nameWithOwner": lambda n, _: n.repo.full_name,
    "url": lambda n, info: page_url(info.context.site, n.repo),
    "isPrivate": lambda n, _: n.repo.private,
    "isArchived": lambda n, _: n.repo.archived,
    "createdAt": lambda n, _: stamp(n.repo.created_at),
    "owner": lambda n, info: account(info.context, n.repo.owner),
    "defaultBranchRef": lambda n, _: _ref(n.repo, f"refs/heads/{n.repo.default_branch}"),
    "object": _object,
    "ref": _find_ref,
    "label": _label,
    "labels": _labels,
    "issue": _one_issue,
    "issues": _issues,
    "pullRequest": _one_pull,
    "pullRequests": _pulls,
    "issueOrPullRequest": _either,
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


_AUTHORED: Table = {
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
_CONVERSATION: Table = _AUTHORED | {
    "number": lambda n, _: n.value.number,
    "title": lambda n, _: n.value.title,
    "url": lambda n, info: issue_page(info.context.site, n.repo, n.value),
    "closed": lambda n, _: n.value.state == "closed",
    "closedAt": lambda n, _: stamp_or_none(n.value.closed_at),
    "labels": _labels_of,
    "comments": _comments_of,
}


def _state_reason(node: InRepo, _info: Any, enableDuplicate: bool = False) -> str | None:  # noqa: N803
    reason = node.value.state_reason
    if reason == "duplicate" and not enableDuplicate:
        reason = "not_planned"
    return None if reason is None else reason.upper()


_ISSUE: Table = _CONVERSATION | {
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
_PULL: Table = _CONVERSATION | {
    "state": lambda n, _: pull_state(n.value),
    "merged": lambda n, _: n.value.merged,
    "mergedAt": lambda n, _: stamp_or_none(n.value.merged_at),
    "mergedBy": lambda n, info: account(info.context, n.value.merged_by),
    "isDraft": lambda n, _: n.value.draft,
    "headRefName": lambda n, _: n.value.head_ref,
    "headRefOid": lambda n, _: n.value.head_sha,
    "baseRefName": lambda n, _: n.value.base_ref,
    "baseRefOid": lambda n, _: n.value.base_sha,
    "headRef": lambda n, _: _ref(n.repo, f"refs/heads/{n.value.head_ref}"),
    "baseRef": lambda n, _: _ref(n.repo, f"refs/heads/{n.value.base_ref}"),
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


_COMMENT: Table = _AUTHORED | {
    "url": _comment_url,
    "issue": lambda n, _: InRepo("Issue", n.repo, n.repo.issues[n.value.issue_number]),
    "pullRequest": _comment_pull,
}
_LABEL: Table = {
    "id": lambda n, _: n.value.node_id,
    "name": lambda n, _: n.value.name,
    "color": lambda n, _: n.value.color,
    "description": lambda n, _: n.value.description,
    "isDefault": lambda _n, _: False,
    "url": lambda n, info: f"{page_url(info.context.site, n.repo)}/labels/{n.value.name}",
}
_EVENT: Table = {
    "id": lambda n, _: n.value.node_id,
    "actor": lambda n, info: account(info.context, n.value.actor),
    "createdAt": lambda n, _: stamp(n.value.created_at),
    "label": lambda n, _: InRepo("Label", n.repo, n.repo.labels[n.value.label.lower()]),
    "stateReason": lambda n, _: n.value.state_reason.upper() if n.value.state_reason else None,
}
_REF: Table = {
    "id": lambda n, _: node_id("REF", n.ref, n.repo.id),
    "name": lambda n, _: n.ref.split("/", 2)[2],
    "prefix": lambda n, _: "/".join(n.ref.split("/", 2)[:2]) + "/",
    "target": lambda n, _: GitNode("Commit", n.repo, n.sha),
}
_GIT: Table = {
    "id": lambda n, _: node_id(n.typename[0], n.oid, n.repo.id),
    "oid": lambda n, _: n.oid,
    "abbreviatedOid": lambda n, _: n.oid[:7],
}


def _text(node: GitNode, _info: Any) -> str | None:
    return None if b"\0" in node.content else node.content.decode(errors="replace")


_BLOB: Table = _GIT | {
    "text": _text,
    "byteSize": lambda n, _: len(n.content),
    "isBinary": lambda n, _: b"\0" in n.content,
    "isTruncated": lambda _n, _: False,
}


def _suites(node: GitNode, info: Any, **args: Any) -> Page:
    repo = node.repo
    info.context.need(repo, ("checks", "read"))
    suites: dict[int, list[Any]] = {}
    name = (args.get("filterBy") or {}).get("checkName")
    for run in repo.check_runs.values():
        if run.head_sha == node.oid and name in {None, run.name}:
            suites.setdefault(run.suite_id, []).append(run)
    found = [SuiteNode(repo, key, tuple(runs)) for key, runs in suites.items()]
    return paginate("checkSuites", found, args, key=lambda suite: (suite.suite_id,),
                    wrap=lambda suite: suite)  # fmt: skip


_COMMIT: Table = _GIT | {
    "message": lambda n, _: git.commit(n.repo.path, n.oid).message,
    "messageHeadline": lambda n, _: git.commit(n.repo.path, n.oid).message.split("\n")[0],
    "committedDate": lambda n, _: stamp(git.commit(n.repo.path, n.oid).when),
    "url": lambda n, info: f"{page_url(info.context.site, n.repo)}/commit/{n.oid}",
    "checkSuites": _suites,
}


def _runs(node: SuiteNode, _info: Any, **args: Any) -> Page:
    filters = args.get("filterBy") or {}
    name, status = filters.get("checkName"), filters.get("status")
    found = [
        run
        for run in node.runs
        if name in {None, run.name} and status in {None, run.status.upper()}
    ]
    return paginate("checkRuns", found, args, key=lambda run: (run.id,),
                    wrap=lambda run: InRepo("CheckRun", node.repo, run))  # fmt: skip


def _suite_status(node: SuiteNode, _info: Any) -> str:
    done = all(run.status == "completed" for run in node.runs)
    return "COMPLETED" if done else "IN_PROGRESS"


def _suite_conclusion(node: SuiteNode, info: Any) -> str | None:
    if _suite_status(node, info) != "COMPLETED":
        return None
    bad = [r.conclusion for r in node.runs if r.conclusion not in {"success", "neutral", "skipped"}]
    return str(bad[0]).upper() if bad else "SUCCESS"


_SUITE: Table = {
    "id": lambda n, _: node_id("CS", n.suite_id, n.repo.id),
    "databaseId": lambda n, _: n.suite_id,
    "status": _suite_status,
    "conclusion": _suite_conclusion,
    "checkRuns": _runs,
}
_RUN: Table = {
    "id": lambda n, _: n.value.node_id,
    "databaseId": lambda n, _: n.value.id,
    "name": lambda n, _: n.value.name,
    "status": lambda n, _: n.value.status.upper(),
    "conclusion": lambda n, _: n.value.conclusion.upper() if n.value.conclusion else None,
    "startedAt": lambda n, _: stamp_or_none(n.value.started_at),
    "completedAt": lambda n, _: stamp_or_none(n.value.completed_at),
    "detailsUrl": lambda n, _: n.value.details_url,
    "externalId": lambda n, _: n.value.external_id,
    "title": lambda n, _: n.value.output_title,
    "summary": lambda n, _: n.value.output_summary,
    "text": lambda n, _: n.value.output_text,
    "url": lambda n, info: f"{page_url(info.context.site, n.repo)}/runs/{n.value.id}",
}
_REACTION: Table = {
    "id": lambda r, _: r.node_id,
    "content": lambda r, _: _REACTION_NAMES[r.content],
    "createdAt": lambda r, _: stamp(r.created_at),
    "user": lambda r, info: AccountNode(info.context.state.accounts[r.login], viewer=True),
}

_PAGE = connection_fields()
TABLES: dict[str, Table] = {
    "Query": _QUERY, "User": _ACCOUNT, "Bot": _ACCOUNT, "Organization": _ACCOUNT,
    "Repository": _REPOSITORY, "Issue": _ISSUE, "PullRequest": _PULL, "IssueComment": _COMMENT,
    "Label": _LABEL, "LabeledEvent": _EVENT, "UnlabeledEvent": _EVENT, "ClosedEvent": _EVENT,
    "ReopenedEvent": _EVENT, "Ref": _REF, "Blob": _BLOB, "Tree": _GIT, "Tag": _GIT,
    "Commit": _COMMIT, "CheckSuite": _SUITE, "CheckRun": _RUN, "Reaction": _REACTION,
    "IssueConnection": _PAGE, "PullRequestConnection": _PAGE, "LabelConnection": _PAGE,
    "IssueCommentConnection": _PAGE, "IssueTimelineItemsConnection": _PAGE,
    "CheckSuiteConnection": _PAGE, "CheckRunConnection": _PAGE,
}  # fmt: skip
