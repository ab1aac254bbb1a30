"""What answers say of their usage, in every API's way, split anywhere."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateway.models.usage import BodyMeter, Dialect, Meter, NoMeter, StreamMeter
from app.gateway.price import Tokens

A, O = Dialect.ANTHROPIC, Dialect.OPENAI  # noqa: E741
CACHES = {"cache_read_input_tokens": 30, "cache_creation_input_tokens": 20}


def fed(meter: Meter, *pieces: bytes) -> tuple[Tokens, str | None]:
    for piece in pieces:
        meter.feed(piece)
    meter.end()
    return meter.tokens, meter.model


def line(said: Any) -> bytes:
    return b"data: " + json.dumps(said).encode() + b"\n\n"


def start(**usage: Any) -> bytes:
    return line({"type": "message_start", "message": {"model": "claude-x", "usage": usage}})


def delta(**usage: Any) -> bytes:
    return line({"type": "message_delta", "delta": {}, "usage": usage})


STREAMS = [
    (A, [start(input_tokens=5, output_tokens=1), delta(output_tokens=9)], Tokens(5, 9)),
    (A, [start(input_tokens=5, output_tokens=1, **CACHES)], Tokens(55, 1, 30, 20)),
    (A, [start(input_tokens=5, **CACHES), delta(input_tokens=7, output_tokens=2, **CACHES)],
     Tokens(57, 2, 30, 20)),
    (A, [start(input_tokens=5), delta(input_tokens=0, output_tokens=2)], Tokens(5, 2)),
    (A, [start(input_tokens=5, cache_read_input_tokens=None)], Tokens(5)),
    (A, [start(input_tokens=5, cache_creation_input_tokens=9,
               cache_creation={"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 6})],
     Tokens(14, 0, 0, 9, 6)),
    (A, [start(input_tokens=5, server_tool_use={"x": 1}, service_tier="standard")], Tokens(5)),
    (O, [line({"type": "response.created", "response": {"model": "claude-x", "usage": None}}),
         line({"type": "response.completed", "response": {"model": "claude-x", "usage": {
             "input_tokens": 9, "input_tokens_details": {"cached_tokens": 4},
             "output_tokens": 3}}})], Tokens(9, 3, 4)),
    (O, [line({"type": "response.incomplete", "response": {"model": "claude-x", "usage": {
        "input_tokens": 9, "output_tokens": 3}}})], Tokens(9, 3)),
    (O, [line({"model": "claude-x", "choices": [], "usage": {
        "prompt_tokens": 9, "completion_tokens": 3,
        "prompt_tokens_details": {"cached_tokens": 4}}}), b"data: [DONE]\n\n"], Tokens(9, 3, 4)),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "events", "tokens"), STREAMS)
def test_streams(dialect: Dialect, events: list[bytes], tokens: Tokens) -> None:
    assert fed(StreamMeter(dialect), *events) == (tokens, "claude-x")


@given(st.data(), st.sampled_from(STREAMS))
def test_any_split_counts_the_same(
    data: st.DataObject, case: tuple[Dialect, list[bytes], Tokens]
) -> None:
    dialect, events, tokens = case
    stream = b"".join(events)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)))
    bounds = [0, *cuts, len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(bounds)]
    assert fed(StreamMeter(dialect), *pieces) == (tokens, "claude-x")


@given(st.binary(max_size=200), st.sampled_from(Dialect))
def test_anything_else_counts_nothing(noise: bytes, dialect: Dialect) -> None:
    for meter in (StreamMeter(dialect), BodyMeter(dialect), NoMeter()):
        assert fed(meter, noise)[0] == Tokens()


def test_an_event_without_its_last_line_end_counts() -> None:
    whole = start(input_tokens=5)
    assert fed(StreamMeter(A), whole.rstrip(b"\n"))[0] == Tokens(5)
    assert fed(StreamMeter(A), whole[:-4])[0] == Tokens()


@pytest.mark.parametrize(
    ("said", "tokens"),
    [
        ({"usage": {"input_tokens": -1, "output_tokens": 2}}, Tokens(0, 2)),
        ({"usage": {"input_tokens": 10**12, "output_tokens": 2}}, Tokens(0, 2)),
        ({"usage": {"input_tokens": "5"}}, Tokens()),
        ({"usage": {"input_tokens": True}}, Tokens()),
        ({"usage": []}, Tokens()),
        ({"usage": None}, Tokens()),
        ({"input_tokens": 7}, Tokens()),
        ([{"usage": {"input_tokens": 5}}], Tokens()),
        ({"content": '{"usage":{"input_tokens":5}}'}, Tokens()),
        ({"content": [{"usage": {"input_tokens": 5}}]}, Tokens()),
        ({"usage": {"input_tokens": 5, "input_tokens_details": {"cached_tokens": 9}}},
         Tokens(5, 0, 5)),
    ],
)  # fmt: skip
def test_odd_bodies(said: Any, tokens: Tokens) -> None:
    assert fed(BodyMeter(O), json.dumps(said).encode())[0] == tokens


def test_deep_nesting_is_passed_over() -> None:
    deep = b'{"usage":' * 100_000
    assert fed(BodyMeter(A), deep)[0] == Tokens()
    assert fed(StreamMeter(A), b"data: " + deep + b"\n\n", start(input_tokens=5))[0] == Tokens(5)
