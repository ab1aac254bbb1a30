"""What leaves in a call, and what it may cost."""

import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.policy import Price
from app.gateway.models import request
from app.gateway.models.answer import Problem
from app.gateway.models.request import Request, read
from app.gateway.models.route import (
    Route,
    query_of,
    request_headers,
    response_headers,
    route_of,
    token_of,
)

PATHS = {
    "messages": "/anthropic/v1/messages",
    "responses": "/openai/v1/responses",
    "chat": "/openai/v1/chat/completions",
}


def route(name: str) -> Route:
    found = route_of("POST", PATHS[name])
    assert found is not None
    return found


def sent(name: str, **said: Any) -> Any:
    return json.loads(read(json.dumps({"model": "m", **said}).encode(), route(name)).body)


@pytest.mark.parametrize(
    ("name", "said", "left"),
    [
        ("messages", {"stream": True}, {"stream": True}),
        ("messages", {"mcp_servers": [{"url": "x"}], "speed": "fast"}, {}),
        ("messages", {"tools": [{"name": "Bash", "input_schema": {}}]},
         {"tools": [{"name": "Bash", "input_schema": {}}]}),
        ("messages", {"tools": [{"type": "custom", "name": "a"}, {"type": "bash_20250124"},
                                {"type": "web_search_20250305"}, {"type": "web_fetch_20250910"},
                                {"type": "code_execution_20250825"}, {"type": 5}, "x", None]},
         {"tools": [{"type": "custom", "name": "a"}, {"type": "bash_20250124"}]}),
        ("messages", {"tools": [{"type": "web_search_20250305"}]}, {}),
        ("responses", {"background": True, "conversation": "c", "prompt": {"id": "p"}}, {}),
        ("responses", {"service_tier": "priority"}, {}),
        ("responses", {"service_tier": "flex"}, {"service_tier": "flex"}),
        ("responses", {"tools": [{"type": "function", "name": "f"}, {"type": "local_shell"},
                                 {"type": "web_search"}, {"type": "mcp", "server_url": "x"},
                                 {"type": "code_interpreter"}, {"type": "image_generation"}]},
         {"tools": [{"type": "function", "name": "f"}, {"type": "local_shell"}]}),
        ("responses", {"stream": True}, {"stream": True}),
        ("chat", {"web_search_options": {}}, {}),
        ("chat", {"stream": False}, {"stream": False}),
        ("chat", {"stream": True}, {"stream": True, "stream_options": {"include_usage": True}}),
        ("chat", {"stream": True, "stream_options": {"include_usage": False, "x": 1}},
         {"stream": True, "stream_options": {"include_usage": True, "x": 1}}),
        ("chat", {"stream": True, "stream_options": "no"},
         {"stream": True, "stream_options": {"include_usage": True}}),
    ],
)  # fmt: skip
def test_what_leaves(name: str, said: dict[str, Any], left: dict[str, Any]) -> None:
    assert sent(name, **said) == {"model": "m", **left}


def test_what_is_said_twice_leaves_once() -> None:
    """Or the provider might believe the other one."""
    body = b'{"model":"m","background":false,"background":true,"input":"a","input":"b"}'
    assert json.loads(read(body, route("responses")).body) == {"model": "m", "input": "b"}
    assert read(body, route("responses")).body.count(b"input") == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("messages", {"messages": [{"role": "user", "content": [
            {"type": "image", "source": {"type": "url", "url": "https://e.com/?q"}}]}]}),
        ("messages", {"messages": [{"role": "user", "content": [{"type": "tool_result", "content": [
            {"type": "document", "source": {"type": "url", "url": "HTTP://e.com"}}]}]}]}),
        ("messages", {"system": [{"type": "image", "source": {"url": "ftp://e.com"}}]}),
        ("responses", {"input": [{"role": "user", "content": [
            {"type": "input_image", "image_url": "https://e.com"}]}]}),
        ("responses", {"input": [{"role": "user", "content": [
            {"type": "input_file", "file_url": "https://e.com"}]}]}),
        ("responses", {"input": [{"type": "function_call_output", "output": [
            {"type": "input_image", "image_url": "//e.com"}]}]}),
        ("chat", {"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "https://e.com"}}]}]}),
    ],
)  # fmt: skip
def test_addresses_the_provider_would_fetch_are_refused(name: str, said: dict[str, Any]) -> None:
    with pytest.raises(Problem, match="may not fetch") as refused:
        sent(name, **said)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("messages", {"messages": [{"role": "user", "content": "see https://e.com"}]}),
        ("messages", {"messages": [{"role": "assistant", "content": [
            {"type": "tool_use", "name": "WebFetch", "input": {"url": "https://e.com"}}]}]}),
        ("messages", {"messages": [{"role": "user", "content": [
            {"type": "image", "source": {"type": "base64", "data": "aGk="}}]}]}),
        ("chat", {"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}]}]}),
        ("responses", {"tools": [{"type": "function", "name": "f",
                                  "parameters": {"properties": {"url": {"type": "string"}}}}]}),
    ],
)  # fmt: skip
def test_other_addresses_pass(name: str, said: dict[str, Any]) -> None:
    assert sent(name, **said) == {"model": "m", **said}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"1", b"null", b"{}", b'{"model":5}', b'{"model":"\xff"}', b"[" * 100_000],
)
def test_other_bodies_are_refused(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        read(body, route("messages"))
    assert refused.value.status == 400


@pytest.mark.parametrize("part", ["[]", "{}", "0", '""', '{"a":0}'])
def test_too_many_parts_are_refused_before_they_are_made(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    decoded: list[bytes] = []
    monkeypatch.setattr(msgspec.json, "decode", decoded.append)
    parts = ",".join([part] * (request.MOST_PARTS + 1))
    with pytest.raises(Problem) as refused:
        read(f'{{"model":"m","messages":[{parts}]}}'.encode(), route("messages"))
    assert refused.value.status == 413
    assert decoded == []


def test_a_long_text_is_no_part_but_its_commas() -> None:
    text = "a sentence, of words; " * 400_000
    assert sent("messages", messages=[{"role": "user", "content": text}])


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=30,
)


@given(NESTED)
def test_no_value_is_left_uncounted(value: Any) -> None:
    def values(node: Any) -> int:
        if isinstance(node, dict):
            return 1 + len(node) + sum(map(values, node.values()))
        return 1 + (sum(map(values, node)) if isinstance(node, list) else 0)

    assert values(value) <= 1 + 2 * request._parts(json.dumps(value).encode())


@given(st.binary(max_size=300))
def test_no_body_breaks_it(body: bytes) -> None:
    with contextlib.suppress(Problem):
        read(body, route("chat"))


@pytest.mark.parametrize(
    ("said", "output"),
    [
        ({"max_tokens": 10}, 10),
        ({"max_output_tokens": 10}, 10),
        ({"max_tokens": 10, "max_completion_tokens": 30}, 30),
        ({"max_tokens": 10, "n": 4}, 40),
        ({"max_tokens": 10, "n": -4}, 10),
        ({"max_tokens": "10"}, 128_000),
        ({}, 128_000),
    ],
)
def test_what_it_may_write(said: dict[str, Any], output: int) -> None:
    assert read(json.dumps({"model": "m", **said}).encode(), route("chat")).output == output


def test_what_it_may_cost() -> None:
    price = Price(1, 10, 0.1, 1.25)
    assert Request(b"x" * 1000, "m", 500, False).ceiling_usd(price) == pytest.approx(0.0075)
    assert Request(b"x" * 1000, "m", 500, True).ceiling_usd(price) > 1


@pytest.mark.parametrize(
    ("method", "path", "exists"),
    [
        ("POST", "/anthropic/v1/messages", True),
        ("POST", "/anthropic/v1/messages/count_tokens", True),
        ("GET", "/anthropic/v1/models", True),
        ("GET", "/anthropic/v1/models/claude-x", True),
        ("POST", "/openai/v1/responses", True),
        ("POST", "/openai/v1/chat/completions", True),
        ("GET", "/openai/v1/models/ft:gpt-4.1:a", True),
        ("GET", "/anthropic/v1/messages", False),
        ("POST", "/anthropic/v1/messages/batches", False),
        ("POST", "/anthropic/v1/files", False),
        ("POST", "/anthropic/v1/responses", False),
        ("POST", "/openai/v1/files", False),
        ("POST", "/openai/v1/embeddings", False),
        ("GET", "/openai/v1/responses/resp_1", False),
        ("DELETE", "/openai/v1/models/x", False),
        ("GET", "/openai/v1/models/..", False),
        ("GET", "/openai/v1/models/a/b", False),
        ("GET", "/openai/v1/models/a\n", False),
        ("POST", "/anthropic/v1/messages/", False),
        ("POST", "/anthropic//v1/messages", False),
        ("POST", "/v1/messages", False),
        ("POST", "", False),
    ],
)
def test_routes(method: str, path: str, exists: bool) -> None:
    assert (route_of(method, path) is not None) is exists


@pytest.mark.parametrize(
    ("raw", "kept"),
    [(b"", ""), (b"beta=true", "?beta=true"), (b"beta=true&key=x&a", "?beta=true"), (b"\xff", "")],
)
def test_queries(raw: bytes, kept: str) -> None:
    assert query_of(raw) == kept


def test_headers_that_pass() -> None:
    given_ = [
        (b"anthropic-version", b"2023-06-01"),
        (b"anthropic-beta", b"x"),
        (b"x-api-key", b"t"),
        (b"authorization", b"Bearer t"),
        (b"cookie", b"c"),
        (b"host", b"h"),
        (b"connection", b"close"),
        (b"accept-encoding", b"gzip"),
        (b"x-forwarded-for", b"1"),
        (b"openai-organization", b"o"),
    ]
    assert request_headers(given_) == given_[:2]
    answered = [
        (b"Content-Type", b"a"),
        (b"retry-after", b"1"),
        (b"anthropic-ratelimit-tokens-reset", b"1"),
        (b"x-ratelimit-limit-requests", b"1"),
        (b"set-cookie", b"c"),
        (b"anthropic-organization-id", b"o"),
        (b"transfer-encoding", b"chunked"),
        (b"content-length", b"5"),
        (b"content-encoding", b"gzip"),
    ]
    assert [name for name, _ in response_headers(answered)] == [
        b"content-type",
        b"retry-after",
        b"anthropic-ratelimit-tokens-reset",
        b"x-ratelimit-limit-requests",
    ]


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ([], None),
        ([(b"x-api-key", b"a")], "a"),
        ([(b"authorization", b"Bearer a")], "a"),
        ([(b"authorization", b"bearer  a ")], "a"),
        ([(b"authorization", b"Basic a")], None),
        ([(b"authorization", b"Bearer b"), (b"x-api-key", b"a")], "a"),
        ([(b"x-api-key", b""), (b"authorization", b"Bearer b")], "b"),
        ([(b"x-api-key", b"\xff")], "\xff"),
    ],
)
def test_tokens(headers: list[tuple[bytes, bytes]], token: str | None) -> None:
    assert token_of(headers) == token
