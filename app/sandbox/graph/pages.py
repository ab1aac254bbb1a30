"""GraphQL connections: GitHub's rules for first, last, after, before; it knows no types."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.sandbox.refusal import Refusal

Key = Callable[[Any], tuple[int | str, ...]]
_PREFIX = b"cursor:v2:"


class PaginationRefused(Refusal):
    """GitHub names these two errors by their own types."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(422, message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `wrap` makes an item into a node."""

    items: Sequence[Any]
    total: int
    has_next: bool
    has_previous: bool
    key: Key
    wrap: Callable[[Any], Any]

    def cursor(self, item: Any) -> str:
        return write_cursor(self.key(item))


def write_cursor(key: tuple[int | str, ...]) -> str:
    return base64.b64encode(_PREFIX + msgspec.msgpack.encode(key)).decode()


def _read(name: str, cursor: str) -> tuple[int | str, ...]:
    try:
        raw = base64.b64decode(cursor, validate=True)
        if raw.startswith(_PREFIX):
            return msgspec.msgpack.decode(raw[len(_PREFIX) :], type=tuple[int | str, ...])
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        pass
    message = f"`{cursor}` does not appear to be a valid cursor."
    raise PaginationRefused("INVALID_CURSOR_ARGUMENTS", message)


def paginate(
    field: str, items: Sequence[Any], args: dict[str, Any], *,
    key: Key, wrap: Callable[[Any], Any], descending: bool = False,
) -> Page:  # fmt: skip
    """A cursor is the sort key itself, so items that move between two pages behave as on GitHub."""
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise PaginationRefused(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{field}` "
            "connection.",
        )
    for name, value in (("first", first), ("last", last)):
        if value is not None and value > 100:
            raise PaginationRefused(
                "EXCESSIVE_PAGINATION",
                f"Requesting {value} records on the `{field}` connection exceeds the `{name}` "
                "limit of 100 records.",
            )
        if value is not None and value < 0:
            raise PaginationRefused(
                "INVALID_PAGINATION_BOUNDARIES",
                f"`{name}` on the `{field}` connection cannot be less than zero.",
            )
    ordered = sorted(items, key=key, reverse=descending)
    start, stop = 0, len(ordered)
    try:
        if args.get("after"):
            start = _position(ordered, _read(field, args["after"]), key, descending, past=True)
        if args.get("before"):
            stop = _position(ordered, _read(field, args["before"]), key, descending, past=False)
    except TypeError:
        raise PaginationRefused(
            "INVALID_CURSOR_ARGUMENTS", "A cursor of another connection was given."
        ) from None
    if first is not None:
        stop = min(stop, start + first)
    if last is not None:
        start = max(start, stop - last)
    return Page(
        items=ordered[start:stop], total=len(ordered), has_next=stop < len(ordered),
        has_previous=start > 0, key=key, wrap=wrap,
    )  # fmt: skip


def _position(
    ordered: Sequence[Any], cursor: tuple[int | str, ...], key: Key, descending: bool, *, past: bool
) -> int:
    def before(item: Any) -> bool:
        value = key(item)
        if value == cursor:
            return past
        return (value > cursor) if descending else (value < cursor)

    return sum(1 for item in ordered if before(item))


def connection_fields() -> dict[str, Any]:
    def edges(page: Page, _info: Any) -> list[dict[str, Any]]:
        return [{"cursor": page.cursor(item), "node": page.wrap(item)} for item in page.items]

    return {
        "nodes": lambda page, _info: [page.wrap(item) for item in page.items],
        "edges": edges,
        "totalCount": lambda page, _info: page.total,
        "pageInfo": lambda page, _info: {
            "startCursor": page.cursor(page.items[0]) if page.items else None,
            "endCursor": page.cursor(page.items[-1]) if page.items else None,
            "hasNextPage": page.has_next,
            "hasPreviousPage": page.has_previous,
        },
    }
