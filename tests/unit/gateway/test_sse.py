"""Server-sent events, split anywhere."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateway.models import sse
from app.gateway.models.sse import Event, EventParser


def parse(*pieces: bytes) -> list[Event]:
    parser = EventParser()
    return [event for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\n", [Event(b"", b"a")]),
        (b"event: e\ndata: a\n\n", [Event(b"e", b"a")]),
        (b"event: e\r\ndata: a\r\n\r\n", [Event(b"e", b"a")]),
        (b"event: e\rdata: a\r\r", [Event(b"e", b"a")]),
        (b"data: a\ndata: b\n\n", [Event(b"", b"a\nb")]),
        (b"data:a\n\n", [Event(b"", b"a")]),
        (b"data:  a\n\n", [Event(b"", b" a")]),
        (b"data\n\n", [Event(b"", b"")]),
        (b"data: a: b\n\n", [Event(b"", b"a: b")]),
        (b": a comment\ndata: a\n\n", [Event(b"", b"a")]),
        (b"id: 1\nretry: 5\ndata: a\n\n", [Event(b"", b"a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [Event(b"", b"a")]),
        (b"event: e\n\ndata: a\n\n", [Event(b"", b"a")]),
        (b"\n\n\ndata: a\n\n", [Event(b"", b"a")]),
        (b"data: \xff\x00\n\n", [Event(b"", b"\xff\x00")]),
        (b"data: a\n", []),
        (b"", []),
    ],
    ids=repr,
)
def test_events(stream: bytes, events: list[Event]) -> None:
    assert parse(stream) == events
    assert parse(*(bytes([byte]) for byte in stream)) == events


lines = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.sampled_from([b"data: x", b"data: y", b"event: e", b"", b"", b":"]),
    ),
    max_size=12,
)
ends = st.sampled_from([b"\n", b"\r\n", b"\r"])


@given(st.data(), lines)
def test_any_split_gives_the_same_events(data: st.DataObject, some: list[bytes]) -> None:
    stream = b"".join(line + data.draw(ends) for line in some)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)))
    bounds = [0, *cuts, len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(bounds)]
    assert parse(*pieces) == parse(stream)


@pytest.mark.parametrize(
    "long",
    [b"data: " + b"x" * 101, b"data: " + b"x" * 60 + b"\ndata: " + b"x" * 60, b"x" * 500],
    ids=["a line", "lines together", "no field"],
)
def test_an_endless_event_is_left_out(long: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT", 100)
    events = parse(*(bytes([byte]) for byte in long), b"\n\ndata: next\n\n")
    assert events == [Event(b"", b"next")]


def test_a_piece_is_not_searched_again() -> None:
    """A long event in small pieces takes time in proportion to its length: it is kept in parts."""
    parser = EventParser()
    for _ in range(20_000):
        parser.feed(b"x" * 50)
    assert len(parser._line) == 20_000
