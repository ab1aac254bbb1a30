"""Reading and settling reviews, their threads and comments, by GraphQL."""

from __future__ import annotations

from typing import Any

from app.sandbox import gate
from app.sandbox.clock import stamp_or_none
from app.sandbox.graph.context import (
    AccountNode,
    Context,
    GitNode,
    InRepo,
    RepositoryNode,
    Table,
    account,
    find,
    issue_node,
    unresolved,
)
from app.sandbox.graph.conversation import AUTHORED
from app.sandbox.graph.pages import Page, paginate
from app.sandbox.ids import node_id
from app.sandbox.review import Review, ReviewComment
from app.sandbox.rules import threads as rules
from app.sandbox.rules.pulls import mergeable
from app.sandbox.shapes import reviews as shape
from app.sandbox.state import Repository

Input = dict[str, Any]


def _paged(field: str, typename: str, repo: Repository, found: list[Any], args: Input) -> Page:
    return paginate(field, found, args, key=lambda one: (one.id,),
                    wrap=lambda one: InRepo(typename, repo, one))  # fmt: skip


def _reviews(node: InRepo, _info: Any, **args: Any) -> Page:
    states, author = args.get("states"), args.get("author")
    found = [
        one
        for one in node.repo.reviews_of(node.value.number)
        if (not states or one.state in states) and author in {None, one.author}
    ]
    return _paged("reviews", "PullRequestReview", node.repo, found, args)


def _latest(node: InRepo, _info: Any, **args: Any) -> Page:
    latest = {one.author: one for one in node.repo.reviews_of(node.value.number)}
    found = list(latest.values())
    return _paged("latestReviews", "PullRequestReview", node.repo, found, args)


def _opinions(node: InRepo, _info: Any, **args: Any) -> Page:
    writers = bool(args.get("writersOnly"))
    found = gate.opinions(node.repo, node.value.number, writers=writers)
    return _paged("latestOpinionatedReviews", "PullRequestReview", node.repo, found, args)


def _threads(node: InRepo, _info: Any, **args: Any) -> Page:
    found = node.repo.threads_of(node.value.number)
    return _paged("reviewThreads", "PullRequestReviewThread", node.repo, found, args)


def _requests(node: InRepo, _info: Any, **args: Any) -> Page:
    repo: Repository = node.repo
    pairs = [(node.value, login) for login in node.value.reviewers]
    return paginate("reviewRequests", pairs, args, key=lambda pair: (pair[1],),
                    wrap=lambda pair: InRepo("ReviewRequest", repo, pair))  # fmt: skip


def _merge_state(node: InRepo, _info: Any) -> str:
    return gate.merge_state(node.repo, node.value, mergeable(node.repo, node.value)).upper()


def _requested(node: InRepo, info: Any) -> AccountNode | None:
    return account(info.context, node.value[1])


PULL: Table = {
    "reviews": _reviews,
    "latestReviews": _latest,
    "latestOpinionatedReviews": _opinions,
    "reviewThreads": _threads,
    "reviewRequests": _requests,
    "reviewDecision": lambda n, _: gate.decision(n.repo, n.value),
    "mergeStateStatus": _merge_state,
}
REQUEST: Table = {
    "id": lambda n, _: node_id("RR", f"{n.value[0].id}-{n.value[1]}", n.repo.id),
    "pullRequest": lambda n, _: issue_node(n.repo, n.value[0]),
    "requestedReviewer": _requested,
}


def _pull(node: InRepo, _info: Any) -> InRepo:
    return issue_node(node.repo, node.repo.issues[node.value.pull_number])


def _commit(node: InRepo, sha: str) -> GitNode:
    return GitNode("Commit", node.repo, sha)


def _comments_of_review(node: InRepo, _info: Any, **args: Any) -> Page:
    review: Review = node.value
    found = [one for one in node.repo.review_comments.values() if one.review_id == review.id]
    return _paged("comments", "PullRequestReviewComment", node.repo, found, args)


REVIEW: Table = AUTHORED | {
    "state": lambda n, _: n.value.state,
    "submittedAt": lambda n, _: stamp_or_none(n.value.submitted_at),
    "commit": lambda n, _: _commit(n, n.value.commit_id),
    "url": lambda n, info: shape.review_page(info.context.site, n.repo, n.value),
    "reactionGroups": lambda _n, _: [],
    "authorCanPushToRepository": lambda n, _: gate.may_write(n.repo, n.value.author),
    "comments": _comments_of_review,
    "pullRequest": _pull,
}


def _thread_of(node: InRepo) -> Any:
    return node.repo.threads[node.value.thread_id]


def _current(node: InRepo, _info: Any) -> int | None:
    return shape.current_line(node.repo, _thread_of(node))


def _answered(node: InRepo, _info: Any) -> InRepo | None:
    first = node.repo.review_comments.get(node.value.in_reply_to)
    return InRepo("PullRequestReviewComment", node.repo, first) if first else None


COMMENT: Table = AUTHORED | {
    "path": lambda n, _: _thread_of(n).place.path,
    "line": _current,
    "originalLine": lambda n, _: _thread_of(n).place.line,
    "outdated": lambda n, info: _current(n, info) is None,
    "diffHunk": lambda n, _: _thread_of(n).diff_hunk,
    "originalCommit": lambda n, _: _commit(n, _thread_of(n).commit_id),
    "url": lambda n, info: shape.comment_page(info.context.site, n.repo, n.value),
    "replyTo": _answered,
    "pullRequest": _pull,
    "pullRequestReview": lambda n, _: InRepo(
        "PullRequestReview", n.repo, n.repo.reviews[n.value.review_id]
    ),
}


def _comments_of_thread(node: InRepo, _info: Any, **args: Any) -> Page:
    found: list[ReviewComment] = [node.repo.review_comments[key] for key in node.value.comments]
    return _paged("comments", "PullRequestReviewComment", node.repo, found, args)


def _may_settle(node: InRepo, info: Any) -> bool:
    context: Context = info.context
    needed = ("pull_requests", "contents")
    return all(context.grant.may(node.repo, name, "write") for name in needed)


def _resolver(node: InRepo, info: Any) -> AccountNode | None:
    return account(info.context, node.value.resolved_by)


THREAD: Table = {
    "id": lambda n, _: n.value.node_id,
    "path": lambda n, _: n.value.place.path,
    "line": lambda n, _: shape.current_line(n.repo, n.value),
    "startLine": lambda n, _: _start(n),
    "originalLine": lambda n, _: n.value.place.line,
    "originalStartLine": lambda n, _: n.value.place.start_line,
    "diffSide": lambda n, _: n.value.place.side,
    "startDiffSide": lambda n, _: n.value.place.start_side,
    "subjectType": lambda _n, _: "LINE",
    "isResolved": lambda n, _: n.value.resolved_by is not None,
    "isOutdated": lambda n, _: shape.current_line(n.repo, n.value) is None,
    "isCollapsed": lambda n, _: n.value.resolved_by is not None,
    "resolvedBy": _resolver,
    "comments": _comments_of_thread,
    "pullRequest": _pull,
    "repository": lambda n, _: RepositoryNode(n.repo),
    "viewerCanReply": lambda n, info: info.context.grant.may(n.repo, "pull_requests", "write"),
    "viewerCanResolve": lambda n, i: n.value.resolved_by is None and _may_settle(n, i),
    "viewerCanUnresolve": lambda n, i: n.value.resolved_by is not None and _may_settle(n, i),
}


def _start(node: InRepo) -> int | None:
    place, line = node.value.place, shape.current_line(node.repo, node.value)
    return (
        None if place.start_line is None or line is None else line - place.line + place.start_line
    )


# Writing


def _thread(context: Context, given_id: str) -> InRepo:
    node = find(context, given_id)
    if node.typename != "PullRequestReviewThread":
        raise unresolved(given_id)
    context.need(node.repo, ("pull_requests", "write"))
    return InRepo(node.typename, node.repo, node.value)


def _settle(context: Context, given: Input, *, resolved: bool) -> Input:
    """An App must hold contents: write too, which GitHub's documents do not say.

    https://github.com/orgs/community/discussions/44650
    """
    node = _thread(context, given["threadId"])
    context.need(node.repo, ("contents", "write"))
    thread = rules.resolve(
        context.world, node.repo, node.value.id, context.actor, resolved=resolved
    )
    return {"thread": InRepo(node.typename, node.repo, thread)}


def resolve(context: Context, given: Input) -> Input:
    return _settle(context, given, resolved=True)


def unresolve(context: Context, given: Input) -> Input:
    return _settle(context, given, resolved=False)


def reply(context: Context, given: Input) -> Input:
    node = _thread(context, given["pullRequestReviewThreadId"])
    made = rules.reply(context.world, node.repo, node.value, given["body"], context.actor)
    return {"comment": InRepo("PullRequestReviewComment", node.repo, made)}
