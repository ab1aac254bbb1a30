"""When a command is started again, and when its promise counts as kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_image.repeat import Promise, repeated
from agent_image.supervise import Ending

WELL = Ending("exited", exit_code=0)


@given(st.lists(st.text("ab", max_size=4)), st.text("ab", min_size=1, max_size=4))
def test_any_split_of_what_holds_the_text_keeps_the_promise(chunks: list[str], text: str) -> None:
    promise = Promise(text.encode())
    for chunk in chunks:
        promise.heed(chunk.encode())
    assert promise.kept == (text in "".join(chunks))


@given(st.binary(max_size=20), st.binary(min_size=1, max_size=20), st.binary(max_size=20))
def test_it_is_found_byte_by_byte(before: bytes, text: bytes, after: bytes) -> None:
    promise = Promise(text)
    for byte in before + text + after:
        promise.heed(bytes([byte]))
    assert promise.kept


def test_two_turns_do_not_keep_it_together() -> None:
    promise = Promise(b"done")
    promise.heed(b"do")
    promise.renew()
    promise.heed(b"ne")
    assert not promise.kept


@pytest.mark.parametrize(
    ("said", "ends", "turns", "detail"),
    [
        (["", "done"], [WELL] * 2, 2, "the promise was kept in turn 2 of 3"),
        (["done"], [WELL], 1, "the promise was kept in turn 1 of 3"),
        (["", "", "done"], [WELL] * 3, 3, "the promise was kept in turn 3 of 3"),
        (["do", "ne", ""], [WELL] * 3, 3, "the promise was not kept in 3 turns"),
        (["", "done"], [WELL, Ending("exited", exit_code=1)], 2, "the loop ended with turn 2 of 3"),
        ([""], [Ending("exited", signal=9)], 1, "the loop ended with turn 1 of 3"),
        ([""], [Ending("idle", exit_code=0)], 1, "the loop ended with turn 1 of 3"),
        (
            ["", ""],
            [WELL, Ending("stopped", detail="it was stopped")],
            2,
            "the loop ended with turn 2 of 3; it was stopped",
        ),
    ],
    ids=["second", "first", "last", "never", "failed", "killed", "idle", "stopped"],
)
def test_the_loop_ends(said: list[str], ends: list[Ending], turns: int, detail: str) -> None:
    promise, numbers = Promise(b"done"), []

    def turn(number: int) -> Ending:
        numbers.append(number)
        promise.heed(said[number - 1].encode())
        return ends[number - 1]

    ended = repeated(turn, promise, 3)
    assert numbers == list(range(1, turns + 1))
    assert (ended.reason, ended.exit_code) == (ends[-1].reason, ends[-1].exit_code)
    assert ended.detail == detail


def test_one_turn_is_no_turns() -> None:
    assert repeated(lambda _: WELL, Promise(b"x"), 1).detail == "the promise was not kept in 1 turn"
