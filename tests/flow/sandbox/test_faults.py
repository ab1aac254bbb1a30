"""Faults: each kind does exactly what it says, as often as it was told."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

import httpx
import pytest

from app.sandbox import Fault, Sandbox
from tests.flow.sandbox.conftest import Hub

COMMENTS = "/repos/acme/web/issues/1/comments"
ROUTE = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments"
ADD = """mutation Say($id: ID!) {
  a: addComment(input: {subjectId: $id, body: "one"}) { commentEdge { node { body } } }
  b: addComment(input: {subjectId: $id, body: "two"}) { commentEdge { node { body } } }
}"""


def _say(hub: Hub) -> httpx.Response:
    return hub.http.post(COMMENTS, json={"body": "hi"})


def _said(hub: Hub) -> list[str]:
    return [comment.body for comment in hub.sandbox.comments("web", 1)]


def test_fail_does_nothing_and_then_is_over(hub: Hub) -> None:
    hub.sandbox.inject(Fault(ROUTE, "fail", times=2, status=503))
    assert [_say(hub).status_code for _ in range(3)] == [503, 503, 201]
    assert _said(hub) == ["hi"]
    assert hub.sandbox.pending_faults == []


def test_write_then_fail_has_written(hub: Hub) -> None:
    hub.sandbox.inject(Fault(ROUTE, "write_then_fail"))
    assert _say(hub).status_code == 502
    assert _said(hub) == ["hi"]
    assert hub.sandbox.requests[-1].content == 1


def test_write_then_drop_has_written_and_says_nothing(hub: Hub) -> None:
    hub.sandbox.inject(Fault("POST *", "write_then_drop"))
    with pytest.raises(httpx.RemoteProtocolError):
        _say(hub)
    assert _said(hub) == ["hi"]
    assert hub.sandbox.requests[-1].status == 0
    assert _say(hub).status_code == 201


def test_delay_takes_its_time(hub: Hub) -> None:
    hub.sandbox.inject(Fault(ROUTE, "delay", seconds=0.2))
    started = time.monotonic()
    assert _say(hub).status_code == 201
    assert time.monotonic() - started >= 0.2


def test_rate_limit(hub: Hub) -> None:
    hub.sandbox.inject(Fault(ROUTE, "rate_limit", seconds=30))
    answer = _say(hub)
    assert answer.status_code == 403
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert int(answer.headers["x-ratelimit-reset"]) > time.time()
    assert "API rate limit exceeded" in answer.json()["message"]
    assert _said(hub) == []


@pytest.mark.parametrize("status", [403, 429])
def test_secondary_limit(hub: Hub, status: int) -> None:
    hub.sandbox.inject(Fault(ROUTE, "secondary_limit", seconds=7, status=status))
    answer = _say(hub)
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "7")
    assert "secondary rate limit" in answer.json()["message"]


def test_unauthorized_once_though_the_token_is_good(hub: Hub) -> None:
    hub.sandbox.inject(Fault(ROUTE, "unauthorized"))
    assert [_say(hub).status_code for _ in range(2)] == [401, 201]


def test_stale_read_shows_what_was_before_the_last_write(hub: Hub) -> None:
    _say(hub)
    _say(hub)
    hub.sandbox.inject(Fault("GET */comments", "stale_read"))
    assert [len(hub.http.get(COMMENTS).json()) for _ in range(2)] == [1, 2]


def test_stale_read_in_graphql(hub: Hub) -> None:
    query = """query Look { repository(owner: "acme", name: "web") {
        issue(number: 1) { state } labels(first: 1, query: "fresh") { totalCount } } }"""
    hub.sandbox.close_issue("web", 1, by="ann")
    hub.sandbox.inject(Fault("graphql:Look", "stale_read"))
    states = [hub.data(query)["repository"]["issue"]["state"] for _ in range(2)]
    assert states == ["OPEN", "CLOSED"]


def test_stale_read_waits_for_a_read(hub: Hub) -> None:
    hub.sandbox.inject(Fault("*", "stale_read"))
    assert _say(hub).status_code == 201
    assert len(hub.sandbox.pending_faults) == 1


def test_partial_does_the_first_mutation_only(hub: Hub) -> None:
    hub.sandbox.inject(Fault("graphql:Say", "partial"))
    answer = hub.query(ADD, id=hub.sandbox.issue("web", 1).node_id)
    assert answer["data"]["a"] is not None
    assert answer["data"]["b"] is None
    assert [error["path"] for error in answer["errors"]] == [["b"]]
    assert _said(hub) == ["one"]
    assert hub.sandbox.requests[-1].content == 1


def test_graphql_rate_limit_comes_in_a_200(hub: Hub) -> None:
    hub.sandbox.inject(Fault("graphql:*", "rate_limit"))
    answer = hub.http.post(hub.sandbox.graphql_url, json={"query": "{ viewer { login } }"})
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (200, "0")
    assert answer.json()["errors"][0]["type"] == "RATE_LIMITED"


def test_git_push_can_be_lost_after_the_fact(hub: Hub) -> None:
    hub.sandbox.inject(Fault("git:push", "fail", times=9))
    with pytest.raises(Exception, match="returned non-zero"):
        hub.branch("first")
    hub.sandbox.clear_faults()
    assert "first" not in hub.sandbox.branches("web")
    assert hub.branch("second") == hub.sandbox.branches("web")["second"]


@pytest.mark.parametrize("kind", ["write_then_fail", "write_then_drop"])
def test_a_push_that_arrived_though_git_heard_nothing(hub: Hub, kind: str) -> None:
    work = hub.folder / "work"
    hub.git("clone", "-q", hub.remote(), str(work))
    hub.git("commit", "-q", "--allow-empty", "-m", "More", at=work)
    hub.sandbox.inject(Fault("git:push", kind))  # type: ignore[arg-type]
    done = hub.git("push", "-q", "origin", "HEAD:feature", at=work, check=False)
    assert done.returncode
    assert "feature" in hub.sandbox.branches("web")
    # On a dropped connection curl asks once more by itself, and is told that the branch exists.
    statuses = [record.status for record in hub.sandbox.git_requests]
    assert (0 if kind == "write_then_drop" else 502) in statuses


def test_git_unauthorized_once_though_the_token_is_good(hub: Hub) -> None:
    hub.sandbox.inject(Fault("git:fetch", "unauthorized"))
    codes = [hub.git("ls-remote", hub.remote(), check=False).returncode for _ in range(2)]
    assert [bool(code) for code in codes] == [True, False]


def test_stopping_does_not_wait_for_a_delayed_answer(hub: Hub, tmp_path: Path) -> None:
    box = Sandbox(tmp_path / "second", manifest={})
    box.inject(Fault("*", "delay", seconds=30))

    def ask() -> None:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"{box.api_url}/app", timeout=20, trust_env=False)

    with box:
        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.2)
    asking.join(5)
