"""GraphQL pages: for any list and any bounds, walking them gives every item once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.graph.pages import Page, PaginationRefused, paginate


def _page(items: list[int], descending: bool = False, **args: Any) -> Page:
    return paginate("things", items, args, key=lambda item: (item,), wrap=str,
                    descending=descending)  # fmt: skip


_ITEMS = st.lists(st.integers(0, 10_000), unique=True, max_size=30)


@given(items=_ITEMS, size=st.integers(1, 7), descending=st.booleans())
def test_forwards(items: list[int], size: int, descending: bool) -> None:
    seen: list[int] = []
    after = None
    while True:
        page = _page(items, descending, first=size, after=after)
        seen += page.items
        if not page.has_next:
            break
        after = page.cursor(page.items[-1])
    assert seen == sorted(items, reverse=descending)
    assert page.has_previous == (len(items) > size)


@given(items=_ITEMS, size=st.integers(1, 7))
def test_backwards(items: list[int], size: int) -> None:
    seen: list[int] = []
    before = None
    while True:
        page = _page(items, last=size, before=before)
        seen = [*page.items, *seen]
        if not page.has_previous:
            break
        before = page.cursor(page.items[0])
    assert seen == sorted(items)


def test_what_vanishes_between_two_pages_leaves_no_hole() -> None:
    first = _page([1, 2, 3, 4], first=2)
    cursor = first.cursor(first.items[-1])
    assert list(_page([3, 4], first=2, after=cursor).items) == [3, 4]


@pytest.mark.parametrize(
    "args", [{}, {"first": 101}, {"last": -1}, {"first": 1, "after": "Y3Vyc29yOnYyOm5v"}], ids=str
)
def test_refused(args: dict[str, Any]) -> None:
    with pytest.raises(PaginationRefused):
        _page([1], **args)
