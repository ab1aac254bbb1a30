from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.backend.application import application
from app.backend.notes import LARGEST


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(application()) as client:
        yield client


def test_it_is_healthy(client: TestClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_note_that_was_added_is_listed(client: TestClient) -> None:
    added = client.post("/notes", json={"text": "buy milk"})
    assert (added.status_code, added.json()) == (201, {"number": 1, "text": "buy milk"})
    assert client.get("/notes").json() == [added.json()]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"[]", 422),
        (b"\xff", 422),
        (b'{"text": 1}', 422),
        (b'{"text": " "}', 422),
        (b'{"text": "a", "number": 7}', 422),
        (b" " * (LARGEST + 1), 413),
    ],
    ids=["empty", "list", "no-utf8", "number", "blank", "more-keys", "too-large"],
)
def test_what_is_no_note_is_refused(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post("/notes", content=body)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert client.get("/notes").json() == []
