"""Webhooks: what is sent, signed how, in which order, and what goes wrong on request."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.flow.sandbox.conftest import Hub

WEB = "/repos/acme/web"


class Ear:
    """Remembers what it was sent."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                ear.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(202)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def names(self) -> list[str]:
        named = [(h["x-github-event"], json.loads(b).get("action")) for h, b in self.heard]
        return [f"{event}.{action}" if action else event for event, action in named]

    def payload(self, name: str) -> dict[str, Any]:
        index = self.names.index(name)
        parsed: dict[str, Any] = json.loads(self.heard[index][1])
        return parsed


@pytest.fixture
def ear(hub: Hub) -> Iterator[Ear]:
    ear = Ear()
    hub.sandbox.webhook_url = ear.url
    yield ear
    hub.sandbox.wait_idle()
    ear.server.shutdown()
    ear.server.server_close()
    ear.thread.join()


def test_issue_with_labels_is_told_once_and_once_per_label(hub: Hub, ear: Ear) -> None:
    hub.sandbox.open_issue("web", by="ann", title="T", labels=["bug", "question"])
    hub.sandbox.wait_idle()
    assert ear.names == ["issues.opened", "issues.labeled", "issues.labeled"]
    labels = [label["name"] for label in ear.payload("issues.opened")["issue"]["labels"]]
    assert labels == ["bug", "question"]


def test_everything_an_issue_can_do(hub: Hub, ear: Ear) -> None:
    box = hub.sandbox
    box.edit_issue("web", 1, by="ann", title="New", body="Other")
    box.add_label("web", 1, "question", by="ann")
    box.remove_label("web", 1, "question", by="ann")
    box.close_issue("web", 1, by="ann")
    box.reopen_issue("web", 1, by="ann")
    comment = box.comment("web", 1, "hi", by="bob")
    box.edit_comment("web", comment.id, "ho", by="bob")
    box.wait_idle()
    assert ear.names == [
        "issues.edited", "issues.labeled", "issues.unlabeled", "issues.closed", "issues.reopened",
        "issue_comment.created", "issue_comment.edited",
    ]  # fmt: skip
    changes = ear.payload("issues.edited")["changes"]
    assert changes == {"title": {"from": "Say hello"}, "body": {"from": "Please."}}
    created = ear.payload("issue_comment.created")
    assert created["sender"]["login"] == created["comment"]["user"]["login"] == "bob"
    assert created["installation"]["id"] == box.app.installation_id


def test_what_changes_nothing_is_not_told(hub: Hub, ear: Ear) -> None:
    hub.sandbox.add_label("web", 1, "bug", by="ann")
    hub.sandbox.edit_issue("web", 1, by="ann", title="Say hello")
    hub.sandbox.reopen_issue("web", 1, by="ann")
    hub.sandbox.wait_idle()
    assert ear.names == []


def test_a_pull_requests_life(hub: Hub, ear: Ear) -> None:
    hub.branch("feature")
    body = {"title": "T", "head": "feature", "base": "main", "body": "Fixes #1"}
    number = hub.http.post(f"{WEB}/pulls", json=body).json()["number"]
    work = hub.folder / "work-feature"
    hub.git("commit", "-q", "--allow-empty", "-m", "More", at=work)
    hub.git("push", "-q", at=work)
    hub.sandbox.merge_pull_request("web", number, by="ann")
    hub.sandbox.wait_idle()
    assert ear.names == [
        "push", "pull_request.opened", "push", "pull_request.synchronize",
        "pull_request.closed", "issues.closed", "push",
    ]  # fmt: skip
    push = ear.payload("push")
    assert (push["ref"], push["created"], push["before"]) == (
        "refs/heads/feature", True, "0" * 40,
    )  # fmt: skip
    assert push["commits"][0]["added"] == ["a.py"]
    synchronize = ear.payload("pull_request.synchronize")
    assert synchronize["before"] == push["after"]
    closed = ear.payload("pull_request.closed")
    assert closed["pull_request"]["merged"] is True
    assert closed["sender"]["login"] == "ann"
    assert ear.payload("issues.closed")["sender"]["login"] == "ann"


def test_what_the_app_does_is_told_too(hub: Hub, ear: Ear) -> None:
    hub.http.post(f"{WEB}/issues/1/comments", json={"body": "I am on it"})
    hub.sandbox.wait_idle()
    payload = ear.payload("issue_comment.created")
    assert (payload["sender"]["login"], payload["sender"]["type"]) == ("orc[bot]", "Bot")
    assert payload["comment"]["performed_via_github_app"]["id"] == hub.sandbox.app.id


def test_check_runs_are_told(hub: Hub, ear: Ear) -> None:
    sha = hub.sandbox.branches("web")["main"]
    body = {"name": "verdict", "head_sha": sha, "conclusion": "success"}
    hub.http.post(f"{WEB}/check-runs", json=body)
    hub.sandbox.wait_idle()
    assert ear.names == ["check_run.created", "check_run.completed"]


def test_what_every_app_hears(hub: Hub, ear: Ear) -> None:
    hub.sandbox.ping()
    hub.sandbox.announce_installation()
    hub.sandbox.create_repository("second")
    hub.sandbox.wait_idle()
    assert ear.names == [
        "ping", "installation.created", "repository.created", "installation_repositories.added",
    ]  # fmt: skip


def test_headers_and_signatures(hub: Hub, ear: Ear) -> None:
    hub.sandbox.close_issue("web", 1, by="ann")
    hub.sandbox.wait_idle()
    headers, body = ear.heard[0]
    secret = hub.sandbox.app.webhook_secret.encode()
    digest = hmac.new(secret, body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={digest}"
    assert headers["user-agent"].startswith("GitHub-Hookshot/")
    assert headers["x-github-hook-installation-target-id"] == str(hub.sandbox.app.id)
    assert headers["x-github-hook-installation-target-type"] == "integration"
    assert headers["x-github-delivery"] == hub.sandbox.deliveries[0].guid


def test_held_deliveries_come_in_any_order(hub: Hub, ear: Ear) -> None:
    hub.sandbox.hold_deliveries()
    hub.sandbox.close_issue("web", 1, by="ann")
    hub.sandbox.reopen_issue("web", 1, by="ann")
    hub.sandbox.wait_idle()
    assert ear.names == []
    hub.sandbox.release_deliveries(lambda held: held[::-1])
    hub.sandbox.wait_idle()
    assert ear.names == ["issues.reopened", "issues.closed"]


def test_dropped_deliveries_can_be_sent_again(hub: Hub, ear: Ear) -> None:
    hub.sandbox.drop_deliveries(True)
    hub.sandbox.close_issue("web", 1, by="ann")
    hub.sandbox.wait_idle()
    lost = hub.sandbox.deliveries[0]
    assert (lost.status_code, ear.names) == (502, [])
    hub.sandbox.drop_deliveries(False)
    headers = {"authorization": f"Bearer {hub.jwt()}"}
    assert hub.http.post(f"/app/hook/deliveries/{lost.id}/attempts", headers=headers).is_success
    hub.sandbox.wait_idle()
    again = hub.sandbox.deliveries[1]
    assert (again.guid, again.redelivery, again.status_code) == (lost.guid, True, 202)
    assert ear.heard[0][1] == lost.body


def test_duplicates_share_a_guid(hub: Hub, ear: Ear) -> None:
    hub.sandbox.duplicate_deliveries(3)
    hub.sandbox.close_issue("web", 1, by="ann")
    hub.sandbox.wait_idle()
    guids = {headers["x-github-delivery"] for headers, _ in ear.heard}
    assert (len(ear.heard), len(guids)) == (3, 1)


def test_deliveries_are_listed_newest_first_by_cursor(hub: Hub, ear: Ear) -> None:
    hub.sandbox.close_issue("web", 1, by="ann")
    hub.sandbox.reopen_issue("web", 1, by="ann")
    hub.sandbox.wait_idle()
    headers = {"authorization": f"Bearer {hub.jwt()}"}
    first = hub.http.get("/app/hook/deliveries?per_page=1", headers=headers)
    assert [one["action"] for one in first.json()] == ["reopened"]
    second = hub.http.get(first.links["next"]["url"], headers=headers)
    assert [one["action"] for one in second.json()] == ["closed"]
    assert "next" not in second.links


def test_deliveries_are_forgotten_after_three_days(hub: Hub, ear: Ear) -> None:
    hub.sandbox.close_issue("web", 1, by="ann")
    hub.sandbox.wait_idle()
    path = f"/app/hook/deliveries/{hub.sandbox.deliveries[0].id}"
    hub.sandbox.advance(3 * 86_400 + 5)
    headers = {"authorization": f"Bearer {hub.jwt()}"}
    assert hub.http.get("/app/hook/deliveries", headers=headers).json() == []
    assert hub.http.get(path, headers=headers).status_code == 404
    assert hub.http.post(f"{path}/attempts", headers=headers).status_code == 404
