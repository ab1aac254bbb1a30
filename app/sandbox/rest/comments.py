"""REST of comments on issues and pull requests, and of the reactions to them."""

from __future__ import annotations

from datetime import datetime

from app.sandbox.refusal import Refusal, inaccessible, not_found
from app.sandbox.rest.call import Call, Reply, Route
from app.sandbox.rules import comments as rules
from app.sandbox.rules.repositories import may
from app.sandbox.shapes import issues as shape
from app.sandbox.state import Comment, PullRequest, Repository


def since(call: Call) -> datetime | None:
    text = call.query.get("since")
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(422, "Invalid request.\n\nsince is not a time.") from None
    if moment.tzinfo is None:
        raise Refusal(422, "Invalid request.\n\nsince has no time zone.")
    return moment


def on_issue(call: Call) -> Reply:
    repo, issue = call.issue("read")
    after = since(call)
    found = [
        one for one in repo.comments_of(issue.number) if after is None or one.updated_at >= after
    ]
    return call.page(found, lambda one: shape.comment(call.site, repo, one))


def create(call: Call) -> Reply:
    repo, issue = call.issue("write")
    body = call.string("body", required=True) or ""
    call.creates_content()
    comment = rules.create(call.world, repo, issue.number, body, call.actor)
    answer = shape.comment(call.site, repo, comment)
    return Reply(201, answer, {"location": answer["url"]})


def _find(call: Call, level: str) -> tuple[Repository, Comment]:
    repo = call.repository()
    comment = repo.comments.get(call.integer("comment_id"))
    allowed = [("issues", level)]
    if comment is None or isinstance(repo.issues[comment.issue_number], PullRequest):
        allowed.append(("pull_requests", level))
    call.token.need(repo, *allowed)
    if comment is None:
        raise not_found()
    return repo, comment


def get(call: Call) -> Reply:
    repo, comment = _find(call, "read")
    return Reply(200, shape.comment(call.site, repo, comment))


def update(call: Call) -> Reply:
    repo, comment = _find(call, "write")
    actor = call.actor
    if not actor.via_app and comment.author != actor.login and not may(repo, actor.login, "write"):
        raise inaccessible()
    body = call.string("body", required=True) or ""
    comment = rules.edit(call.world, repo, comment.id, body, actor)
    return Reply(200, shape.comment(call.site, repo, comment))


def reactions(call: Call) -> Reply:
    _, comment = _find(call, "read")
    wanted = call.query.get("content")
    found = [one for one in comment.reactions if wanted in {None, one.content}]
    return call.page(found, lambda one: shape.reaction(call.site, one))


def react(call: Call) -> Reply:
    repo, comment = _find(call, "write")
    call.string("content", required=True)
    content = call.choice("content", shape.REACTIONS) or ""
    reaction, new = rules.react(call.world, repo, comment, content, call.actor)
    return Reply(201 if new else 200, shape.reaction(call.site, reaction))


_ON_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
_COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}"
ROUTES = (
    Route("GET", _ON_ISSUE, on_issue),
    Route("POST", _ON_ISSUE, create),
    Route("GET", _COMMENT, get),
    Route("PATCH", _COMMENT, update),
    Route("GET", f"{_COMMENT}/reactions", reactions),
    Route("POST", f"{_COMMENT}/reactions", react),
)
