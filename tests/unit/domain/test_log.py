"""What a run printed, made fit to be read by people."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.log import MAX_CHARS, MAX_LINES, tail

CASES = [
    (b"", ""),
    (b"\n\nhello  \nthere\n\n", "hello\nthere"),
    ("grüße".encode(), "grüße"),
    (b"a\x00b\x07c\x7f", "abc"),
    (b"\xff\xfe!", "\ufffd\ufffd!"),
    (b"\x1b[1;31mred\x1b[0m text\x1b[2K", "red text"),
    (b"\x1b]0;title\x07after", "after"),
    (b"\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\", "link"),
    (b"\x1b", ""),
    (b"10 %\r50 %\r100 %\ndone\r\n", "100 %\ndone"),
    ("a\u202eb\u200bc\ufeff".encode(), "abc"),
    (b"tab\tstays", "tab\tstays"),
]


@pytest.mark.parametrize(("output", "text"), CASES, ids=lambda value: repr(value)[:30])
def test_tail(output: bytes, text: str) -> None:
    assert tail(output) == text


def test_only_the_end_is_kept() -> None:
    lines = [f"line {number}" for number in range(200)]
    assert tail("\n".join(lines).encode()) == "\n".join(["…", *lines[-MAX_LINES:]])
    assert tail("\n".join(lines[:MAX_LINES]).encode()) == "\n".join(lines[:MAX_LINES])
    assert tail(b"x" * (MAX_CHARS + 1)) == "…\n" + "x" * MAX_CHARS
    assert tail(b"x" * (MAX_CHARS - 1)) == "x" * (MAX_CHARS - 1)


def test_a_line_is_left_out_rather_than_cut() -> None:
    """Half a credential is not found to be one."""
    assert tail(b"ghp_secret\n" + b"x" * (MAX_CHARS - 5)) == "…\n" + "x" * (MAX_CHARS - 5)


@given(st.binary() | st.text(alphabet="\x1b[]0;1mK\r\n\\\x07a").map(str.encode))
def test_whatever_is_printed(output: bytes) -> None:
    text = tail(output)
    assert len(text) <= MAX_CHARS + 2
    assert text.count("\n") <= MAX_LINES
    assert not [c for c in text if unicodedata.category(c) == "Cc" and c not in "\n\t"]
