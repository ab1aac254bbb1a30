"""The checker itself: it accepts what is right and, above all, it can fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.sandbox import Sandbox
from tests.contract import schemas
from tests.contract.checker import GitHubContract, find

Json = dict[str, Any]
ISSUE = "/repos/acme/web/issues/1"
HEADERS = {"content-type": "application/json; charset=utf-8"}


@pytest.fixture(autouse=True)
def _described() -> None:
    schemas.need()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """A real comment and a real webhook of the sandbox, to spoil."""
    folder: Path = tmp_path_factory.mktemp("hub")
    seen: dict[str, Json] = {}

    class Keep:
        def request(self, *_: Any) -> None:
            """Nothing is asked."""

        def delivery(self, event: str, payload: Any) -> None:
            seen[event] = json.loads(json.dumps(payload))

    manifest = {"default_permissions": {"issues": "write"}, "default_events": ["issue_comment"]}
    with Sandbox(folder, manifest=manifest) as box:
        box.observers.append(Keep())
        box.add_person("ann")
        box.create_repository("web")
        box.grant("web", "ann", "admin")
        box.open_issue("web", by="ann", title="T")
        box.comment("web", 1, "hi", by="ann")
    return seen


def _request(
    method: str = "GET", path: str = ISSUE, *, query: dict[str, str] | None = None,
    body: Any = None, status: int = 200, answer: Any = None, raw: bytes | None = None,
) -> GitHubContract:  # fmt: skip
    contract = GitHubContract()
    sent = b"" if body is None else json.dumps(body).encode()
    got = raw if raw is not None else json.dumps(answer).encode()
    contract.request(method, path, "x", query or {}, {}, sent, status, HEADERS, got)
    return contract


def _spoil(key: str, value: Any) -> Callable[[Json], Json]:
    return lambda shape: shape | {key: value}


def _without(key: str) -> Callable[[Json], Json]:
    return lambda shape: {name: value for name, value in shape.items() if name != key}


SPOILT = [
    ("a missing field", _without("html_url"), "'html_url' is a required property"),
    ("a wrong type", _spoil("id", "7"), "$.id: '7' is not of type 'integer'"),
    ("an address that is none", _spoil("html_url", "over there"), "$.html_url"),
    ("a time that is none", _spoil("created_at", "yesterday"), "$.created_at"),
    ("null where it can't be", _spoil("updated_at", None), "$.updated_at"),
    ("an unknown word", _spoil("author_association", "FRIEND"), "$.author_association"),
    ("a spoilt part", _spoil("user", {"login": "ann"}), "$.user"),
]


@pytest.mark.parametrize(
    ("spoil", "words"), [row[1:] for row in SPOILT], ids=[r[0] for r in SPOILT]
)
def test_a_planted_wrong_answer_is_found(
    recorded: dict[str, Json], spoil: Callable[[Json], Json], words: str
) -> None:
    comment = recorded["issue_comment"]["comment"]
    path = "/repos/acme/web/issues/comments/1"
    _request(path=path, answer=comment).assert_clean()
    contract = _request(path=path, answer=spoil(comment))
    with pytest.raises(AssertionError, match="issues/comments") as caught:
        contract.assert_clean()
    assert words in str(caught.value)
    assert "GET /repos/{owner}/{repo}/issues/comments/{comment_id} → 200" in str(caught.value)
    contract.assert_clean()  # told once


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_without("sender"), "'sender' is a required property"),
        (_spoil("comment", {"id": 1}), "$.comment"),
        (_spoil("action", "whispered"), "GitHub sends no such event"),
        (_spoil("installation", {"id": "1"}), "$.installation"),
    ],
    ids=["no-sender", "half-a-comment", "no-such-action", "wrong-installation"],
)
def test_a_planted_wrong_webhook_is_found(
    recorded: dict[str, Json], spoil: Callable[[Json], Json], words: str
) -> None:
    contract = GitHubContract()
    contract.delivery("issue_comment", recorded["issue_comment"])
    contract.assert_clean()
    contract.delivery("issue_comment", spoil(recorded["issue_comment"]))
    with pytest.raises(AssertionError) as caught:
        contract.assert_clean()
    assert words in str(caught.value)


ERROR = {"message": "Not Found", "documentation_url": "https://x.test", "status": "404"}
REQUESTS = [
    ("unknown path", {"path": "/repos/acme/web/wishes", "status": 404, "answer": ERROR},
     "no such operation"),
    ("unknown method", {"method": "PUT", "status": 404, "answer": ERROR}, "no such operation"),
    ("unknown parameter", {"path": "/repos/acme/web/pulls", "query": {"author": "x"},
                           "answer": []}, "unknown query parameter author"),
    ("wrong parameter", {"path": "/repos/acme/web/pulls", "query": {"state": "ajar"},
                         "answer": []}, "query parameter state can't be 'ajar'"),
    ("unknown body key", {"method": "PUT", "path": "/repos/acme/web/pulls/1/merge",
                          "body": {"method": "squash"},
                          "answer": {"sha": "a", "merged": True, "message": "x"}},
     "does not know method"),
    ("wrong body", {"method": "POST", "path": f"{ISSUE}/comments", "body": {"body": 1},
                    "status": 201, "answer": {}}, "request body $.body"),
    ("no body wanted", {"method": "DELETE", "path": "/repos/acme/web/git/refs/heads/x",
                        "body": {"force": True}, "status": 204, "raw": b""}, "takes no body"),
    ("body with a 204", {"method": "DELETE", "path": "/repos/acme/web/git/refs/heads/x",
                         "status": 204, "raw": b"{}"}, "sends no body here"),
    ("undocumented status", {"status": 202, "answer": {}}, "does not answer with this status"),
    ("error without words", {"status": 404, "answer": {"error": "gone"}}, "error $"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "words"), [row[1:] for row in REQUESTS], ids=[row[0] for row in REQUESTS]
)
def test_a_planted_wrong_exchange_is_found(given: Json, words: str) -> None:
    with pytest.raises(AssertionError) as caught:
        _request(**given).assert_clean()
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "document",
    ["{ viewer { shoeSize } }", "{ repository { id } }", "{", "mutation { burn { ash } }"],
)
def test_a_planted_wrong_document_is_found(document: str) -> None:
    contract = GitHubContract()
    body = json.dumps({"query": document}).encode()
    answer = b'{"data": {}}'
    contract.request("POST", "/graphql", "graphql", {}, {}, body, 200, HEADERS, answer)
    with pytest.raises(AssertionError, match="would refuse the document"):
        contract.assert_clean()


@pytest.mark.parametrize(
    ("method", "path", "template"),
    [
        ("GET", "/repos/a/b/contents/x/y/z.py", "/repos/{owner}/{repo}/contents/{path}"),
        ("GET", "/repos/a/b/commits/feature%2Fx/check-runs",
         "/repos/{owner}/{repo}/commits/{ref}/check-runs"),
        ("GET", "/repos/a/b/git/ref/heads/feature/x", "/repos/{owner}/{repo}/git/ref/{ref}"),
        ("GET", "/repos/a/b/issues/comments/1",
         "/repos/{owner}/{repo}/issues/comments/{comment_id}"),
    ],
)  # fmt: skip
def test_paths_find_their_operation(method: str, path: str, template: str) -> None:
    operation = find(method, path)
    assert operation is not None
    assert operation.path == template
