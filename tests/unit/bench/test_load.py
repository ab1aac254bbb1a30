"""The bench's own HTTP: requests that are whole, answers told from parts of answers."""

import hashlib
import hmac
from typing import Any

import pytest

from bench.load import Gun, request, whole
from bench.payloads import EVENTS, choose, sign

ANSWER = b"HTTP/1.1 202 Accepted\r\nDate: now\r\nContent-Length: 9\r\n\r\naccepted\n"


def test_an_answer_is_its_status_and_body() -> None:
    assert whole(ANSWER) == b"202 accepted\n"


def test_an_answer_without_a_body_is_whole() -> None:
    assert whole(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n") == b"401 "


@pytest.mark.parametrize("length", [0, 10, ANSWER.index(b"\r\n\r\n") + 4, len(ANSWER) - 1])
def test_a_part_of_an_answer_is_none(length: int) -> None:
    assert whole(ANSWER[:length]) is None


def test_every_request_has_a_guid_of_its_own() -> None:
    shot = sign("push", {"ref": "refs/heads/main"}, "secret")
    gun = Gun([request(shot, 8080)])
    sent = [gun.request() for _ in range(100)]
    guids = {head.partition(b"X-GitHub-Delivery: ")[2].partition(b"\r")[0] for head in sent}
    assert len(guids) == 100
    assert {len(guid) for guid in guids} == {32}


def test_a_request_is_signed_and_gives_its_length() -> None:
    shot = sign("push", {"ref": "refs/heads/main"}, "secret")
    head, _, body = Gun([request(shot, 8080)]).request().partition(b"\r\n\r\n")
    digest = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert f"X-Hub-Signature-256: sha256={digest}".encode() in head
    assert f"content-length: {len(body)}".encode() in head


def test_chosen_payloads_are_what_the_peers_have_handlers_for() -> None:
    def example(action: str, size: int = 1) -> dict[str, Any]:
        return {"action": action, "issue": {"body": "x" * size}}

    examples = {
        "issues": [example("opened", 9), example("locked"), example("opened", 3)],
        "issue_comment": [example("created"), example("deleted", 99)],
        "pull_request": [example("closed"), example("opened")],
        "push": [{"ref": "refs/heads/main"}],
    }
    chosen = choose(examples)
    kinds = [".".join(filter(None, (event, body.get("action")))) for event, body in chosen]
    assert kinds == [EVENTS[0], EVENTS[0], *EVENTS[1:], EVENTS[0]]
    assert all(body["installation"]["id"] for _, body in chosen)
