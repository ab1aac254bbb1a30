"""Sub-issues and dependencies: what may be part of what, in order, and told of on both sides."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.flow.sandbox.conftest import Hub

ISSUES = "/repos/acme/web/issues"
TREE = """query Tree { repository(owner: "acme", name: "web") { issue(number: 1) {
  id parent { number }
  subIssues(first: 100) { totalCount nodes { number state parent { number } } }
  subIssuesSummary { total completed percentCompleted }
} } }"""
CREATE = """mutation Split($repo: ID!, $parent: ID!) {
  a: createIssue(input: {repositoryId: $repo, title: "A", body: "a", parentIssueId: $parent}) {
    issue { number databaseId parent { number } } }
  b: createIssue(input: {repositoryId: $repo, title: "B", parentIssueId: $parent}) {
    issue { number } }
}"""


def issue(hub: Hub, title: str = "A part") -> dict[str, Any]:
    made = hub.http.post(ISSUES, json={"title": title})
    assert made.status_code == 201, made.text
    return dict(made.json())


def add(hub: Hub, parent: int, child: dict[str, Any], **more: Any) -> httpx.Response:
    body = {"sub_issue_id": child["id"], **more}
    return hub.http.post(f"{ISSUES}/{parent}/sub_issues", json=body)


def block(hub: Hub, number: int, blocker: dict[str, Any]) -> httpx.Response:
    path = f"{ISSUES}/{number}/dependencies/blocked_by"
    return hub.http.post(path, json={"issue_id": blocker["id"]})


def tree(hub: Hub) -> dict[str, Any]:
    return dict(hub.data(TREE)["repository"]["issue"])


def numbers(hub: Hub, path: str) -> list[int]:
    return [one["number"] for one in hub.http.get(f"{ISSUES}/{path}").json()]


def told(hub: Hub) -> list[str]:
    hub.sandbox.wait_idle()
    return [f"{one.event}.{one.action}" for one in hub.sandbox.deliveries]


def test_made_under_its_parent_in_one_request(hub: Hub) -> None:
    hub.sandbox.webhook_url = "http://127.0.0.1:9/nobody"
    repo = hub.sandbox.repository("web").node_id
    made = hub.data(CREATE, repo=repo, parent=tree(hub)["id"])
    assert made["a"]["issue"]["parent"] == {"number": 1}
    assert hub.sandbox.requests[-1].content == 2
    assert told(hub)[:3] == [
        "issues.opened", "sub_issues.parent_issue_added", "sub_issues.sub_issue_added",
    ]  # fmt: skip
    hub.sandbox.close_issue("web", made["a"]["issue"]["number"], by="ann")
    seen = tree(hub)
    assert [(one["number"], one["state"]) for one in seen["subIssues"]["nodes"]] == [
        (2, "CLOSED"), (3, "OPEN"),
    ]  # fmt: skip
    assert seen["subIssuesSummary"] == {"total": 2, "completed": 1, "percentCompleted": 50}
    shown = hub.http.get(f"{ISSUES}/1").json()
    assert shown["sub_issues_summary"] == {"total": 2, "completed": 1, "percent_completed": 50}
    assert hub.http.get(f"{ISSUES}/2").json()["parent_issue_url"].endswith("/issues/1")


def test_an_issue_has_one_parent(hub: Hub) -> None:
    child, other = issue(hub), issue(hub, "Other")
    assert add(hub, 1, child).status_code == 201
    assert add(hub, 1, child).status_code == 422
    assert add(hub, other["number"], child).status_code == 422
    assert add(hub, other["number"], child, replace_parent=True).status_code == 201
    assert numbers(hub, "1/sub_issues") == []
    assert hub.http.get(f"{ISSUES}/{child['number']}/parent").json()["number"] == other["number"]
    assert hub.http.get(f"{ISSUES}/1/parent").status_code == 404


def test_no_issue_is_its_own_forebear(hub: Hub) -> None:
    child = issue(hub)
    root = hub.http.get(f"{ISSUES}/1").json()
    assert add(hub, 1, root).status_code == 422
    add(hub, 1, child)
    assert add(hub, child["number"], root).status_code == 422


def test_depth_and_width_have_an_end(hub: Hub) -> None:
    deep = [issue(hub) for _ in range(8)]
    answers = [
        add(hub, parent, child).status_code
        for parent, child in zip([1, *(one["number"] for one in deep)], deep, strict=False)
    ]
    assert answers == [201] * 7 + [422]


def test_a_pull_request_is_no_sub_issue(hub: Hub) -> None:
    hub.sandbox.write_file("web", "a.py", "x = 1\n", by="ann", branch="feature")
    pull = hub.sandbox.open_pull_request("web", by="ann", title="T", head="feature")
    wrong = hub.http.post(f"{ISSUES}/1/sub_issues", json={"sub_issue_id": pull.issue_id})
    assert wrong.status_code == 404
    assert hub.http.get(f"{ISSUES}/{pull.number}/sub_issues").status_code == 404


def test_order(hub: Hub) -> None:
    made = [issue(hub) for _ in range(3)]
    for child in made:
        add(hub, 1, child)
    path = f"{ISSUES}/1/sub_issues/priority"
    a, b, c = (one["id"] for one in made)
    assert hub.http.patch(path, json={"sub_issue_id": c, "before_id": a}).status_code == 200
    assert numbers(hub, "1/sub_issues") == [4, 2, 3]
    hub.http.patch(path, json={"sub_issue_id": c, "after_id": b})
    assert numbers(hub, "1/sub_issues") == [2, 3, 4]
    for wrong in ({}, {"after_id": c}, {"after_id": a, "before_id": b}):
        assert hub.http.patch(path, json={"sub_issue_id": c, **wrong}).status_code == 422


def test_taken_away(hub: Hub) -> None:
    hub.sandbox.webhook_url = "http://127.0.0.1:9/nobody"
    child = issue(hub)
    add(hub, 1, child)
    body = {"sub_issue_id": child["id"]}
    assert hub.http.request("DELETE", f"{ISSUES}/1/sub_issue", json=body).status_code == 200
    assert hub.http.request("DELETE", f"{ISSUES}/1/sub_issue", json=body).status_code == 404
    assert told(hub)[-2:] == [
        "sub_issues.parent_issue_removed", "sub_issues.sub_issue_removed",
    ]  # fmt: skip
    assert numbers(hub, "1/sub_issues") == []


def test_dependencies_count_what_is_still_open(hub: Hub) -> None:
    hub.sandbox.webhook_url = "http://127.0.0.1:9/nobody"
    first, second = issue(hub), issue(hub)
    answers = [block(hub, 1, one).status_code for one in (first, second, first)]
    assert answers == [201, 201, 422]
    assert numbers(hub, "1/dependencies/blocked_by") == [2, 3]
    assert numbers(hub, "2/dependencies/blocking") == [1]
    hub.sandbox.close_issue("web", 2, by="ann")
    shown = hub.http.get(f"{ISSUES}/1").json()["issue_dependencies_summary"]
    assert shown == {"blocked_by": 1, "total_blocked_by": 2, "blocking": 0, "total_blocking": 0}
    gone = hub.http.delete(f"{ISSUES}/1/dependencies/blocked_by/{first['id']}")
    assert (gone.status_code, numbers(hub, "1/dependencies/blocked_by")) == (200, [3])
    assert {one for one in told(hub) if "dependencies" in one} == {
        f"issue_dependencies.{side}_{what}"
        for side in ("blocked_by", "blocking")
        for what in ("added", "removed")
    }


def test_no_circles(hub: Hub) -> None:
    a, b = issue(hub), issue(hub)
    root = hub.http.get(f"{ISSUES}/1").json()
    assert block(hub, a["number"], b).status_code == 201
    assert block(hub, b["number"], root).status_code == 201
    for number, blocker in ((1, a), (1, root), (b["number"], a)):
        assert block(hub, number, blocker).status_code == 422


@pytest.mark.parametrize("level", ["read", "write"])
def test_permissions(hub: Hub, level: str) -> None:
    child = issue(hub)
    hub.login(permissions={"issues": level})
    assert add(hub, 1, child).status_code == (201 if level == "write" else 403)
    assert block(hub, 1, child).status_code == (201 if level == "write" else 403)
    assert hub.http.get(f"{ISSUES}/1/sub_issues").status_code == 200
