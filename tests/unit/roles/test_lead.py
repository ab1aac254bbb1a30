"""What the lead says is parts that can all be worked, or it is one task."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.part import MOST, Part, check
from app.domain.run import AgentOutcome, AgentResult
from app.domain.words.parts import said_in
from app.roles import lead
from app.roles.lead import MAX_KEY, MAX_TITLE, MAX_WHAT, Split


def part(key: str, *after: str, **changes: Any) -> dict[str, Any]:
    said = {"key": key, "title": f"Build {key}", "what": f"The {key}.", "checks": ["It is there."]}
    return {**said, "after": list(after), **changes}


def read(parts: Any, outcome: AgentOutcome = AgentOutcome.SUCCEEDED) -> Split:
    return lead.read(AgentResult(outcome, "So.", details={"parts": parts}))


def chain(length: int) -> list[dict[str, Any]]:
    return [part(f"p{i}", *([f"p{i - 1}"] if i else [])) for i in range(length)]


def test_parts_in_their_order() -> None:
    split = read([part("api", "db", "db"), part("db", checks=[])])
    text = "> The api\\.\n\n**It is done when**\n\n- It is there\\."
    db = Part("db", "Build db", "> The db\\.")
    assert split == Split((Part("api", "Build api", text, ("db",)), db))


def test_what_it_says_is_read_back_from_the_issue() -> None:
    what, checks = "A file `a_b.py`:\n\n    x = 1 # @alice, #3", ["GET /x?a=1&b=* says 200 | 404"]
    (first, _) = read([part("a", what=what, checks=checks), part("b")]).parts
    assert said_in(first.body) == (what, tuple(checks))


def test_without_parts_it_is_one_task() -> None:
    assert lead.read(AgentResult(AgentOutcome.SUCCEEDED, "One.")) == Split()
    assert read(None) == Split()


def test_as_many_as_may_be() -> None:
    assert len(read(chain(MOST)).parts) == MOST


BAD: dict[str, tuple[Any, str]] = {
    "no list": ({"a": 1}, "its parts are no list"),
    "none": ([], "0 parts are not 2 to 10"),
    "one": (chain(1), "1 parts are not 2 to 10"),
    "eleven": (chain(11), "11 parts are not 2 to 10"),
    "no object": ([part("a"), "b"], "a part is no object"),
    "no key": ([part("a"), {"title": "x", "what": "y"}], "a part has no key"),
    "a long key": ([part("a"), part("b" * (MAX_KEY + 1))], "a part has no key of at most"),
    "a key that is none": ([part("a"), part("B c")], "a part's key is a-z"),
    "the same key": ([part("a"), part("a")], "two parts have the same key"),
    "no title": ([part("a"), part("b", title=" \n")], "the part 'b' does not say what it is"),
    "nothing that is seen": ([part("a"), part("b", what="\u200b\x07")], "does not say what it is"),
    "no words": ([part("a"), part("b", what=7)], "the part 'b' does not say what it is"),
    "a need that is none": ([part("a"), part("b", "c")], "a part waits for 'c', which is no part"),
    "needs that are no list": ([part("a"), part("b", after="a")], "no list of keys"),
    "needs that are no keys": ([part("a"), part("b", after=[1])], "no list of keys"),
    "itself": ([part("a"), part("b", "b")], "the parts b wait for one another"),
    "one another": ([part("a", "b"), part("b", "a")], "the parts a, b wait for one another"),
}  # fmt: skip


@pytest.mark.parametrize(("said", "why"), BAD.values(), ids=BAD)
def test_half_a_split_is_none(said: Any, why: str) -> None:
    split = read(said)
    assert split.parts == ()
    assert why in split.why


@pytest.mark.parametrize("outcome", sorted(set(AgentOutcome) - {AgentOutcome.SUCCEEDED}), ids=str)
def test_who_did_not_succeed_has_split_nothing(outcome: AgentOutcome) -> None:
    split = read(chain(2), outcome)
    assert (split.parts, split.why) == ((), f"the lead {outcome}")


def test_it_is_no_longer_than_people_can_read() -> None:
    (first, _) = read(
        [part("a", title="t " * 400, what="w" * 9_000, checks=["c" * 900] * 40), part("b")]
    ).parts
    what, checks = said_in(first.body)
    assert len(first.title) <= MAX_TITLE
    assert len(what) == MAX_WHAT
    assert (len(checks), max(map(len, checks))) == (12, 300)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from("ab"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["key", "title", "what", "checks", "after"]), inner)
    ),
    max_leaves=20,
)
PART = st.fixed_dictionaries(
    {},
    optional={
        "key": st.sampled_from("abc") | JSON,
        "title": st.text(max_size=9) | JSON,
        "what": st.text(max_size=9) | JSON,
        "checks": st.lists(st.text(max_size=9), max_size=3) | JSON,
        "after": st.lists(st.sampled_from("abc"), max_size=2) | JSON,
    },
)


@given(st.lists(PART, max_size=4) | JSON)
def test_whatever_it_says_can_be_worked_or_is_not_used(said: Any) -> None:
    split = read(said)
    check(split.parts)
    assert not (split.parts and split.why)
    for one in split.parts:
        assert one.title
        assert " ".join(one.title.split()) == one.title
        assert said_in(one.body)[0].strip()
        assert "<!--" not in one.body
        assert "@" not in one.body.replace("@\u200b", "")
