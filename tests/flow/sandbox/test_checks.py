"""Check runs: bound to a commit that exists, changed by rules, listed by commit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.sandbox.conftest import Hub

RUNS = "/repos/acme/web/check-runs"


def _make(hub: Hub, **more: Any) -> dict[str, Any]:
    body = {"name": "verdict", "head_sha": hub.sandbox.branches("web")["main"], **more}
    answer = hub.http.post(RUNS, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_conclusion_completes_it(hub: Hub) -> None:
    made = _make(hub)
    assert (made["status"], made["conclusion"]) == ("queued", None)
    done = hub.http.patch(f"{RUNS}/{made['id']}", json={"conclusion": "failure"}).json()
    assert (done["status"], done["conclusion"]) == ("completed", "failure")
    assert done["completed_at"]
    again = hub.http.patch(f"{RUNS}/{made['id']}", json={"status": "in_progress"}).json()
    assert (again["status"], again["conclusion"], again["completed_at"]) == (
        "in_progress", None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        {"status": "completed"},
        {"conclusion": "splendid"},
        {"conclusion": 1},
        {"status": "ajar"},
        {"started_at": "yesterday"},
        {"started_at": "2026-01-01T00:00:00"},
        {"output": []},
        {"output": {"title": "t"}},
        {"output": {"title": "t", "summary": 1}},
        {"output": {"title": "t", "summary": "x" * 65_536}},
        {"name": " "},
        {"head_sha": "b" * 40},
    ],
    ids=str,
)
def test_refused(hub: Hub, body: dict[str, Any]) -> None:
    base = {"name": "verdict", "head_sha": hub.sandbox.branches("web")["main"]}
    assert hub.http.post(RUNS, json=base | body).status_code == 422
    assert hub.sandbox.check_runs("web") == []


def test_annotations_are_not_there_yet(hub: Hub) -> None:
    base = {"name": "verdict", "head_sha": hub.sandbox.branches("web")["main"]}
    output = {"title": "t", "summary": "s", "annotations": [{"path": "a"}]}
    assert hub.http.post(RUNS, json=base | {"output": output}).status_code == 501


def test_latest_of_each_name_is_listed(hub: Hub) -> None:
    first, second = _make(hub), _make(hub, conclusion="success")
    other = _make(hub, name="lint")
    url = "/repos/acme/web/commits/main/check-runs"
    latest = hub.http.get(url).json()
    assert latest["total_count"] == 2
    assert {run["id"] for run in latest["check_runs"]} == {second["id"], other["id"]}
    every = hub.http.get(f"{url}?filter=all&check_name=verdict").json()
    assert {run["id"] for run in every["check_runs"]} == {first["id"], second["id"]}
    assert first["check_suite"]["id"] == other["check_suite"]["id"]


def test_pull_requests_of_the_commit_are_named(hub: Hub) -> None:
    sha = hub.branch("feature")
    hub.sandbox.open_pull_request("web", by="ann", title="T", head="feature")
    made = _make(hub, head_sha=sha)
    assert [pull["number"] for pull in made["pull_requests"]] == [2]
