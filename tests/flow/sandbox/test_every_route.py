"""Each REST route once through the real server, its answer held against GitHub's description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.sandbox.rest import ROUTES
from tests.flow.sandbox import actions_cases, route_cases
from tests.flow.sandbox.conftest import Hub

WEB = "/repos/acme/web"
Case = tuple[str, Callable[[Hub], httpx.Response], int]


def _jwt(hub: Hub) -> dict[str, str]:
    return {"authorization": f"Bearer {hub.jwt()}"}


def _get(path: str) -> Callable[[Hub], httpx.Response]:
    return lambda hub: hub.http.get(path)


def _post(path: str, **body: Any) -> Callable[[Hub], httpx.Response]:
    return lambda hub: hub.http.post(path, json=body)


def _app(path: str) -> Callable[[Hub], httpx.Response]:
    return lambda hub: hub.http.get(path, headers=_jwt(hub))


def _comment(hub: Hub) -> str:
    made = hub.http.post(f"{WEB}/issues/1/comments", json={"body": "hi"})
    return f"{WEB}/issues/comments/{made.json()['id']}"


def _pull(hub: Hub) -> str:
    hub.branch("feature")
    body = {"title": "Hello", "head": "feature", "base": "main", "body": "Closes #1"}
    made = hub.http.post(f"{WEB}/pulls", json=body)
    return f"{WEB}/pulls/{made.json()['number']}"


def _check(hub: Hub) -> str:
    body = {"name": "verdict", "head_sha": hub.sandbox.branches("web")["main"]}
    made = hub.http.post(f"{WEB}/check-runs", json=body)
    return f"{WEB}/check-runs/{made.json()['id']}"


def _new_pull(hub: Hub) -> httpx.Response:
    hub.branch("feature")
    return hub.http.post(f"{WEB}/pulls", json={"title": "T", "head": "feature", "base": "main"})


def _new_check(hub: Hub) -> httpx.Response:
    output = {"title": "Green", "summary": "All passed", "text": "…"}
    body = {
        "name": "verdict", "head_sha": hub.sandbox.branches("web")["main"], "output": output,
        "status": "completed", "conclusion": "success", "external_id": "1:2",
        "details_url": "http://127.0.0.1/x", "started_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    return hub.http.post(f"{WEB}/check-runs", json=body)


def _delivered(hub: Hub) -> str:
    hub.sandbox.webhook_url = "http://127.0.0.1:9/nobody"
    hub.sandbox.close_issue("web", 1, by="ann")
    hub.sandbox.wait_idle()
    return f"/app/hook/deliveries/{hub.sandbox.deliveries[0].id}"


def _deliveries(hub: Hub) -> httpx.Response:
    _delivered(hub)
    return hub.http.get("/app/hook/deliveries", headers=_jwt(hub))


def _delete_branch(hub: Hub) -> httpx.Response:
    hub.branch("old/one")
    return hub.http.delete(f"{WEB}/git/refs/heads/old/one")


CASES: tuple[Case, ...] = (
    ("GET /app", _app("/app"), 200),
    ("GET /app/installations", _app("/app/installations"), 200),
    ("POST /app/installations/{installation_id}/access_tokens",
     lambda hub: hub.mint(repositories=["web"], permissions={"issues": "read"}), 201),
    ("GET /app/hook/deliveries", _deliveries, 200),
    ("GET /app/hook/deliveries/{delivery_id}",
     lambda hub: hub.http.get(_delivered(hub), headers=_jwt(hub)), 200),
    ("POST /app/hook/deliveries/{delivery_id}/attempts",
     lambda hub: hub.http.post(f"{_delivered(hub)}/attempts", headers=_jwt(hub)), 202),
    ("GET /installation/repositories", _get("/installation/repositories"), 200),
    ("GET /rate_limit", _get("/rate_limit"), 200),
    ("GET /repos/{owner}/{repo}", _get(WEB), 200),
    ("GET /repos/{owner}/{repo}/contents/{path}", _get(f"{WEB}/contents/README.md?ref=main"), 200),
    ("GET /repos/{owner}/{repo}/collaborators/{username}/permission",
     _get(f"{WEB}/collaborators/ann/permission"), 200),
    ("GET /repos/{owner}/{repo}/labels", _get(f"{WEB}/labels"), 200),
    ("POST /repos/{owner}/{repo}/labels",
     _post(f"{WEB}/labels", name="orc:queued", color="ff0000", description="Waits"), 201),
    ("GET /repos/{owner}/{repo}/git/ref/{ref}", _get(f"{WEB}/git/ref/heads/main"), 200),
    ("DELETE /repos/{owner}/{repo}/git/refs/{ref}", _delete_branch, 204),
    ("GET /repos/{owner}/{repo}/issues/{issue_number}", _get(f"{WEB}/issues/1"), 200),
    ("PATCH /repos/{owner}/{repo}/issues/{issue_number}",
     lambda hub: hub.http.patch(f"{WEB}/issues/1", json={"state": "closed", "title": "New",
                                                         "state_reason": "not_planned"}), 200),
    ("GET /repos/{owner}/{repo}/issues/{issue_number}/labels", _get(f"{WEB}/issues/1/labels"), 200),
    ("POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
     _post(f"{WEB}/issues/1/labels", labels=["orc:queued"]), 200),
    ("POST /repos/{owner}/{repo}/issues/{issue_number}/assignees",
     _post(f"{WEB}/issues/1/assignees", assignees=["ann", "nobody-at-all"]), 201),
    ("DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
     lambda hub: hub.http.delete(f"{WEB}/issues/1/labels/bug"), 200),
    ("GET /repos/{owner}/{repo}/issues/{issue_number}/reactions",
     _get(f"{WEB}/issues/1/reactions"), 200),
    ("POST /repos/{owner}/{repo}/issues/{issue_number}/reactions",
     _post(f"{WEB}/issues/1/reactions", content="eyes"), 201),
    ("GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
     _get(f"{WEB}/issues/1/comments?since=2020-01-01T00:00:00Z&per_page=5"), 200),
    ("POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
     _post(f"{WEB}/issues/1/comments", body="hi"), 201),
    ("GET /repos/{owner}/{repo}/issues/comments/{comment_id}",
     lambda hub: hub.http.get(_comment(hub)), 200),
    ("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
     lambda hub: hub.http.patch(_comment(hub), json={"body": "ho"}), 200),
    ("GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
     lambda hub: hub.http.get(f"{_comment(hub)}/reactions"), 200),
    ("POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
     lambda hub: hub.http.post(f"{_comment(hub)}/reactions", json={"content": "+1"}), 201),
    ("GET /repos/{owner}/{repo}/pulls", _get(f"{WEB}/pulls?state=all&head=acme:x&base=main"), 200),
    ("POST /repos/{owner}/{repo}/pulls", _new_pull, 201),
    ("GET /repos/{owner}/{repo}/pulls/{pull_number}", lambda hub: hub.http.get(_pull(hub)), 200),
    ("PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
     lambda hub: hub.http.patch(_pull(hub), json={"title": "U", "body": "Other."}), 200),
    ("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
     lambda hub: hub.http.put(f"{_pull(hub)}/merge", json={"merge_method": "squash"}), 200),
    ("POST /repos/{owner}/{repo}/check-runs", _new_check, 201),
    ("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
     lambda hub: hub.http.patch(_check(hub), json={"conclusion": "failure"}), 200),
    ("GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
     _get(f"{WEB}/commits/main/check-runs?check_name=verdict"), 200),
    *route_cases.CASES,
    *actions_cases.CASES,
)  # fmt: skip


@pytest.mark.parametrize(("route", "call", "status"), CASES, ids=[case[0] for case in CASES])
def test_answers_as_described(
    hub: Hub, route: str, call: Callable[[Hub], httpx.Response], status: int
) -> None:
    answer = call(hub)
    assert answer.status_code == status, answer.text
    last = hub.sandbox.requests[-1]
    assert f"{last.method} {last.route}" == route
    assert last.status == status


def test_no_route_is_forgotten() -> None:
    assert {f"{route.method} {route.name}" for route in ROUTES} == {case[0] for case in CASES}
