"""Tokens: what each may, for how long, and how GitHub says no."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.sandbox.conftest import Hub

WEB = "/repos/acme/web"


def test_a_token_dies_after_an_hour(hub: Hub) -> None:
    hub.sandbox.advance(3590)  # the machine may be slow meanwhile
    assert hub.http.get(WEB).status_code == 200
    hub.sandbox.advance(11)
    answer = hub.http.get(WEB)
    assert answer.status_code == 401
    assert answer.json() == {
        "message": "Bad credentials",
        "documentation_url": "https://docs.github.com/rest",
        "status": "401",
    }


def test_expiry_is_written_without_milliseconds(hub: Hub) -> None:
    assert hub.mint().json()["expires_at"].endswith("Z")
    assert len(hub.mint().json()["expires_at"]) == len("2026-01-01T00:00:00Z")


def test_a_narrowed_token_does_not_see_other_repositories(hub: Hub) -> None:
    hub.sandbox.create_repository("other")
    hub.login(repositories=["other"])
    assert hub.http.get("/repos/acme/other").status_code == 200
    assert hub.http.get(WEB).status_code == 404
    listed = hub.http.get("/installation/repositories").json()
    assert [repo["name"] for repo in listed["repositories"]] == ["other"]


def test_a_narrowed_token_only_reads_public_repositories(hub: Hub) -> None:
    hub.sandbox.create_repository("open", private=False)
    hub.login(repositories=["web"])
    assert hub.http.get("/repos/acme/open/labels").status_code == 200
    denied = hub.http.post("/repos/acme/open/labels", json={"name": "x"})
    assert denied.status_code == 403


@pytest.mark.parametrize(
    ("permissions", "method", "path", "body"),
    [
        ({"contents": "read"}, "GET", f"{WEB}/issues/1", None),
        ({"issues": "read"}, "POST", f"{WEB}/issues/1/comments", {"body": "x"}),
        ({"issues": "write"}, "GET", f"{WEB}/contents/README.md", None),
        ({"issues": "write"}, "POST", f"{WEB}/pulls", {"title": "t", "head": "a", "base": "main"}),
        ({"pull_requests": "write"}, "PUT", f"{WEB}/pulls/1/merge", {}),
        ({"contents": "write"}, "POST", f"{WEB}/check-runs", {"name": "x", "head_sha": "0" * 40}),
        ({"contents": "read"}, "DELETE", f"{WEB}/git/refs/heads/main", None),
    ],
    ids=["issue", "comment", "contents", "open-pull", "merge", "check", "delete-ref"],
)
def test_without_the_permission(
    hub: Hub, permissions: dict[str, str], method: str, path: str, body: Any
) -> None:
    hub.login(permissions=permissions)
    answer = hub.http.request(method, path, json=body)
    assert answer.status_code == 403
    assert answer.json()["message"] == "Resource not accessible by integration"
    assert "=" in answer.headers["x-accepted-github-permissions"]


@pytest.mark.parametrize(
    "body",
    [
        {"permissions": {"issues": "admin"}},
        {"permissions": {"workflows": "write"}},
        {"permissions": {"secrets": "read"}},
        {"repositories": ["nowhere"]},
        {"repository_ids": [1]},
    ],
    ids=str,
)
def test_nobody_gets_more_than_the_installation_has(hub: Hub, body: dict[str, Any]) -> None:
    assert hub.mint(**body).status_code == 422


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"iss": "12"}, "'Issuer' claim"),
        ({"iat": 9_999_999_999}, "'Issued at' claim"),
        ({"exp": 1_000_000_000}, "must be a numeric value"),
        ({"exp": 9_999_999_999}, "too far in the future"),
    ],
    ids=["issuer", "from-the-future", "expired", "too-long"],
)
def test_the_app_signs_in_by_the_rules(hub: Hub, claims: dict[str, Any], words: str) -> None:
    headers = {"authorization": f"Bearer {hub.jwt(**claims)}"}
    answer = hub.http.get("/app", headers=headers)
    assert answer.status_code == 401
    assert words in answer.json()["message"]


def test_each_door_wants_its_own_key(hub: Hub) -> None:
    app_with_token = hub.http.get("/app")
    assert app_with_token.status_code == 401
    assert app_with_token.json()["message"] == "A JSON web token could not be decoded"
    repo_with_jwt = hub.http.get(WEB, headers={"authorization": f"Bearer {hub.jwt()}"})
    assert repo_with_jwt.status_code == 401
    del hub.http.headers["authorization"]
    assert hub.http.get(WEB).json()["message"] == "Requires authentication"


@pytest.mark.parametrize(
    ("login", "old", "role"),
    [("ann", "admin", "admin"), ("bob", "read", "read"), ("eve", "none", "none")],
)
def test_a_persons_permission(hub: Hub, login: str, old: str, role: str) -> None:
    answer = hub.http.get(f"{WEB}/collaborators/{login}/permission").json()
    assert (answer["permission"], answer["role_name"]) == (old, role)


@pytest.mark.parametrize(("role", "old"), [("maintain", "write"), ("triage", "read")])
def test_new_roles_have_old_names(hub: Hub, role: str, old: str) -> None:
    hub.sandbox.grant("web", "eve", role)
    answer = hub.http.get(f"{WEB}/collaborators/eve/permission").json()
    assert (answer["permission"], answer["role_name"]) == (old, role)


def test_people_need_a_role(hub: Hub) -> None:
    with pytest.raises(Exception, match=r"404 .*eve can't see acme/web"):
        hub.sandbox.comment("web", 1, "hi", by="eve")
    with pytest.raises(Exception, match="403 bob needs the role triage"):
        hub.sandbox.add_label("web", 1, "bug", by="bob")
    with pytest.raises(ValueError, match="add_person"):
        hub.sandbox.comment("web", 1, "hi", by="nobody")
