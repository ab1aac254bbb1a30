"""Parts of a request: which are good, and how each is known again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.part import Part, check, key_of, marker
from app.domain.ref import IssueRef, RepoRef

REPO = RepoRef(11, "acme", "weather", 3)
PARENT = IssueRef(REPO, 7)


def part(key: str, *after: str) -> Part:
    return Part(key, key, "", after)


@pytest.mark.parametrize(
    "parts",
    [(), (part("a"),), (part("a", "b"), part("b")), (part("a"), part("b", "a"), part("c", "a"))],
    ids=["none", "one", "in any order", "two after one"],
)
def test_good_parts(parts: tuple[Part, ...]) -> None:
    check(parts)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((part("A"),), "key is a-z"),
        ((part(""),), "key is a-z"),
        ((part("a" * 41),), "key is a-z"),
        ((part("a -->"),), "key is a-z"),
        ((part("a"), part("a")), "same key"),
        ((part("a", "b"),), "waits for 'b'"),
        ((part("a", "a"),), "a wait for one another"),
        ((part("c"), part("a", "b"), part("b", "a")), "parts a, b wait"),
    ],
    ids=["capital", "empty", "long", "comment", "twice", "unknown", "itself", "circle"],
)
def test_bad_parts(parts: tuple[Part, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check(parts)


@given(body=st.text(), key=st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True))
def test_a_part_is_known_by_its_marker(body: str, key: str) -> None:
    text = f"{body}\n\n{marker(PARENT, key)}"
    assert key_of(PARENT, text) == key
    assert key_of(PARENT, f"{text}\r\n ") == key
    assert key_of(IssueRef(REPO, 8), text) is None
    assert key_of(PARENT, f"{text} and more") is None


@given(body=st.text(st.sampled_from("<!- orc:part1abz>\n")))
def test_other_texts_have_no_key(body: str) -> None:
    assert key_of(PARENT, body) is None
