"""REST of sub-issues and of dependencies between issues."""

from __future__ import annotations

from app.sandbox.refusal import Refusal, not_found
from app.sandbox.rest.call import Call, Reply, Route
from app.sandbox.rules import hierarchy as rules
from app.sandbox.shapes import issues as shape
from app.sandbox.state import Issue, PullRequest, Repository
from app.sandbox.world import get_issue


def _issue(call: Call, level: str) -> tuple[Repository, Issue]:
    """Here only issues will do: pull requests have neither parents nor blockers."""
    repo = call.repository(("issues", level))
    found = get_issue(repo, call.integer("issue_number"))
    if isinstance(found, PullRequest):
        raise not_found()
    return repo, found


def _number(call: Call, name: str, *, required: bool = True) -> int | None:
    value = call.body.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', not an integer.")
    return value


def _other(call: Call, repo: Repository, name: str) -> Issue:
    return rules.by_id(repo, _number(call, name) or 0)


def _page(call: Call, repo: Repository, found: list[Issue]) -> Reply:
    return call.page(found, lambda one: shape.issue(call.site, repo, one))


def children(call: Call) -> Reply:
    repo, issue = _issue(call, "read")
    return _page(call, repo, [repo.issues[number] for number in issue.sub_issues])


def parent(call: Call) -> Reply:
    repo, issue = _issue(call, "read")
    if issue.parent is None:
        raise not_found()
    return Reply(200, shape.issue(call.site, repo, repo.issues[issue.parent]))


def add(call: Call) -> Reply:
    """Answers with the parent."""
    repo, issue = _issue(call, "write")
    child, move = _other(call, repo, "sub_issue_id"), call.boolean("replace_parent")
    changed = rules.add(call.world, repo, issue.number, child, call.actor, move=move)
    answer = shape.issue(call.site, repo, changed)
    return Reply(201, answer, {"location": answer["url"]})


def remove(call: Call) -> Reply:
    repo, issue = _issue(call, "write")
    child = _other(call, repo, "sub_issue_id")
    rules.remove(call.world, repo, issue.number, child, call.actor)
    return Reply(200, shape.issue(call.site, repo, repo.issues[issue.number]))


def prioritise(call: Call) -> Reply:
    repo, issue = _issue(call, "write")
    child = _other(call, repo, "sub_issue_id")
    beside = {name: _number(call, f"{name}_id", required=False) for name in ("after", "before")}
    numbers = {
        name: None if key is None else rules.by_id(repo, key).number for name, key in beside.items()
    }
    changed = rules.reorder(call.world, repo, issue.number, child, after=numbers["after"],
                            before=numbers["before"])  # fmt: skip
    return Reply(200, shape.issue(call.site, repo, changed))


def blockers(call: Call) -> Reply:
    repo, issue = _issue(call, "read")
    return _page(call, repo, [repo.issues[number] for number in issue.blocked_by])


def blocking(call: Call) -> Reply:
    repo, issue = _issue(call, "read")
    return _page(call, repo, rules.blocking(repo, issue.number))


def block(call: Call) -> Reply:
    """Answers with the blocked issue."""
    repo, issue = _issue(call, "write")
    blocker = _other(call, repo, "issue_id")
    blocked = rules.block(call.world, repo, issue.number, blocker, call.actor)
    answer = shape.issue(call.site, repo, blocked)
    return Reply(201, answer, {"location": answer["url"]})


def unblock(call: Call) -> Reply:
    repo, issue = _issue(call, "write")
    blocker = rules.by_id(repo, call.integer("issue_id"))
    blocked = rules.unblock(call.world, repo, issue.number, blocker, call.actor)
    return Reply(200, shape.issue(call.site, repo, blocked))


_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}"
_BLOCKERS = f"{_ISSUE}/dependencies/blocked_by"
ROUTES = (
    Route("GET", f"{_ISSUE}/parent", parent),
    Route("GET", f"{_ISSUE}/sub_issues", children),
    Route("POST", f"{_ISSUE}/sub_issues", add),
    Route("DELETE", f"{_ISSUE}/sub_issue", remove),
    Route("PATCH", f"{_ISSUE}/sub_issues/priority", prioritise),
    Route("GET", _BLOCKERS, blockers),
    Route("POST", _BLOCKERS, block),
    Route("DELETE", f"{_BLOCKERS}/{{issue_id}}", unblock),
    Route("GET", f"{_ISSUE}/dependencies/blocking", blocking),
)
