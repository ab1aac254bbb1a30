"""Threads: which of them wait for an answer of ours."""

from datetime import UTC, datetime

import pytest

from app.domain.review import Reviews, Said, Thread, settled_marker

AT = datetime(2026, 3, 4, tzinfo=UTC)


def thread(*ours: bool) -> Thread:
    said = tuple(Said(n, "ann", AT, "x", ours=mine) for n, mine in enumerate(ours))
    return Thread("PRRT_1", "a.py", 3, 3, "@@", said)


@pytest.mark.parametrize(
    ("ours", "waits"),
    [((False,), True), ((False, True), False), ((False, True, False), True), ((), False)],
    ids=["asked", "answered", "asked again", "empty"],
)
def test_a_thread_waits_when_somebody_else_spoke_last(ours: tuple[bool, ...], waits: bool) -> None:
    one = thread(*ours)
    assert one.waits_for_us is waits
    reviews = Reviews(2, "abc", None, threads=(one,))
    assert reviews.waiting == ((one,) if waits else ())


def test_marker() -> None:
    assert settled_marker("abc") == "<!-- orc:settled abc -->"
