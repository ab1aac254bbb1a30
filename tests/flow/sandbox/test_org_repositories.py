"""Repositories that the App makes: names, the first push, events, and who may."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.checker import GitHubContract
from tests.flow.sandbox.conftest import MANIFEST, Hub, open_hub

NEW = "/orgs/acme/repos"
FOUNDER = MANIFEST["default_permissions"] | {"workflows": "write"}  # type: ignore[operator]


@pytest.fixture
def founder(tmp_path: Path, github_contract: GitHubContract) -> Iterator[Hub]:
    """As the hub, with an App that may write workflows too."""
    manifest = MANIFEST | {"default_permissions": FOUNDER}
    with open_hub(tmp_path, github_contract, manifest) as opened:
        yield opened


def make(hub: Hub, name: str = "api", **more: Any) -> httpx.Response:
    return hub.http.post(NEW, json={"name": name, "private": True, **more})


def project(hub: Hub, *paths: str, branch: str = "main") -> Path:
    """A first commit that is nowhere yet."""
    work = hub.folder / f"project-{branch}"
    hub.git("init", "-q", "-b", branch, str(work))
    for path in paths or ("README.md",):
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text("on: push\n")
    hub.git("add", ".", at=work)
    hub.git("commit", "-q", "-m", "Begin", at=work)
    return work


def push(
    hub: Hub, work: Path, ref: str = "main", *, force: bool = False, **token: Any
) -> subprocess.CompletedProcess[str]:
    remote = hub.remote(hub.token(**token), repo="api")
    options = ["-f"] if force else []
    return hub.git("push", "-q", *options, remote, f"HEAD:refs/heads/{ref}", at=work, check=False)


def told(hub: Hub) -> list[str]:
    hub.sandbox.wait_idle()
    return [f"{one.event}.{one.action}" for one in hub.sandbox.deliveries]


def test_it_is_there_empty_and_told_of(founder: Hub) -> None:
    founder.sandbox.webhook_url = "http://127.0.0.1:9/nobody"
    made = make(founder, description="Ours", homepage="https://api.example")
    assert made.status_code == 201
    assert (made.json()["full_name"], made.json()["private"]) == ("acme/api", True)
    assert told(founder) == ["repository.created", "installation_repositories.added"]
    assert founder.sandbox.deliveries[0].payload["sender"]["login"] == "orc[bot]"
    seen = founder.http.get("/repos/acme/api").json()
    assert (seen["description"], seen["homepage"]) == ("Ours", "https://api.example")
    document = '{ repository(owner: "acme", name: "api") { isEmpty defaultBranchRef { name } } }'
    shown = founder.data(document)["repository"]
    assert shown == {"isEmpty": True, "defaultBranchRef": None}
    names = {one["name"] for one in founder.http.get("/repos/acme/api/labels").json()}
    assert {"bug", "question"} <= names


@pytest.mark.parametrize(
    ("name", "made"),
    [("API v2", "API-v2"), ("weather_bot.x", "weather_bot.x"), ("ünder", "-nder")],
)
def test_what_a_name_cannot_hold_becomes_a_hyphen(hub: Hub, name: str, made: str) -> None:
    assert make(hub, name).json()["name"] == made


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": "web"}, "name already exists on this account"),
        ({"name": "WEB"}, "name already exists on this account"),
        ({"name": "x" * 101}, "name is too long (maximum is 100 characters)"),
        ({"name": ".."}, "name is invalid"),
        ({"name": "x.git"}, "name is invalid"),
        ({"name": "x", "description": "a\nb"}, "description control characters are not allowed"),
        ({"name": "x", "description": "d" * 351},
         "description cannot be more than 350 characters"),
    ],
    ids=["taken", "taken-in-capitals", "long", "dots", "git", "control", "long-description"],
)  # fmt: skip
def test_refused(hub: Hub, body: dict[str, str], message: str) -> None:
    answer = hub.http.post(NEW, json=body)
    assert answer.status_code == 422
    assert answer.json()["message"] == "Repository creation failed."
    assert answer.json()["errors"][0]["message"] == message
    assert set(hub.sandbox.state.repositories) == {"web"}


@pytest.mark.parametrize(
    ("token", "status"),
    [
        ({}, 201),
        ({"permissions": {"administration": "write"}}, 201),
        ({"permissions": {"administration": "read"}}, 403),
        ({"permissions": {"contents": "write"}}, 403),
        ({"permissions": {"administration": "write"}, "repositories": ["web"]}, 403),
    ],
    ids=["all", "administration", "reads", "contents", "one-repository"],
)
def test_which_token_may_make_one(hub: Hub, token: dict[str, Any], status: int) -> None:
    hub.login(**token)
    assert make(hub).status_code == status
    assert hub.http.post("/orgs/other/repos", json={"name": "x"}).status_code == 404


def test_the_first_push_fills_it(founder: Hub) -> None:
    made = make(founder).json()
    work = project(founder, "README.md", "app/main.py", ".github/workflows/ci.yml")
    plain: dict[str, Any] = {"repository_ids": [made["id"]], "permissions": {"contents": "write"}}
    refused = push(founder, work, **plain)
    assert "without `workflows` permission" in refused.stderr
    assert founder.sandbox.branches("api") == {}
    wider = {"contents": "write", "workflows": "write"}
    done = push(founder, work, **(plain | {"permissions": wider}))
    assert done.returncode == 0, done.stderr
    head = founder.git("rev-parse", "HEAD", at=work).stdout.strip()
    assert founder.sandbox.branches("api") == {"main": head}
    again = push(founder, work, **(plain | {"permissions": wider}))
    assert again.returncode == 0


def test_the_first_branch_becomes_the_default_one(founder: Hub) -> None:
    make(founder)
    push(founder, project(founder, branch="trunk"), "trunk")
    assert founder.http.get("/repos/acme/api").json()["default_branch"] == "trunk"


def test_with_a_first_commit(hub: Hub) -> None:
    make(hub, auto_init=True)
    assert list(hub.sandbox.branches("api")) == ["main"]


def test_topics(hub: Hub) -> None:
    path = "/repos/acme/web/topics"
    assert hub.http.put(path, json={"names": ["Orc", "python", "orc"]}).json() == {
        "names": ["orc", "python"]
    }
    assert hub.http.get("/repos/acme/web").json()["topics"] == ["orc", "python"]
    for wrong in (["no spaces"], ["x" * 51], [f"t{n}" for n in range(21)], ["-x"]):
        assert hub.http.put(path, json={"names": wrong}).status_code == 422
    hub.login(permissions={"contents": "write"})
    assert hub.http.put(path, json={"names": []}).status_code == 403


def test_changing_it(hub: Hub) -> None:
    hub.sandbox.webhook_url = "http://127.0.0.1:9/nobody"
    body = {"description": "New", "private": False, "archived": True}
    changed = hub.http.patch("/repos/acme/web", json=body).json()
    assert (changed["description"], changed["visibility"], changed["archived"]) == (
        "New", "public", True,
    )  # fmt: skip
    assert told(hub) == ["repository.publicized", "repository.archived", "repository.edited"]
    missing = hub.http.patch("/repos/acme/web", json={"default_branch": "no"})
    assert missing.status_code == 422


def test_a_deleted_one_leaves_its_name(founder: Hub) -> None:
    make(founder)
    work = project(founder)
    push(founder, work)
    assert founder.http.delete("/repos/acme/api").status_code == 204
    assert founder.http.get("/repos/acme/api").status_code == 404
    assert make(founder).status_code == 201
    assert founder.sandbox.branches("api") == {}
    head = founder.git("rev-parse", "HEAD", at=work).stdout.strip()
    gone = founder.http.post("/repos/acme/api/check-runs", json={"name": "x", "head_sha": head})
    assert gone.status_code == 422
