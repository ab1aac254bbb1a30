"""The search for credentials: fast, quiet, and not to be held up."""

import contextlib
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.git.path import fold, protected, show, unfit
from app.git.secret import TooLongError, find

LATER = 1e12
TOKEN = "ghp_" + "a1" * 18


def test_it_says_which_line() -> None:
    text = f"one\ntwo {TOKEN}\nthree\nfour {TOKEN} {TOKEN}\n"
    assert [(hit.line, hit.text) for hit in find(text, LATER)] == [
        (2, f"two {TOKEN}"),
        (4, f"four {TOKEN} {TOKEN}"),
    ]


@pytest.mark.parametrize("at", [0, 1, 299, 300, 301, 999, 1_000, 1_001, 2_900, 9_000, 49_000])
def test_it_is_found_anywhere_on_a_crowded_line(at: int) -> None:
    noise = "ghp_ " * 10_000
    line = f"{noise[:at]} {TOKEN} {noise[at:]}"
    assert [hit.line for hit in find(line, LATER)] == [1]


def test_five_megabytes_of_code_take_a_moment() -> None:
    words = ["key", "eyJ", "aws", "import", "token", "=", "sg.", "('x')", "sk-", "\n", "password"]
    rng = random.Random(1)  # noqa: S311
    text = " ".join(rng.choices(words, k=900_000))
    list(find(text, LATER))


@pytest.mark.parametrize("trap", ["eyJ", "sk-T3BlbkFJ", "//:_authToken", "aws_key_", "xoxb-1-"])
def test_a_trap_ends_within_the_budget(trap: str) -> None:
    started = time.monotonic()
    with contextlib.suppress(TooLongError):
        list(find(trap * (1_000_000 // len(trap)), started + 1.0))


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    for hit in find(text, LATER):
        assert hit.text in text


@given(st.binary(min_size=1))
def test_no_path_breaks_the_rules(path: bytes) -> None:
    assert show(path).isprintable()
    protected(path)
    unfit(path)


@given(st.text(alphabet=".gitHUB \u200c\u0131", min_size=1))
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)
