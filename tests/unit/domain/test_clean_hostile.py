"""That `clean` ends, comes to rest and leaves nothing unseen, whatever the text."""

import random
import re
import sys
import unicodedata
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.clean import Cleaned, clean, clean_line
from app.domain.clean.unseen import UNSEEN
from tests.unit.domain.marks import MARKS, TRAPS
from tests.unit.domain.seen import seen, words

# An address stays though it is not seen, and so does the name of a code block's language.
_KNOWN = re.compile(r"\]\([^()\s]*\)|(?:href|src)=\"[^\"]*\"|(?:```+|~~~+)[ \t]*\S+")
# Footnotes are GitHub's own: the parser that the texts are held against knows none.
_PLAIN = [mark for mark in MARKS if "^" not in mark]


@given(st.text())
@example("\ud800<!-- \udfff")
def test_any_text_is_cleaned_for_good(text: str) -> None:
    cleaned = clean(text)
    assert not UNSEEN.search(cleaned.text)
    assert clean(cleaned.text) == Cleaned(cleaned.text)
    assert clean_line(clean_line(text).text) == clean_line(text).__class__(clean_line(text).text)


@given(st.lists(st.sampled_from([*MARKS, "word"]), max_size=24).map("".join))
@settings(max_examples=300)
def test_any_markup_comes_to_rest(text: str) -> None:
    left = clean(text).text
    assert clean(left) == Cleaned(left)


_SPOKEN = st.text(
    st.characters(exclude_categories=("C", "Z", "M"), exclude_characters="<&[]`~\\$|"), min_size=1
).filter(lambda word: not UNSEEN.search(word))


@given(st.lists(_SPOKEN).map(" ".join))
def test_plain_words_stay(text: str) -> None:
    assert clean(text) == Cleaned(text)


@given(st.lists(st.sampled_from([*_PLAIN, *["word"] * 20]), min_size=3, max_size=24))
@settings(max_examples=500, derandomize=True)  # the parser has quirks of its own
def test_only_what_a_browser_shows_is_left(marks: list[str]) -> None:
    numbered = [f"w{at}w" if mark == "word" else mark for at, mark in enumerate(marks)]
    text = "".join(numbered)
    left = _KNOWN.sub("", clean(text).text)
    assert words(left) <= seen(text)


@pytest.mark.parametrize("seed", range(4))
def test_hidden_words_are_not_left_in_long_texts(seed: int) -> None:
    """Many marks at once, which hypothesis seldom tries."""
    chance = random.Random(seed)  # noqa: S311 - the same texts each time
    for _ in range(150):
        marks = [chance.choice([*_PLAIN, *["word"] * 20]) for _ in range(60)]
        text = "".join(f"w{at}w" if mark == "word" else mark for at, mark in enumerate(marks))
        assert words(_KNOWN.sub("", clean(text).text)) <= seen(text)


def test_every_character_that_shows_nothing_is_known() -> None:
    """Held against Python's own table: formats, controls, halves, private use, separators."""
    seen_formats = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    missed = [
        hex(code)
        for code in range(0x110000)
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        and code not in {0x09, 0x0A, *seen_formats}
        and not UNSEEN.match(chr(code))
    ]
    assert missed == []


def test_nothing_that_shows_is_taken_for_unseen() -> None:
    wrong = {
        unicodedata.name(chr(code))
        for code in range(0x110000)
        if UNSEEN.match(chr(code))
        and unicodedata.category(chr(code))[0] != "C"
        and unicodedata.category(chr(code)) not in {"Zl", "Zp"}
    }
    assert {name for name in wrong if "VARIATION SELECTOR" not in name} == {
        "BRAILLE PATTERN BLANK",
        "COMBINING GRAPHEME JOINER",
        "HALFWIDTH HANGUL FILLER",
        "HANGUL CHOSEONG FILLER",
        "HANGUL FILLER",
        "HANGUL JUNGSEONG FILLER",
        "KHMER VOWEL INHERENT AA",
        "KHMER VOWEL INHERENT AQ",
        "OBJECT REPLACEMENT CHARACTER",
    }


def _steps(text: str) -> int:
    """Calls of functions, and of methods of strings and patterns, that cleaning takes."""
    count = 0

    def note(_frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event.endswith("call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        clean(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("first", ["", "<div>\n", "[a]: b\n\n"], ids=["text", "HTML", "references"])
def test_four_times_the_text_takes_at_most_about_four_times_the_steps(first: str) -> None:
    slow = {
        trap: (few, many)
        for trap in TRAPS
        if (many := _steps(first + trap * (2_000 // len(trap))))
        > 5 * (few := _steps(first + trap * (500 // len(trap)))) + 500
    }
    assert slow == {}
