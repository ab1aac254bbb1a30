"""REST of issues: one issue, its state, labels and reactions."""

from __future__ import annotations

from typing import Any, cast

from app.sandbox.refusal import Refusal
from app.sandbox.rest.call import Call, Reply, Route
from app.sandbox.rules import comments as comment_rules
from app.sandbox.rules import issues as rules
from app.sandbox.shapes import issues as shape
from app.sandbox.state import Issue, Repository


def create(call: Call) -> Reply:
    repo = call.repository(("issues", "write"))
    call.refuse_keys("assignee", "assignees", "milestone", "type", "issue_field_values")
    title = call.string("title", required=True) or ""
    body, names = call.string("body") or "", call.body.get("labels") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refusal(422, "Invalid request.\n\nFor 'properties/labels', not a list of names.")
    call.creates_content()
    made = rules.open_issue(call.world, repo, call.actor, title, body, names)
    answer = shape.issue(call.site, repo, made)
    return Reply(201, answer, {"location": answer["url"]})


def get(call: Call) -> Reply:
    repo, issue = call.issue("read")
    return Reply(200, shape.issue(call.site, repo, issue))


def update(call: Call) -> Reply:
    repo, issue = call.issue("write")
    call.refuse_keys("assignee", "assignees", "milestone", "type", "labels", "issue_field_values")
    world, actor, number = call.world, call.actor, issue.number
    title, body = call.string("title"), call.string("body")
    state = call.choice("state", ["open", "closed"])
    reason = call.choice("state_reason", ["completed", "not_planned", "duplicate", "reopened"])
    rules.edit(world, repo, number, actor, title=title, body=body)
    if state == "closed":
        chosen = "completed" if reason in {None, "reopened"} else reason
        rules.close(world, repo, number, actor, cast("rules.StateReason", chosen))
    elif state == "open":
        rules.reopen(world, repo, number, actor)
    return Reply(200, shape.issue(call.site, repo, repo.issues[number]))


def _labels(call: Call, repo: Repository, issue: Issue) -> list[dict[str, Any]]:
    return [shape.label(call.site, repo, one) for one in repo.labels_of(issue)]


def labels(call: Call) -> Reply:
    repo, issue = call.issue("read")
    return call.page(repo.labels_of(issue), lambda one: shape.label(call.site, repo, one))


def add_labels(call: Call) -> Reply:
    repo, issue = call.issue("write")
    names = call.body.get("labels")
    if not isinstance(names, list) or not names:
        raise Refusal(422, "Invalid request.\n\nFor 'properties/labels', not a list of names.")
    plain = [one.get("name") if isinstance(one, dict) else one for one in names]
    if not all(isinstance(name, str) and name.strip() for name in plain):
        raise Refusal(422, "Invalid request.\n\nFor 'properties/labels', not a list of names.")
    found = [rules.ensure_label(call.world, repo, name) for name in cast("list[str]", plain)]
    issue = rules.add_labels(call.world, repo, issue.number, found, call.actor)
    return Reply(200, _labels(call, repo, issue))


def remove_label(call: Call) -> Reply:
    repo, issue = call.issue("write")
    label = repo.labels.get(call.params["name"].lower())
    if label is None or label.name not in issue.labels:
        raise Refusal(404, "Label does not exist")
    issue = rules.remove_labels(call.world, repo, issue.number, [label], call.actor)
    return Reply(200, _labels(call, repo, issue))


def assign(call: Call) -> Reply:
    repo, issue = call.issue("write")
    logins = call.body.get("assignees") or []
    if not isinstance(logins, list) or not all(isinstance(one, str) for one in logins):
        raise Refusal(422, "Invalid request.\n\nFor 'properties/assignees', not a list of logins.")
    issue = rules.assign(call.world, repo, issue.number, logins, call.actor)
    return Reply(201, shape.issue(call.site, repo, issue))


def reactions(call: Call) -> Reply:
    _, issue = call.issue("read")
    wanted = call.query.get("content")
    found = [one for one in issue.reactions if wanted in {None, one.content}]
    return call.page(found, lambda one: shape.reaction(call.site, one))


def react(call: Call) -> Reply:
    repo, issue = call.issue("write")
    call.string("content", required=True)
    content = call.choice("content", shape.REACTIONS) or ""
    reaction, new = comment_rules.react(call.world, repo, issue, content, call.actor)
    return Reply(201 if new else 200, shape.reaction(call.site, reaction))


_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}"
ROUTES = (
    Route("POST", "/repos/{owner}/{repo}/issues", create),
    Route("GET", _ISSUE, get),
    Route("PATCH", _ISSUE, update),
    Route("GET", f"{_ISSUE}/labels", labels),
    Route("POST", f"{_ISSUE}/labels", add_labels),
    Route("DELETE", f"{_ISSUE}/labels/{{name}}", remove_label),
    Route("POST", f"{_ISSUE}/assignees", assign),
    Route("GET", f"{_ISSUE}/reactions", reactions),
    Route("POST", f"{_ISSUE}/reactions", react),
)
