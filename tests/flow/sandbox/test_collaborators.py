"""Letting people in: which role that gives, to whom, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.ref import RepoRef
from app.engine.ports import Unanswered
from app.github.repositories import GitHubRepositories
from app.sandbox import Fault
from tests.flow.sandbox.client import client
from tests.flow.sandbox.conftest import Hub

PATH = "/repos/acme/web/collaborators"
ROUTE = "PUT /repos/{owner}/{repo}/collaborators/{username}"


@pytest.mark.parametrize(
    ("body", "role"),
    [
        ({}, "write"),
        ({"permission": "pull"}, "read"),
        ({"permission": "triage"}, "triage"),
        ({"permission": "push"}, "write"),
        ({"permission": "maintain"}, "maintain"),
        ({"permission": "admin"}, "admin"),
    ],
    ids=str,
)
def test_which_role_it_gives(hub: Hub, body: dict[str, Any], role: str) -> None:
    hub.sandbox.add_person("eve")
    assert hub.http.put(f"{PATH}/Eve", json=body).status_code == 204
    assert hub.http.get(f"{PATH}/eve/permission").json()["role_name"] == role


@pytest.mark.parametrize(
    ("login", "body", "status"),
    [("nobody", {}, 404), ("orc[bot]", {}, 404), ("eve", {"permission": "own"}, 422)],
    ids=["unknown", "an App", "no such role"],
)
def test_who_can_not_be_let_in(hub: Hub, login: str, body: dict[str, Any], status: int) -> None:
    hub.sandbox.add_person("eve")
    assert hub.http.put(f"{PATH}/{login}", json=body).status_code == status
    assert "eve" not in hub.sandbox.repository("web").roles


@pytest.mark.parametrize(
    "permissions", [{"administration": "read"}, {"contents": "write"}], ids=["reads", "contents"]
)
def test_which_token_may(hub: Hub, permissions: dict[str, str]) -> None:
    hub.sandbox.add_person("eve")
    hub.login(permissions=permissions)
    assert hub.http.put(f"{PATH}/eve", json={}).status_code == 403


# As we do it


def repo(hub: Hub) -> RepoRef:
    seen = hub.http.get("/repos/acme/web").json()
    installation = hub.http.get("/app/installations", headers=_app(hub)).json()[0]["id"]
    return RepoRef(seen["id"], "acme", "web", installation)


def _app(hub: Hub) -> dict[str, str]:
    return {"authorization": f"Bearer {hub.jwt()}"}


@pytest.mark.parametrize("kind", ["fail", "write_then_fail", "write_then_drop"])
async def test_an_answer_that_is_lost_hinders_nothing(hub: Hub, kind: Any) -> None:
    hub.sandbox.add_person("eve")
    hub.sandbox.inject(Fault(ROUTE, kind))
    async with client(hub) as we:
        await GitHubRepositories(we.api, b"", retry_seconds=0.0).invite(repo(hub), "eve")
    assert hub.sandbox.repository("web").roles["eve"] == "write"
    assert not hub.sandbox.pending_faults


@pytest.mark.parametrize("status", [403, 404, 422])
async def test_who_may_not_be_let_in_is_left_out(hub: Hub, status: int) -> None:
    """An organisation may have no outside collaborators; people leave."""
    hub.sandbox.inject(Fault(ROUTE, "fail", status=status))
    async with client(hub) as we:
        await GitHubRepositories(we.api, b"", retry_seconds=0.0).invite(repo(hub), "ann")


async def test_when_nothing_is_answered_it_says_so(hub: Hub) -> None:
    hub.sandbox.inject(Fault(ROUTE, "fail", times=9))
    async with client(hub) as we:
        with pytest.raises(Unanswered):
            await GitHubRepositories(we.api, b"", retry_seconds=0.0).invite(repo(hub), "ann")
    hub.sandbox.clear_faults()
