"""How findings are told on GitHub: few, short, and with nothing alive in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.finding import MOST, Finding, Kind, ordered, section, title

GONE = Finding(Kind.TEST_GONE, "tests/test_a.py", 0, "test_a")


def test_nothing_to_look_at_is_not_told() -> None:
    assert section(()) == title(()) == ""


def test_each_is_told_with_its_place() -> None:
    told = section((GONE, Finding(Kind.SKIPPED, "a.py", 3, "skip()"), Finding(Kind.UNREAD, "b")))
    assert told.startswith("### Changes to look at\n\n")
    assert told.endswith(
        "- a test is gone (`tests/test_a.py`): `test_a`\n"
        "- a test may be skipped, or is expected to fail (`a.py`, line 3): `skip()`\n"
        "- it could not be looked at (`b`)"
    )


def test_many_are_told_in_part() -> None:
    many = tuple(Finding(Kind.TEST_GONE, "a.py", n) for n in range(1, 31))
    assert section(many).endswith("- and 5 more")
    assert title(many) == "30 to look at"


def test_the_weightiest_come_first_and_once() -> None:
    light = Finding(Kind.CHANGED, "a.py", 1)
    assert ordered([light, GONE, GONE]) == (GONE, light)


def test_there_is_an_end_to_them() -> None:
    assert len(ordered(Finding(Kind.UNREAD, str(n)) for n in range(1_000))) == MOST


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("@team `x` <b>", "`@team 'x' <b>`"),
        ("a\nb\u202ec\x00d", "`a b c d`"),
        ("x" * 500, "`" + "x" * 159 + "…`"),
        ("```", "`'''`"),
    ],
    ids=["lively", "hidden", "long", "fence"],
)
def test_foreign_words_stay_code(what: str, told: str) -> None:
    assert section(ordered([Finding(Kind.HOOK, "a.py", 1, what)])).endswith(f": {told}")


@given(st.text(), st.text())
def test_each_is_one_line_with_its_code_closed(path: str, what: str) -> None:
    (line,) = section(ordered([Finding(Kind.HOOK, path, 0, what)])).split("\n")[4:]
    assert line.count("`") in (2, 4)
    outside = "".join(line.split("`")[::2])
    assert outside.startswith("- code can change what tests report (")
    assert not set(outside) - set("- code can change what tests report ():")
