"""Cases for `test_every_route`: routes of reviews, of sub-issues and of making repositories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from app.sandbox import Issue, LineComment, Review, ReviewComment
from tests.flow.sandbox.conftest import Hub

WEB = "/repos/acme/web"
PULL = f"{WEB}/pulls/2"
Ask = Callable[[Hub], httpx.Response]
Case = tuple[str, Ask, int]


def _pull(hub: Hub) -> None:
    hub.sandbox.write_file("web", "a.py", "x = 1\n", by="ann", branch="feature")
    hub.sandbox.open_pull_request("web", by="ann", title="T", head="feature")


def _review(hub: Hub) -> Review:
    _pull(hub)
    line = [LineComment("a.py", 1, "Hm.")]
    bot = hub.sandbox.app.bot_login
    return hub.sandbox.review("web", 2, by=bot, state="APPROVE", body="So.", comments=line)


def _comment(hub: Hub) -> ReviewComment:
    _review(hub)
    return hub.sandbox.review_comments("web", 2)[0]


def _on_pull(method: str, path: str, **body: Any) -> Ask:
    def ask(hub: Hub) -> httpx.Response:
        _pull(hub)
        return _send(hub, method, f"{PULL}{path}", body)

    return ask


def _on_review(method: str, path: str = "", **body: Any) -> Ask:
    def ask(hub: Hub) -> httpx.Response:
        return _send(hub, method, f"{PULL}/reviews/{_review(hub).id}{path}", body)

    return ask


def _on_comment(method: str, path: str, **body: Any) -> Ask:
    def ask(hub: Hub) -> httpx.Response:
        return _send(hub, method, path.replace("ID", str(_comment(hub).id)), body)

    return ask


def _send(hub: Hub, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
    return hub.http.request(method, path, json=body or None)


def _pending(hub: Hub) -> httpx.Response:
    _pull(hub)
    key = hub.http.post(f"{PULL}/reviews", json={"body": "So."}).json()["id"]
    return hub.http.post(f"{PULL}/reviews/{key}/events", json={"event": "APPROVE"})


def _comment_on_line(hub: Hub) -> httpx.Response:
    _pull(hub)
    head = hub.sandbox.branches("web")["feature"]
    body = {"body": "Hm.", "commit_id": head, "path": "a.py", "line": 1, "side": "RIGHT"}
    return hub.http.post(f"{PULL}/comments", json=body)


_ALL = f"{WEB}/pulls/comments"
_T = "/repos/{owner}/{repo}/pulls"
_TP, _TR = f"{_T}/{{pull_number}}", f"{_T}/{{pull_number}}/reviews/{{review_id}}"
_TC = f"{_T}/comments/{{comment_id}}"
REVIEWS: tuple[Case, ...] = (
    (f"GET {_TP}/reviews", _on_pull("GET", "/reviews?per_page=5"), 200),
    (f"POST {_TP}/reviews", _on_pull("POST", "/reviews", event="COMMENT", body="Hm."), 200),
    (f"GET {_TR}", _on_review("GET"), 200),
    (f"PUT {_TR}", _on_review("PUT", body="So!"), 200),
    (f"POST {_TR}/events", _pending, 200),
    (f"PUT {_TR}/dismissals", _on_review("PUT", "/dismissals", message="Old"), 200),
    (f"GET {_TR}/comments", _on_review("GET", "/comments"), 200),
    (f"GET {_TP}/requested_reviewers", _on_pull("GET", "/requested_reviewers"), 200),
    (f"POST {_TP}/requested_reviewers",
     _on_pull("POST", "/requested_reviewers", reviewers=["bob"]), 201),
    (f"DELETE {_TP}/requested_reviewers",
     _on_pull("DELETE", "/requested_reviewers", reviewers=["bob"]), 200),
    (f"GET {_T}/comments", _on_comment("GET", f"{_ALL}?sort=updated&direction=desc"), 200),
    (f"GET {_TC}", _on_comment("GET", f"{_ALL}/ID"), 200),
    (f"PATCH {_TC}", _on_comment("PATCH", f"{_ALL}/ID", body="Hm!"), 200),
    (f"DELETE {_TC}", _on_comment("DELETE", f"{_ALL}/ID"), 204),
    (f"GET {_TC}/reactions", _on_comment("GET", f"{_ALL}/ID/reactions"), 200),
    (f"POST {_TC}/reactions", _on_comment("POST", f"{_ALL}/ID/reactions", content="eyes"), 201),
    (f"GET {_TP}/comments", _on_comment("GET", f"{PULL}/comments?since=2020-01-01T00:00:00Z"), 200),
    (f"POST {_TP}/comments", _comment_on_line, 201),
    (f"POST {_TP}/comments/{{comment_id}}/replies",
     _on_comment("POST", f"{PULL}/comments/ID/replies", body="Because."), 201),
)  # fmt: skip

ONE = f"{WEB}/issues/1"
_I = "/repos/{owner}/{repo}/issues/{issue_number}"


def _issue(hub: Hub) -> Issue:
    return hub.sandbox.open_issue("web", by="ann", title="A part")


def _child(hub: Hub) -> Issue:
    made = _issue(hub)
    hub.sandbox.add_sub_issue("web", 1, made.number, by="ann")
    return made


def _remove(hub: Hub) -> httpx.Response:
    body = {"sub_issue_id": _child(hub).id}
    return hub.http.request("DELETE", f"{ONE}/sub_issue", json=body)


def _order(hub: Hub) -> httpx.Response:
    body = {"sub_issue_id": _child(hub).id, "after_id": _child(hub).id}
    return hub.http.patch(f"{ONE}/sub_issues/priority", json=body)


def _parent(hub: Hub) -> httpx.Response:
    return hub.http.get(f"{WEB}/issues/{_child(hub).number}/parent")


def _listed(path: str) -> Ask:
    def ask(hub: Hub) -> httpx.Response:
        child = _child(hub)
        hub.sandbox.block_issue("web", 1, child.number, by="ann")
        return hub.http.get(f"{ONE}/{path}?per_page=100")

    return ask


def _unblock(hub: Hub) -> httpx.Response:
    blocker = _issue(hub)
    hub.sandbox.block_issue("web", 1, blocker.number, by="ann")
    return hub.http.delete(f"{ONE}/dependencies/blocked_by/{blocker.id}")


HIERARCHY: tuple[Case, ...] = (
    ("POST /repos/{owner}/{repo}/issues",
     lambda hub: hub.http.post(f"{WEB}/issues", json={"title": "T", "labels": ["bug"]}), 201),
    (f"GET {_I}/parent", _parent, 200),
    (f"GET {_I}/sub_issues", _listed("sub_issues"), 200),
    (f"POST {_I}/sub_issues",
     lambda hub: hub.http.post(f"{ONE}/sub_issues", json={"sub_issue_id": _issue(hub).id}), 201),
    (f"DELETE {_I}/sub_issue", _remove, 200),
    (f"PATCH {_I}/sub_issues/priority", _order, 200),
    (f"GET {_I}/dependencies/blocked_by", _listed("dependencies/blocked_by"), 200),
    (f"POST {_I}/dependencies/blocked_by",
     lambda hub: hub.http.post(f"{ONE}/dependencies/blocked_by",
                               json={"issue_id": _issue(hub).id}), 201),
    (f"DELETE {_I}/dependencies/blocked_by/{{issue_id}}", _unblock, 200),
    (f"GET {_I}/dependencies/blocking", _listed("dependencies/blocking"), 200),
)  # fmt: skip

RULES = {
    "required_status_checks": {"strict": True, "contexts": ["ci"]}, "enforce_admins": None,
    "required_pull_request_reviews": {"required_approving_review_count": 1}, "restrictions": None,
}  # fmt: skip
MAIN = f"{WEB}/branches/main/protection"


def _protected(method: str) -> Ask:
    def ask(hub: Hub) -> httpx.Response:
        assert hub.http.put(MAIN, json=RULES).status_code == 200
        return hub.http.request(method, MAIN)

    return ask


_R = "/repos/{owner}/{repo}"
_B = f"{_R}/branches/{{branch}}/protection"
REPOSITORIES: tuple[Case, ...] = (
    ("POST /orgs/{org}/repos",
     lambda hub: hub.http.post("/orgs/acme/repos", json={"name": "api", "private": True,
                                                         "description": "Ours"}), 201),
    (f"PATCH {_R}",
     lambda hub: hub.http.patch(WEB, json={"description": "Ours", "private": False}), 200),
    (f"DELETE {_R}", lambda hub: hub.http.delete(WEB), 204),
    (f"PUT {_R}/collaborators/{{username}}",
     lambda hub: hub.http.put(f"{WEB}/collaborators/ann", json={"permission": "push"}), 204),
    (f"GET {_R}/topics", lambda hub: hub.http.get(f"{WEB}/topics"), 200),
    (f"PUT {_R}/topics", lambda hub: hub.http.put(f"{WEB}/topics", json={"names": ["a"]}), 200),
    (f"GET {_B}", _protected("GET"), 200),
    (f"PUT {_B}", lambda hub: hub.http.put(MAIN, json=RULES), 200),
    (f"DELETE {_B}", _protected("DELETE"), 204),
)  # fmt: skip

CASES: tuple[Case, ...] = (*REVIEWS, *HIERARCHY, *REPOSITORIES)
