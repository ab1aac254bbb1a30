"""Node ids look like GitHub's and read back to what they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.ids import NodeKey, node_id, read_node_id


@pytest.mark.parametrize(
    ("made", "start"),
    [
        (node_id("R", 900_000_001), "R_kgDO"),
        (node_id("I", 3_100_000_001, 900_000_001), "I_kwDO"),
        (node_id("IC", 3_300_000_001, 900_000_001), "IC_kwDO"),
        (node_id("U", 180_000_001), "U_kgDO"),
    ],
)
def test_they_begin_as_githubs_do(made: str, start: str) -> None:
    assert made.startswith(start)


@given(
    kind=st.sampled_from(["I", "PR", "REF", "LA"]),
    key=st.integers(0, 2**63 - 1) | st.text(max_size=30),
    repo=st.none() | st.integers(0, 2**32),
)
def test_they_read_back(kind: str, key: int | str, repo: int | None) -> None:
    assert read_node_id(node_id(kind, key, repo)) == NodeKey(kind, repo, key)


@given(st.text(max_size=40) | st.from_regex(r"[A-Z]{1,3}_[A-Za-z0-9_-]{0,20}", fullmatch=True))
def test_nonsense_is_nothing_or_a_key(text: str) -> None:
    found = read_node_id(text)
    assert found is None or isinstance(found, NodeKey)
