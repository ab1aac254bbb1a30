"""REST of review comments: at lines of a pull request's diff, and the replies to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.gate import may_write
from app.sandbox.refusal import Refusal, inaccessible, not_found, unsupported
from app.sandbox.rest.call import Call, Reply, Route
from app.sandbox.rest.comments import since
from app.sandbox.review import Place, ReviewComment, Side
from app.sandbox.rules import threads as rules
from app.sandbox.shapes import issues as issue_shape
from app.sandbox.shapes import reviews as shape
from app.sandbox.state import PullRequest, Repository
from app.sandbox.world import get_pull

_READ, _WRITE = ("pull_requests", "read"), ("pull_requests", "write")


def place(given: Mapping[str, Any]) -> Place:
    """The place that a body names; by position GitHub is phasing out, so it is not done here."""
    if given.get("position") is not None:
        raise unsupported("comments by position; give line and side")
    path, line = given.get("path"), given.get("line")
    if not isinstance(path, str) or not path:
        raise Refusal(422, 'Invalid request.\n\n"path" wasn\'t supplied.')
    if not isinstance(line, int) or isinstance(line, bool):
        raise Refusal(422, 'Invalid request.\n\n"line" wasn\'t supplied.')
    start = given.get("start_line")
    if start is not None and (not isinstance(start, int) or start >= line):
        raise Refusal(422, "Invalid request.\n\nstart_line must precede the end line.")
    side = _side(given.get("side", "RIGHT"))
    start_side = None if start is None else _side(given.get("start_side", side))
    return Place(path, line, side, start, start_side)


def _side(value: Any) -> Side:
    if value == "LEFT":
        return "LEFT"
    if value == "RIGHT":
        return "RIGHT"
    raise Refusal(422, "Invalid request.\n\nside is LEFT or RIGHT.")


def _pull(call: Call, permission: tuple[str, str]) -> tuple[Repository, PullRequest]:
    repo = call.repository(permission)
    return repo, get_pull(repo, call.integer("pull_number"))


def of_pull(call: Call) -> Reply:
    repo, pull = _pull(call, _READ)
    return _listed(call, repo, repo.review_comments_of(pull.number))


def of_repository(call: Call) -> Reply:
    repo = call.repository(_READ)
    found = [one for pull in repo.pull_requests() for one in repo.review_comments_of(pull.number)]
    return _listed(call, repo, found)


def _listed(call: Call, repo: Repository, found: list[ReviewComment]) -> Reply:
    after = since(call)
    found = [one for one in found if after is None or one.updated_at >= after]
    by_update = call.query.get("sort") == "updated"
    found.sort(key=lambda one: (one.updated_at if by_update else one.created_at, one.id))
    if call.query.get("direction") == "desc":
        found.reverse()
    return call.page(found, lambda one: shape.comment(call.site, repo, one))


def create(call: Call) -> Reply:
    repo, pull = _pull(call, _WRITE)
    body = call.string("body", required=True) or ""
    call.refuse_keys("in_reply_to")
    if call.choice("subject_type", ["line", "file"]) == "file":
        raise unsupported("comments on a whole file")
    if call.string("commit_id", required=True) != pull.head_sha:
        raise unsupported("comments on another commit than the head")
    where = place(call.body)
    call.creates_content()
    made = rules.comment(call.world, repo, pull.number, where, body, call.actor)
    return _made(call, repo, made)


def _made(call: Call, repo: Repository, made: ReviewComment) -> Reply:
    answer = shape.comment(call.site, repo, made)
    return Reply(201, answer, {"location": answer["url"]})


def reply(call: Call) -> Reply:
    """Only a thread's first comment can be replied to: others are not found."""
    repo, pull = _pull(call, _WRITE)
    body = call.string("body", required=True) or ""
    top = rules.get(repo, call.integer("comment_id"))
    if top.pull_number != pull.number or top.in_reply_to is not None:
        raise not_found()
    call.creates_content()
    thread = repo.threads[top.thread_id]
    return _made(call, repo, rules.reply(call.world, repo, thread, body, call.actor))


def _find(call: Call, permission: tuple[str, str]) -> tuple[Repository, ReviewComment]:
    repo = call.repository(permission)
    found = rules.get(repo, call.integer("comment_id"))
    others = found.author != call.token.login and not may_write(repo, call.token.login)
    if permission == _WRITE and others and not call.token.is_app:
        raise inaccessible()
    return repo, found


def get(call: Call) -> Reply:
    repo, found = _find(call, _READ)
    return Reply(200, shape.comment(call.site, repo, found))


def update(call: Call) -> Reply:
    repo, found = _find(call, _WRITE)
    body = call.string("body", required=True) or ""
    changed = rules.edit(call.world, repo, found.id, body, call.actor)
    return Reply(200, shape.comment(call.site, repo, changed))


def delete(call: Call) -> Reply:
    repo, found = _find(call, _WRITE)
    rules.delete(call.world, repo, found.id, call.actor)
    return Reply(204)


def reactions(call: Call) -> Reply:
    _, found = _find(call, _READ)
    wanted = call.query.get("content")
    listed = [one for one in found.reactions if wanted in {None, one.content}]
    return call.page(listed, lambda one: issue_shape.reaction(call.site, one))


def react(call: Call) -> Reply:
    repo = call.repository(_WRITE)
    found = rules.get(repo, call.integer("comment_id"))
    call.string("content", required=True)
    content = call.choice("content", issue_shape.REACTIONS) or ""
    made, new = rules.react(call.world, repo, found, content, call.actor)
    return Reply(201 if new else 200, issue_shape.reaction(call.site, made))


_PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"
_ALL = "/repos/{owner}/{repo}/pulls/comments"
_ONE = f"{_ALL}/{{comment_id}}"
ROUTES = (
    Route("GET", _ALL, of_repository),
    Route("GET", _ONE, get),
    Route("PATCH", _ONE, update),
    Route("DELETE", _ONE, delete),
    Route("GET", f"{_ONE}/reactions", reactions),
    Route("POST", f"{_ONE}/reactions", react),
    Route("GET", f"{_PULL}/comments", of_pull),
    Route("POST", f"{_PULL}/comments", create),
    Route("POST", f"{_PULL}/comments/{{comment_id}}/replies", reply),
)
