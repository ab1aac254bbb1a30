"""What a result holds besides its text can be kept, shown and read again, whatever it is."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.agents.contract import verdict
from app.agents.reading import tidy

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
HALF = "\ud83d\0!"


def nested(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = [value]
    return value


@given(anything)
def test_it_can_be_written_and_read_again(value: Any) -> None:
    kept = tidy(value)
    msgspec.json.encode(kept)
    assert "\0" not in json.dumps(kept, ensure_ascii=False)
    assert tidy(kept) == kept


def test_plain_values_stay_as_they_are() -> None:
    value = {"review": "changes", "notes": ["a.py: Ä 😀", "b"], "n": 1, "x": None, "ok": True}
    assert tidy(value) == value


def test_what_no_comment_and_no_database_holds_is_left_out() -> None:
    assert tidy({HALF: [HALF]}) == {"?!": ["?!"]}
    assert tidy(float("nan")) is None
    assert tidy(10**400) is None


def test_it_is_bounded() -> None:
    assert tidy("x" * 10_000) == "x" * 4_000
    assert tidy(list(range(5_000))) == list(range(100))
    assert len(tidy({str(n): n for n in range(5_000)})) == 100
    assert tidy(nested(6)) == nested(6)
    assert "deep" not in json.dumps(tidy(nested(900)))


def test_a_result_is_tidied() -> None:
    said = {"verdict": "success", "text": "x", "checks": [HALF] * 5_000, "deep": nested(50)}
    found = verdict(f"<result>{json.dumps(said)}</result>")
    assert found is not None
    assert found.details["checks"] == ["?!"] * 100
    msgspec.json.encode(found.details)
