"""The real door over real HTTP: what it takes, what it refuses; nothing makes it stumble."""

import copy
import hashlib
import hmac
import json
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

import app.wiring.app
from app.engine.inbox import Inbox
from app.github.webhook import EVENTS, MAX_BYTES
from app.sandbox import Fault
from tests.contract import schemas
from tests.flow.house import PATIENCE, REPO, WRITER, House
from tests.postgres import TEMPLATE, execute, named

MANY = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)
UNTAKEN = "ignored: an event we do not take"


def sha256(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@dataclass
class Door:
    """A house whose door is knocked at."""

    house: House
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=PATIENCE))

    @property
    def url(self) -> str:
        assert self.house.sandbox.webhook_url
        return self.house.sandbox.webhook_url

    @property
    def secret(self) -> str:
        return self.house.sandbox.app.webhook_secret

    def headers(self, body: bytes, event: str = "issues", guid: str = "") -> dict[str, str]:
        return {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": guid or str(uuid.uuid4()),
            "X-Hub-Signature-256": sha256(self.secret, body),
        }

    def post(self, body: bytes, event: str = "issues", guid: str = "") -> httpx.Response:
        """As GitHub would send it."""
        return self.client.post(self.url, content=body, headers=self.headers(body, event, guid))


@contextmanager
def door_of(folder: Path, server: str) -> Iterator[Door]:
    database = f"door_{uuid.uuid4().hex[:12]}"
    execute(server, f"create database {database} template {TEMPLATE}")
    with House(folder, named(server, database)) as house:
        house.start()
        door = Door(house)
        with door.client:
            yield door
    execute(server, f"drop database {database} with (force)")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[Door]:
    """One for all tests that leave nothing behind."""
    with door_of(tmp_path_factory.mktemp("door"), postgres_server) as made:
        yield made


@pytest.fixture
def payloads() -> Mapping[str, list[dict[str, Any]]]:
    """GitHub's own examples, by event."""
    schemas.need()
    return schemas.webhook_examples()


# What GitHub sends


def test_every_example_of_github_is_taken(
    door: Door, payloads: Mapping[str, list[dict[str, Any]]]
) -> None:
    answers: dict[str, tuple[str, httpx.Response]] = {}
    with capture_logs() as logs:
        for event, examples in payloads.items():
            for example in examples:
                guid = str(uuid.uuid4())
                answers[guid] = event, door.post(json.dumps(example).encode(), event, guid)
        door.house.quiet()
    assert len(answers) == 329
    assert {event for event, _ in answers.values()} >= EVENTS
    ignored = {log["guid"]: log for log in logs if log["event"] == UNTAKEN}
    for guid, (event, answer) in answers.items():
        assert answer.status_code == 202, (event, answer.text)
        assert answer.text == ("accepted\n" if event in EVENTS else "not an event we take\n")
        assert (guid in ignored) is (event not in EVENTS)
    assert {log["kind"] for log in ignored.values()} == payloads.keys() - EVENTS
    assert [log for log in logs if log["event"] == "delivery failed"] == []


def test_what_is_taken_is_accounted_for(
    door: Door, payloads: Mapping[str, list[dict[str, Any]]]
) -> None:
    """Of repositories that we are not installed on: the log says so, and no more than facts."""
    lone = [e for e in payloads["issues"] if "installation" not in e]
    assert lone
    with capture_logs() as logs:
        for example in lone:
            door.post(json.dumps(example).encode())
        door.house.quiet()
    said = [log for log in logs if log["event"] == "ignored: no repository or no installation"]
    assert len(said) == len(lone)
    for log in said:
        assert log["repository"]
        assert not any(example["issue"]["title"] in log.values() for example in lone)


def test_same_guid_twice(door: Door) -> None:
    guid = str(uuid.uuid4())
    body = b'{"action": "opened"}'
    assert [door.post(body, guid=guid).text for _ in range(3)] == [
        "accepted\n",
        "seen before\n",
        "seen before\n",
    ]


def test_deliveries_without_a_guid_are_not_taken_for_one(door: Door) -> None:
    """A proxy may lose the header; then every delivery counts."""
    body = b'{"action": "opened"}'
    headers = {k: v for k, v in door.headers(body).items() if k != "X-GitHub-Delivery"}
    answers = [door.client.post(door.url, content=body, headers=headers).text for _ in range(2)]
    assert answers == ["accepted\n", "accepted\n"]


def test_a_refused_body_does_not_use_up_its_guid(door: Door) -> None:
    guid = str(uuid.uuid4())
    assert door.post(b"{", guid=guid).status_code == 400
    assert door.post(b"{}", guid=guid).text == "accepted\n"


def test_a_full_inbox_asks_for_a_sweep(
    tmp_path: Path, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One delivery is worked on, one waits; what does not fit is found by the sweep."""
    monkeypatch.setattr(app.wiring.app, "Inbox", lambda: Inbox(size=1, lanes=1))
    with door_of(tmp_path, postgres_server) as narrow:
        sandbox = narrow.house.sandbox
        repository = sandbox.repository(REPO)
        sandbox.drop_deliveries(on=True)
        number = narrow.house.ask()
        sandbox.inject(Fault("GET /repos/*", "delay", seconds=1.0))
        body = json.dumps(
            {
                "action": "labeled",
                "issue": {"number": 10_000},
                "label": {"name": "orchestrate"},
                "sender": {"login": WRITER},
                "repository": {"id": repository.id, "full_name": f"acme/{REPO}", "name": REPO},
                "installation": {"id": sandbox.app.installation_id},
            }
        ).encode()
        with capture_logs() as logs:
            assert narrow.post(body).text == "accepted\n"
            narrow.house.until(lambda: narrow.post(body).text == "left to a sweep\n")
            narrow.house.until(lambda: narrow.house.stage(number) is not None)
            narrow.house.until(lambda: any(log["event"] == "swept" for log in logs))


# Signatures

GOOD = b'{"action": "opened"}'


@dataclass(frozen=True)
class Forged:
    id: str
    signature: Callable[[str], str | None]
    body: bytes = GOOD


FORGED = [
    Forged("missing", lambda _: None),
    Forged("empty", lambda _: ""),
    Forged("of another secret", lambda secret: sha256(f"{secret}x", GOOD)),
    Forged("of other bytes", lambda secret: sha256(secret, GOOD + b" ")),
    Forged("of the body without its end", lambda secret: sha256(secret, GOOD[:-1])),
    Forged("of nothing", lambda secret: sha256(secret, b"")),
    Forged("upper case", lambda secret: sha256(secret, GOOD).upper()),
    Forged("upper-case digits", lambda s: "sha256=" + sha256(s, GOOD)[7:].upper()),
    Forged("without its prefix", lambda secret: sha256(secret, GOOD)[7:]),
    Forged("cut short", lambda secret: sha256(secret, GOOD)[:-1]),
    Forged("with more after it", lambda secret: sha256(secret, GOOD) + "0"),
    Forged("twice", lambda secret: f"{sha256(secret, GOOD)}, {sha256(secret, GOOD)}"),
    Forged("only the prefix", lambda _: "sha256="),
    Forged("all zeros", lambda _: "sha256=" + "0" * 64),
    Forged("not ASCII", lambda _: "sha256=" + "é" * 64),
    Forged(
        "sha1 under the name of sha256",
        lambda s: "sha1=" + hmac.new(s.encode(), GOOD, hashlib.sha1).hexdigest(),
    ),
    Forged("and the body is no JSON", lambda _: "sha256=" + "0" * 64, body=b"{"),
    Forged("and there is no body", lambda _: "sha256=" + "0" * 64, body=b""),
]


@pytest.mark.parametrize("case", FORGED, ids=lambda case: case.id)
def test_forged(case: Forged, door: Door) -> None:
    headers = door.headers(case.body)
    del headers["X-Hub-Signature-256"]
    if (signature := case.signature(door.secret)) is not None:
        headers["X-Hub-Signature-256"] = signature
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = door.client.post(door.url, content=case.body, headers=raw)
    assert answer.status_code == 401
    assert "signature" in answer.text


def test_a_sha1_signature_alone_is_none(door: Door) -> None:
    headers = door.headers(GOOD)
    del headers["X-Hub-Signature-256"]
    sha1 = hmac.new(door.secret.encode(), GOOD, hashlib.sha1).hexdigest()
    headers["X-Hub-Signature"] = f"sha1={sha1}"
    assert door.client.post(door.url, content=GOOD, headers=headers).status_code == 401


def test_a_forged_delivery_does_not_use_up_its_guid(door: Door) -> None:
    guid = str(uuid.uuid4())
    headers = door.headers(GOOD, guid=guid) | {"X-Hub-Signature-256": "sha256=" + "0" * 64}
    assert door.client.post(door.url, content=GOOD, headers=headers).status_code == 401
    assert door.post(GOOD, guid=guid).text == "accepted\n"


# Bodies


def deep(opening: bytes, closing: bytes = b"") -> bytes:
    return opening * 100_000 + closing * 100_000


NOT_JSON = {
    "empty": b"",
    "blank": b"  \n",
    "truncated": b'{"action": "opened", "issue": {"number": 1',
    "two objects": b"{}{}",
    "NUL": b"\0",
    "NUL after it": b"{}\0",
    "NUL in a text": b'{"action": "a\0b"}',
    "open lists": deep(b"["),
    "deep lists": deep(b"[", b"]"),
    "open objects": deep(b'{"issue":'),
    "deep in a field we read": b'{"issue": ' + deep(b"[", b"]") + b"}",
    "deep in a field we do not read": b'{"x": ' + deep(b"[", b"]") + b"}",
    "deep in a raw field": b'{"issue": {"pull_request": ' + deep(b"[", b"]") + b"}}",
    "invalid UTF-8": b'{"action": "\xff\xfe"}',
    "UTF-16": '{"action": "opened"}'.encode("utf-16"),
    "form": b"payload=%7B%7D",
    "XML": b"<payload/>",
    "single quotes": b"{'action': 'opened'}",
    "lone surrogate": b'{"action": "\\ud800"}',
    "bare word": b"nonsense",
}
WRONG_TYPES = {
    "list": b"[]",
    "text": b'"text"',
    "number": b"5",
    "null": b"null",
    "true": b"true",
    "issue is a number": b'{"issue": 5}',
    "issue is a list": b'{"issue": []}',
    "number is a text": b'{"issue": {"number": "5"}}',
    "number is a fraction": b'{"issue": {"number": 1.5}}',
    "number is null": b'{"issue": {"number": null}}',
    "labels are no list": b'{"issue": {"labels": {"name": "orchestrate"}}}',
    "label has no object": b'{"issue": {"labels": ["orchestrate"]}}',
    "login is a number": b'{"sender": {"login": 7}}',
    "action is a number": b'{"action": 7}',
    "commits hold numbers": b'{"commits": [1, 2]}',
    "repository is a text": b'{"repository": "acme/weather"}',
    "installation is a list": b'{"installation": [1]}',
    "huge number": b'{"issue": {"number": ' + b"9" * 5_000 + b"}}",
    "huge exponent": b'{"issue": {"number": 1e999999999}}',
}
TAKEN = {
    "no fields": b"{}",
    "only nulls": b'{"issue": null, "sender": null, "repository": null, "installation": null}',
    "unknown fields": b'{"x": [1, {"y": null}], "action": "opened"}',
    "huge number where we read none": b'{"x": ' + b"9" * 5_000 + b"}",
    "duplicate keys": b'{"action": "opened", "action": "closed", "issue": {}, "issue": {}}',
    "negative number": b'{"issue": {"number": -1}, "repository": {"id": -7}}',
    "number of 64 bits": b'{"issue": {"number": 18446744073709551615}}',
    "escapes": b'{"action": "\\u0000\\u202e\\ud83d\\ude00"}',
    "blanks around it": b" \n{}\n ",
}


@pytest.mark.parametrize("name", NOT_JSON)
def test_not_json(name: str, door: Door) -> None:
    answer = door.post(NOT_JSON[name])
    assert (answer.status_code, answer.text) == (400, "the body is not the JSON of a payload\n")


@pytest.mark.parametrize("event", ["issues", "star"])
@pytest.mark.parametrize("name", WRONG_TYPES)
def test_json_of_wrong_types(name: str, event: str, door: Door) -> None:
    assert door.post(WRONG_TYPES[name], event).status_code == 400


@pytest.mark.parametrize("event", [*sorted(EVENTS), "star"])
@pytest.mark.parametrize("name", TAKEN)
def test_odd_but_taken(name: str, event: str, door: Door) -> None:
    with capture_logs() as logs:
        assert door.post(TAKEN[name], event).status_code == 202
    assert [log for log in logs if log["log_level"] == "error"] == []


@pytest.mark.parametrize("event", ["", "Issues", "issues, star", "é", "x" * 3_000], ids=ascii)
def test_odd_event_names(event: str, door: Door) -> None:
    headers = [(k.encode(), v.encode("latin-1")) for k, v in door.headers(b"{}", event).items()]
    assert door.client.post(door.url, content=b"{}", headers=headers).status_code == 202


# Sizes


def chunks(size: int, piece: int = 1 << 20) -> Iterator[bytes]:
    while size > 0:
        yield b" " * min(size, piece)
        size -= piece


def test_exactly_as_large_as_github_s_limit(door: Door) -> None:
    """Blanks are JSON too: the door reads all of it."""
    body = b"{}" + b" " * (MAX_BYTES - 2)
    assert door.post(body).status_code == 202


def test_too_large_by_its_own_word_is_refused_before_it_is_read(door: Door) -> None:
    with socket.create_connection(address(door), timeout=PATIENCE) as sent:
        sent.sendall(head(door, f"Content-Length: {MAX_BYTES + 1}"))
        assert sent.recv(4096).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("length", [10**12, 2**63 - 1, 10**30])
def test_absurd_lengths(length: int, door: Door) -> None:
    with socket.create_connection(address(door), timeout=PATIENCE) as sent:
        sent.sendall(head(door, f"Content-Length: {length}"))
        assert sent.recv(4096)[9:12] in (b"413", b"400")


def test_too_large_in_chunks_of_unknown_number(door: Door) -> None:
    """It is refused as soon as it is too large, not at its end."""
    piece = b" " * (1 << 20)
    chunk = b"%x\r\n%b\r\n" % (len(piece), piece)
    with socket.create_connection(address(door), timeout=PATIENCE) as sent:
        sent.sendall(head(door, "Transfer-Encoding: chunked"))
        answer = b""
        try:
            for _ in range(26):
                sent.sendall(chunk)
        except OSError:
            pass  # it was answered, and the rest is not read
        answer = sent.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_in_chunks_but_not_too_large(door: Door) -> None:
    body = b"{}" + b" " * 3_000_000
    headers = door.headers(body)
    pieces = (body[at : at + 65_536] for at in range(0, len(body), 65_536))
    assert door.client.post(door.url, content=pieces, headers=headers).status_code == 202


def test_a_body_that_breaks_off_is_not_taken(door: Door) -> None:
    with capture_logs() as logs:
        with socket.create_connection(address(door), timeout=PATIENCE) as sent:
            sent.sendall(head(door, "Content-Length: 100") + b'{"action": ')
        assert door.post(b"{}").status_code == 202
    assert [log for log in logs if log["log_level"] in ("error", "critical")] == []


def address(door: Door) -> tuple[str, int]:
    url = httpx.URL(door.url)
    assert url.port
    return url.host, url.port


def head(door: Door, length: str) -> bytes:
    lines = [
        "POST /webhooks HTTP/1.1",
        "Host: orc",
        length,
        *(f"{name}: {value}" for name, value in door.headers(b"").items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


# Methods and paths


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post(method: str, door: Door) -> None:
    headers = door.headers(b"")
    assert door.client.request(method, door.url, headers=headers).status_code == 405


@pytest.mark.parametrize(
    ("path", "status"),
    [("/webhooks/", 404), ("//webhooks", 404), ("/", 404), ("/healthz", 405), ("/%00", 404)],
)
def test_elsewhere(path: str, status: int, door: Door) -> None:
    url = door.url.removesuffix("/webhooks") + path
    body = b"{}"
    answer = door.client.post(url, content=body, headers=door.headers(body))
    assert answer.status_code == status


def test_the_door_stays_open_after_a_refusal(door: Door) -> None:
    """A refusal ends its connection, not the door."""
    refused = door.post(b"{")
    assert refused.headers["connection"] == "close"
    assert door.post(b"{}").status_code == 202


# By chance


@MANY
@given(body=st.binary(max_size=2_000), event=st.sampled_from([*sorted(EVENTS), "star"]))
def test_any_bytes(door: Door, body: bytes, event: str) -> None:
    assert door.post(body, event).status_code in (202, 400)


@MANY
@given(value=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["action", "issue", "number", "labels", "name", "id", "sender", "login",
                         "repository", "installation", "comment", "body", "commits", "added"])
        | st.text(), inner,
    ),
    max_leaves=30,
))  # fmt: skip
def test_any_json(door: Door, value: object) -> None:
    assert door.post(json.dumps(value).encode("utf-8", "replace")).status_code in (202, 400)


@MANY
@given(data=st.data())
def test_examples_changed_by_chance(door: Door, data: st.DataObject) -> None:
    """A value somewhere in a payload is replaced; the app behind the door survives it, too."""
    schemas.need()
    event = data.draw(st.sampled_from(sorted(EVENTS)))
    example = copy.deepcopy(data.draw(st.sampled_from(schemas.webhook_examples()[event])))
    for _ in range(data.draw(st.integers(1, 3))):
        change(example, data)
    with capture_logs() as logs:
        answer = door.post(json.dumps(example).encode(), event)
    assert answer.status_code in (202, 400)
    assert [log for log in logs if log["log_level"] in ("error", "critical")] == []


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20),
    st.just([]), st.just({}), st.just("/retry\n@orc"), st.just("orc/issue-" + "9" * 300),
)  # fmt: skip
READ = ("issue", "label", "comment", "pull_request", "repository", "installation", "sender")


def change(payload: dict[str, Any], data: st.DataObject) -> None:
    """One value, mostly of a part that the app reads."""
    place: Any = payload
    depth = data.draw(st.integers(0, 3))
    for step in range(depth + 1):
        if isinstance(place, dict) and place:
            known = [name for name in READ if name in place] if step == 0 else []
            key: Any = data.draw(st.sampled_from(known or sorted(place)))
        elif isinstance(place, list) and place:
            key = data.draw(st.integers(0, len(place) - 1))
        else:
            return
        if step == depth or not isinstance(place[key], dict | list):
            place[key] = data.draw(ODD)
            return
        place = place[key]
