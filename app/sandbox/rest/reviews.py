"""REST of reviews of pull requests, and of who is asked for one."""

from __future__ import annotations

from typing import Any, cast

from app.sandbox.gate import may_write
from app.sandbox.refusal import Refusal, inaccessible, not_found
from app.sandbox.rest.call import Call, Json, Reply, Route
from app.sandbox.rest.threads import place
from app.sandbox.review import Place, Review
from app.sandbox.rules import reviews as rules
from app.sandbox.rules.reviews import Draft, Event
from app.sandbox.shapes import reviews as shape
from app.sandbox.shapes.accounts import user
from app.sandbox.shapes.pulls import pull_simple
from app.sandbox.state import PullRequest, Repository
from app.sandbox.world import get_pull

EVENTS = ("APPROVE", "REQUEST_CHANGES", "COMMENT")


def pull_of(call: Call, level: str) -> tuple[Repository, PullRequest]:
    repo = call.repository(("pull_requests", level))
    return repo, get_pull(repo, call.integer("pull_number"))


def _review(call: Call, level: str) -> tuple[Repository, Review]:
    repo, pull = pull_of(call, level)
    found = repo.reviews.get(call.integer("review_id"))
    mine = found is not None and found.author == call.token.login
    if found is None or found.pull_number != pull.number or not (found.submitted_at or mine):
        raise not_found()
    return repo, found


def _event(call: Call) -> Event | None:
    return cast("Event | None", call.choice("event", EVENTS))


def listed(call: Call) -> Reply:
    repo, pull = pull_of(call, "read")
    mine = call.token.login
    found = [
        one
        for one in repo.reviews.values()
        if one.pull_number == pull.number and (one.submitted_at or one.author == mine)
    ]
    return call.page(found, lambda one: shape.review(call.site, repo, one))


def create(call: Call) -> Reply:
    repo, pull = pull_of(call, "write")
    draft = Draft(
        _event(call), call.string("body") or "", _comments(call), call.string("commit_id")
    )
    call.creates_content()
    review = rules.submit(call.world, repo, pull.number, call.actor, draft)
    return Reply(200, shape.review(call.site, repo, review))


def _comments(call: Call) -> list[tuple[Place, str]]:
    given = call.body.get("comments") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Refusal(422, "Invalid request.\n\nFor 'properties/comments', not a list.")
    return [(place(one), _text(one)) for one in given]


def _text(given: dict[str, Any]) -> str:
    text = given.get("body")
    if not isinstance(text, str):
        raise Refusal(422, "Invalid request.\n\nFor 'comments/body', not a string.")
    return text


def get(call: Call) -> Reply:
    repo, review = _review(call, "read")
    return Reply(200, shape.review(call.site, repo, review))


def update(call: Call) -> Reply:
    repo, review = _review(call, "write")
    if review.author != call.token.login:
        raise inaccessible()
    body = call.string("body", required=True) or ""
    changed = rules.edit(call.world, repo, review.id, body, call.actor)
    return Reply(200, shape.review(call.site, repo, changed))


def submit(call: Call) -> Reply:
    repo, review = _review(call, "write")
    call.string("event", required=True)
    event = _event(call) or "COMMENT"
    call.creates_content()
    body = call.string("body") or ""
    done = rules.finish(call.world, repo, review.id, call.actor, event, body)
    return Reply(200, shape.review(call.site, repo, done))


def dismiss(call: Call) -> Reply:
    repo, review = _review(call, "write")
    call.string("message", required=True)
    call.choice("event", ["DISMISS"])
    if not call.token.is_app and not may_write(repo, call.token.login):
        raise inaccessible()
    done = rules.dismiss(call.world, repo, review.id, call.actor)
    return Reply(200, shape.review(call.site, repo, done))


def comments(call: Call) -> Reply:
    repo, review = _review(call, "read")
    found = [one for one in repo.review_comments.values() if one.review_id == review.id]
    return call.page(found, lambda one: shape.comment(call.site, repo, one))


def requested(call: Call) -> Reply:
    _, pull = pull_of(call, "read")
    people = [user(call.site, login) for login in pull.reviewers]
    return Reply(200, {"users": people, "teams": []})


def _logins(call: Call) -> list[str]:
    call.refuse_keys("team_reviewers")
    names = call.body.get("reviewers") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refusal(422, "Invalid request.\n\nFor 'properties/reviewers', not a list of names.")
    return names


def ask(call: Call) -> Reply:
    repo, pull = pull_of(call, "write")
    asked = rules.ask(call.world, repo, pull.number, _logins(call), call.actor)
    return Reply(201, _simple(call, repo, asked))


def unask(call: Call) -> Reply:
    repo, pull = pull_of(call, "write")
    left = rules.unask(call.world, repo, pull.number, _logins(call), call.actor)
    return Reply(200, _simple(call, repo, left))


def _simple(call: Call, repo: Repository, pull: PullRequest) -> Json:
    return pull_simple(call.site, repo, pull)


_PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"
_ONE = f"{_PULL}/reviews/{{review_id}}"
ROUTES = (
    Route("GET", f"{_PULL}/reviews", listed),
    Route("POST", f"{_PULL}/reviews", create),
    Route("GET", _ONE, get),
    Route("PUT", _ONE, update),
    Route("POST", f"{_ONE}/events", submit),
    Route("PUT", f"{_ONE}/dismissals", dismiss),
    Route("GET", f"{_ONE}/comments", comments),
    Route("GET", f"{_PULL}/requested_reviewers", requested),
    Route("POST", f"{_PULL}/requested_reviewers", ask),
    Route("DELETE", f"{_PULL}/requested_reviewers", unask),
)
