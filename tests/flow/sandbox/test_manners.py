"""What every REST answer has: pages, ETags, limits, error bodies; and no input fells the server."""

from __future__ import annotations

import logging
import string
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flow.sandbox.conftest import Hub

WEB = "/repos/acme/web"
COMMENTS = f"{WEB}/issues/1/comments"


def test_pages_link_to_each_other(hub: Hub) -> None:
    for number in range(5):
        hub.sandbox.comment("web", 1, str(number), by="ann")
    url, bodies = f"{COMMENTS}?per_page=2", []
    while url:
        answer = hub.http.get(url)
        bodies += [comment["body"] for comment in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    assert bodies == ["0", "1", "2", "3", "4"]
    assert answer.links.keys() == {"prev", "first"}


def test_an_etag_answers_304_for_free(hub: Hub) -> None:
    first = hub.http.get(f"{WEB}/issues/1")
    again = hub.http.get(f"{WEB}/issues/1", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    used = [int(answer.headers["x-ratelimit-used"]) for answer in (first, again)]
    assert used[0] == used[1]
    hub.sandbox.close_issue("web", 1, by="ann")
    changed = hub.http.get(f"{WEB}/issues/1", headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200


def test_the_hourly_limit(hub: Hub) -> None:
    hub.sandbox.limits.primary = 3
    answers = [hub.http.get(WEB) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 403]
    remaining = [answer.headers["x-ratelimit-remaining"] for answer in answers]
    assert remaining == ["2", "1", "0", "0"]
    assert hub.http.get("/rate_limit").json()["rate"]["remaining"] == 0
    hub.sandbox.advance(3599)
    hub.login()
    hub.sandbox.advance(2)
    assert hub.http.get(WEB).status_code == 200


def test_the_content_limit_counts_both_doors(hub: Hub) -> None:
    hub.sandbox.limits.content_per_minute = 2
    say = """mutation Say($id: ID!) {
      addComment(input: {subjectId: $id, body: "x"}) { clientMutationId } }"""
    hub.data(say, id=hub.sandbox.issue("web", 1).node_id)
    assert hub.http.post(COMMENTS, json={"body": "x"}).status_code == 201
    refused = hub.http.post(COMMENTS, json={"body": "x"})
    assert refused.status_code == 403
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert hub.http.post(f"{WEB}/issues/1/reactions", json={"content": "+1"}).status_code == 201
    body = {"query": say, "variables": {"id": hub.sandbox.issue("web", 1).node_id}}
    assert hub.http.post(hub.sandbox.graphql_url, json=body).status_code == 403
    hub.sandbox.advance(60)
    assert hub.http.post(COMMENTS, json={"body": "x"}).status_code == 201


def test_a_reaction_is_there_once(hub: Hub) -> None:
    codes, ids = [], set()
    for _ in range(2):
        answer = hub.http.post(f"{WEB}/issues/1/reactions", json={"content": "rocket"})
        codes.append(answer.status_code)
        ids.add(answer.json()["id"])
    assert (codes, len(ids)) == ([201, 200], 1)


def test_unknown_paths_are_recorded(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    hub.sandbox.observers.clear()  # the contract would object, rightly
    with caplog.at_level(logging.WARNING):
        answer = hub.http.get("/repos/acme/web/wishes")
    assert answer.status_code == 404
    assert hub.sandbox.requests[-1].route == "unknown"
    assert "does not know GET /repos/acme/web/wishes" in caplog.text


def test_what_the_sandbox_lacks_it_says_loudly(hub: Hub) -> None:
    answer = hub.http.patch(f"{WEB}/issues/1", json={"assignees": ["ann"]})
    assert answer.status_code == 501
    assert "assignees" in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", COMMENTS, b"{", 400),
        ("POST", COMMENTS, b"[]", 400),
        ("POST", COMMENTS, b'"x"', 400),
        ("POST", COMMENTS, b"{}", 422),
        ("POST", COMMENTS, b'{"body": 3}', 422),
        ("POST", COMMENTS, b'{"body": " "}', 422),
        ("POST", COMMENTS, b'{"body": "\\ud800"}', 400),
        ("POST", f"{WEB}/issues/999/comments", b'{"body": "x"}', 404),
        ("POST", f"{WEB}/labels", b'{"name": "BUG"}', 422),
        ("POST", f"{WEB}/labels", b'{"name": "x", "color": "#ff0000"}', 422),
        ("POST", f"{WEB}/issues/1/labels", b'{"labels": [1]}', 422),
        ("DELETE", f"{WEB}/issues/1/labels/question", b"", 404),
        ("POST", f"{WEB}/check-runs", b'{"name": "x", "head_sha": "abc"}', 422),
        ("PATCH", f"{WEB}/check-runs/1", b'{"status": "completed"}', 404),
        ("DELETE", f"{WEB}/git/refs/heads/main", b"", 422),
        ("DELETE", f"{WEB}/git/refs/heads/none", b"", 422),
        ("GET", f"{WEB}/issues/99999999999999999999", b"", 404),
        ("GET", f"{WEB}/contents/..%2F..%2Fetc%2Fpasswd", b"", 404),
        ("GET", f"{WEB}/contents/a%00b", b"", 404),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_bad_requests(hub: Hub, method: str, path: str, content: bytes, status: int) -> None:
    url = httpx.URL(hub.sandbox.url).copy_with(raw_path=f"/api/v3{path}".encode())
    answer = hub.http.request(method, url, content=content)
    assert answer.status_code == status, answer.text
    assert answer.json().keys() >= {"message", "documentation_url", "status"}


_TEXT = st.text(alphabet=string.printable + "äß☃\x00\u202e", max_size=40)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)
_FIELDS = (
    "body", "title", "head", "base", "name", "labels", "state", "content", "output", "head_sha",
    "permissions", "repositories", "color", "sha", "query", "variables",
)  # fmt: skip
_BODY = st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=5)
_WRITES = (
    ("POST", COMMENTS), ("POST", f"{WEB}/pulls"), ("POST", f"{WEB}/labels"),
    ("POST", f"{WEB}/issues/1/labels"), ("PATCH", f"{WEB}/issues/1"),
    ("POST", f"{WEB}/check-runs"), ("POST", f"{WEB}/issues/1/reactions"),
    ("PUT", f"{WEB}/pulls/1/merge"), ("POST", "graphql"),
)  # fmt: skip


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(target=st.sampled_from(_WRITES), body=_BODY)
def test_no_body_makes_it_fall_over(hub: Hub, target: tuple[str, str], body: Any) -> None:
    hub.sandbox.observers.clear()
    hub.sandbox.limits.content_per_minute = hub.sandbox.limits.content_per_hour = 10**6
    method, path = target
    url = hub.sandbox.graphql_url if path == "graphql" else path
    assert hub.http.request(method, url, json=body).status_code != 500


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.binary(max_size=30), tail=st.sampled_from(["", "/comments", "/labels/x", "?page=z"]))
def test_no_path_makes_it_fall_over(hub: Hub, path: bytes, tail: str) -> None:
    hub.sandbox.observers.clear()
    quoted = "".join(f"%{byte:02X}" for byte in path)
    for start in (f"{WEB}/issues/", f"{WEB}/contents/", f"{WEB}/git/ref/", "/repos/acme/"):
        assert hub.http.get(f"{start}{quoted}{tail}").status_code != 500


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/vnd.github+json", 200),
        ("application/vnd.github.v3+json", 200),
        ("*/*", 200),
        ("application/vnd.github.raw+json", 501),
        ("application/vnd.github.v3.raw", 501),
    ],
)
def test_media_types(hub: Hub, accept: str, status: int) -> None:
    answer = hub.http.get(f"{WEB}/contents/README.md", headers={"accept": accept})
    assert answer.status_code == status


def test_a_folder_is_not_a_file(hub: Hub) -> None:
    hub.sandbox.write_file("web", "docs/a.md", "a", by="ann")
    assert hub.http.get(f"{WEB}/contents/docs").status_code == 501
    assert hub.http.get(f"{WEB}/contents/docs/b.md").status_code == 404
