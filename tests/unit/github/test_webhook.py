"""Signatures over raw bytes, and bodies that become deliveries or are refused."""

import hashlib
import hmac
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.github.webhook import Malformed, Verifier, read

SECRET = "It's a Secret to Everybody"
# From GitHub's own documentation of webhooks.
DOCUMENTED = (
    b"Hello, World!",
    b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
)


def signature(secret: str, body: bytes) -> bytes:
    return b"sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()


def test_the_example_of_github_s_documentation() -> None:
    assert Verifier(SECRET).accepts(*DOCUMENTED)


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Verifier("")


@given(secret=st.text(min_size=1), body=st.binary())
def test_right_signatures(secret: str, body: bytes) -> None:
    secret = secret.encode(errors="replace").decode()
    verifier = Verifier(secret)
    assert verifier.accepts(body, signature(secret, body))
    assert verifier.accepts(body, signature(secret, body))  # it is not used up


@given(body=st.binary(), other=st.binary())
def test_signatures_of_other_bytes(body: bytes, other: bytes) -> None:
    assert Verifier(SECRET).accepts(body, signature(SECRET, other)) is (body == other)


@given(header=st.binary())
def test_any_header(header: bytes) -> None:
    assert Verifier(SECRET).accepts(b"{}", header) is (header == signature(SECRET, b"{}"))


@given(index=st.integers(0, 70), byte=st.integers(0, 255))
def test_one_changed_byte(index: int, byte: int) -> None:
    good = bytearray(DOCUMENTED[1])
    before, good[index] = good[index], byte
    assert Verifier(SECRET).accepts(DOCUMENTED[0], bytes(good)) is (byte == before)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(body=st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_read_or_malformed(body: bytes) -> None:
    try:
        delivery = read("guid", "issues", body)
    except Malformed:
        return
    assert (delivery.guid, delivery.event) == ("guid", "issues")
    assert isinstance(json.loads(body), dict)


@given(extra=st.dictionaries(st.text().filter(lambda k: k not in ("action", "issue")), JSON))
def test_unknown_fields_do_not_matter(extra: dict[str, object]) -> None:
    known = {"repository", "installation", "sender", "label", "comment", "pull_request", "ref"}
    extra = {k: v for k, v in extra.items() if k not in known | {"commits"}}
    body = json.dumps({"action": "opened", "issue": {"number": 7, "x": extra}, **extra})
    payload = read("guid", "issues", body.encode()).payload
    assert payload.action == "opened"
    assert payload.issue
    assert payload.issue.number == 7


@pytest.mark.parametrize(
    ("pull_request", "present"),
    [("null", False), ('{"url": "…"}', True), ("{}", True)],
)
def test_an_issue_that_is_a_pull_request(pull_request: str, present: bool) -> None:
    body = f'{{"issue": {{"number": 7, "pull_request": {pull_request}}}}}'.encode()
    issue = read("guid", "issue_comment", body).payload.issue
    assert issue
    assert (issue.pull_request is not None) is present


def test_a_secret_is_in_no_repr() -> None:
    assert SECRET not in repr(vars(Verifier(SECRET)))


def test_facts_tell_no_texts() -> None:
    body = {"action": "opened", "issue": {"number": 7, "title": "Private", "body": "Private"}}
    facts = read("guid", "issues", msgspec.json.encode(body)).facts()
    assert facts["issue"] == 7
    assert "Private" not in str(facts)
