"""REST of pull requests: open, list, look, edit, merge."""

from __future__ import annotations

from typing import cast

from app.sandbox.merging import Method
from app.sandbox.refusal import Refusal, not_found
from app.sandbox.rest.call import Call, Reply, Route
from app.sandbox.rules import issues
from app.sandbox.rules import pulls as rules
from app.sandbox.shapes import pulls as shape
from app.sandbox.state import PullRequest
from app.sandbox.world import get_pull


def list_pulls(call: Call) -> Reply:
    repo = call.repository(("pull_requests", "read"))
    state = call.query.get("state", "open")
    head, base = call.query.get("head"), call.query.get("base")
    if state not in {"open", "closed", "all"}:
        raise Refusal(422, f"Invalid request.\n\nstate can't be {state}")

    def wanted(pull: PullRequest) -> bool:
        # Without "owner:" GitHub ignores the head filter and lists everything.
        named = head is None or ":" not in head or head == f"{repo.owner}:{pull.head_ref}"
        return named and base in {None, pull.base_ref} and state in {"all", pull.state}

    found = [pull for pull in repo.pull_requests() if wanted(pull)]
    by_update = call.query.get("sort") == "updated"
    found.sort(key=lambda p: p.updated_at if by_update else p.created_at)
    descending = call.query.get("direction", "asc" if "sort" in call.query else "desc") == "desc"
    ordered = found[::-1] if descending else found
    return call.page(ordered, lambda pull: shape.pull_simple(call.site, repo, pull))


def create(call: Call) -> Reply:
    repo = call.repository(("pull_requests", "write"))
    call.refuse_keys("issue", "head_repo")
    title = call.string("title", required=True) or ""
    head = call.string("head", required=True) or ""
    base = call.string("base", required=True) or ""
    body, draft = call.string("body") or "", call.boolean("draft")
    call.creates_content()
    pull = rules.open_pull(
        call.world, repo, call.actor, title=title, body=body, head=head, base=base, draft=draft
    )
    answer = shape.pull(call.site, repo, pull, None)
    return Reply(201, answer, {"location": answer["url"]})


def get(call: Call) -> Reply:
    repo = call.repository(("pull_requests", "read"))
    pull = get_pull(repo, call.integer("pull_number"))
    return Reply(200, shape.pull(call.site, repo, pull, rules.mergeable(repo, pull)))


def update(call: Call) -> Reply:
    repo = call.repository(("pull_requests", "write"))
    call.refuse_keys("state", "base", "maintainer_can_modify")
    pull = get_pull(repo, call.integer("pull_number"))
    title, body = call.string("title"), call.string("body")
    issues.edit(call.world, repo, pull.number, call.actor, title=title, body=body)
    return get(call)


def merge(call: Call) -> Reply:
    repo = call.repository(("contents", "write"))
    number = call.integer("pull_number")
    if not isinstance(repo.issues.get(number), PullRequest):
        raise not_found()
    method = call.choice("merge_method", ["merge", "squash", "rebase"]) or "merge"
    sha = rules.merge(
        call.world, repo, number, call.actor, method=cast("Method", method),
        sha=call.string("sha"), title=call.string("commit_title"),
        message=call.string("commit_message"),
    )  # fmt: skip
    message = "Pull Request successfully merged"
    return Reply(200, {"sha": sha, "merged": True, "message": message})


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/pulls", list_pulls),
    Route("POST", "/repos/{owner}/{repo}/pulls", create),
    Route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", get),
    Route("PATCH", "/repos/{owner}/{repo}/pulls/{pull_number}", update),
    Route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", merge),
)
