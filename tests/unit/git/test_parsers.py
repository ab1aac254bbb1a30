"""Headers, diffs and messages: what is read right, and that nothing makes a parser fail badly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.words.published import trailers
from app.git.bundle import Bundle, read_header
from app.git.diff import Change, parse_raw
from app.git.message import attempt_of, clean

A, B = "a" * 40, "b" * 40
SHA = st.text("0123456789abcdef", min_size=40, max_size=40)
MODES = st.sampled_from(["000000", "100644", "100755", "120000", "160000"])
PATHS = st.binary(min_size=1).filter(lambda path: b"\0" not in path)
CHANGES = st.builds(Change, MODES, MODES, SHA, SHA, PATHS)
BUNDLE = f"# v2 git bundle\n-{A} subject\n{B} HEAD\n\nPACK".encode()


def raw(change: Change, status: bytes = b"M") -> bytes:
    meta = f":{change.old_mode} {change.new_mode} {change.old} {change.new} ".encode()
    return meta + status + b"\0" + change.path + b"\0"


@given(st.lists(CHANGES))
def test_a_diff_is_read_as_it_was_written(changes: list[Change]) -> None:
    assert parse_raw(b"".join(raw(change) for change in changes)) == tuple(changes)


@given(st.binary())
def test_other_bytes_are_no_diff(data: bytes) -> None:
    try:
        parse_raw(data)
    except ValueError:
        return
    assert data == b""


ONE = raw(Change("100644", "100644", A, B, b"x"))
TWISTED = {
    "cut short": ONE[:-1],
    "without a path": ONE[: ONE.index(b"\0") + 1],
    "an empty path": raw(Change("100644", "100644", A, B, b"")),
    "a renaming": raw(Change("100644", "100644", A, B, b"x"), b"R100"),
    "a short sha": raw(Change("100644", "100644", A[:7], B, b"x")),
    "a combined diff": b":" + ONE,
    "two new lines": ONE + b"\n",
}


@pytest.mark.parametrize("data", TWISTED.values(), ids=list(TWISTED))
def test_a_twisted_diff_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="diff"):
        parse_raw(data)


def test_a_bundle_s_header() -> None:
    assert read_header(BUNDLE) == Bundle(B, (A,), BUNDLE.index(b"PACK"))


def test_several_names_of_one_head() -> None:
    data = f"# v3 git bundle\n@object-format=sha1\n{B} HEAD\n{B} refs/heads/work\n\n".encode()
    assert read_header(data).head == B
    assert read_header(data.replace(b" HEAD", b" refs/heads/main")).head == B


@given(st.binary())
def test_other_bytes_are_no_bundle(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"work"):
        read_header(data)


@given(st.integers(0, len(BUNDLE) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_harmless(at: int, byte: int) -> None:
    data = BUNDLE[:at] + bytes([byte]) + BUNDLE[at + 1 :]
    try:
        bundle = read_header(data)
    except ValueError:
        return
    assert len(bundle.head) == 40


@given(st.text(), st.integers(1, 999_999))
def test_an_attempt_is_read_back(subject: str, attempt: int) -> None:
    message = clean(f"{subject}\n\n{trailers('5-7', attempt)}")
    assert attempt_of(message, "5-7") == attempt
    assert attempt_of(message, "5-8") == 0


@given(st.text())
def test_no_message_breaks_the_reader(message: str) -> None:
    assert attempt_of(message, "5-7") >= 0
    cleaned = clean(message)
    assert cleaned.split("\n")[0].strip()
    assert "\0" not in cleaned
    assert clean(cleaned) == cleaned


FOREIGN = {
    "no trailers": "Add a button",
    "trailers in the middle": "Add\n\nOrc-Task: 5-7\nOrc-Attempt: 3\n\nThe end",
    "another task's": "Add\n\nOrc-Task: 5-8\nOrc-Attempt: 3",
    "a task without attempt": "Add\n\nOrc-Task: 5-7",
    "an attempt without task": "Add\n\nOrc-Attempt: 3",
    "words for a number": "Add\n\nOrc-Task: 5-7\nOrc-Attempt: three",
    "a negative number": "Add\n\nOrc-Task: 5-7\nOrc-Attempt: -3",
    "a huge number": "Add\n\nOrc-Task: 5-7\nOrc-Attempt: 33333333333",
    "foreign digits": "Add\n\nOrc-Task: 5-7\nOrc-Attempt: ٣",
    "indented": "Add\n\n  Orc-Task: 5-7\n  Orc-Attempt: 3",
    "nothing": "",
}


@pytest.mark.parametrize("message", FOREIGN.values(), ids=list(FOREIGN))
def test_it_is_not_one_of_ours(message: str) -> None:
    assert attempt_of(message, "5-7") == 0


@pytest.mark.parametrize(
    ("message", "cleaned"),
    [
        ("Add\x00 a\x1b[31m\n\nb", "Add a[31m\n\nb\n"),
        ("", "Change\n"),
        ("\n\n  \n", "Change\n"),
        ("Add [skip ci] x", "Add (skip ignored) x\n"),
        ("Add [CI SKIP]\n\nbody\nskip-checks: true", "Add (skip ignored)\n\nbody\n"),
        ("a" * 200, "a" * 120 + "\n"),
        ("One\r\n\r\nTwo\r\n", "One\n\nTwo\n"),
        ("One\nTwo", "One\n\nTwo\n"),
        ("a\u202eb", "ab\n"),
    ],
    ids=["controls", "empty", "blank", "skip", "skip check", "long", "DOS", "no gap", "hidden"],
)
def test_messages_are_cleaned(message: str, cleaned: str) -> None:
    assert clean(message).replace("(skip ignored) true", "").rstrip() == cleaned.rstrip()
