"""The patterns of branch, tag and path filters, and of lists of files."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\+|\[[^\]]+\]|\\.|.", re.DOTALL)
_SPAN = re.compile(r"(.)-(.)|(.)", re.DOTALL)
_MAX_PATTERN, _MAX_STARS = 500, 12


class GlobError(Exception):
    """A pattern that can't be read."""


def selected(name: str, patterns: Sequence[str]) -> bool:
    """In order; the last pattern that matches decides, and `!` takes out."""
    found = False
    for pattern in patterns:
        if matches(name, pattern.removeprefix("!")):
            found = not pattern.startswith("!")
    return found


def matches(name: str, pattern: str) -> bool:
    """As filters do it: ? and + belong to what stands before them."""
    return _compiled(pattern, filters=True).fullmatch(name) is not None


def files(names: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """As hashFiles does it: ? is any one character, and a folder means all in it."""
    found = []
    for name in names:
        wanted = False
        for pattern in patterns:
            plain = pattern.removeprefix("!").removeprefix("./").rstrip("/")
            options = (plain, f"{plain}/**")
            if any(_compiled(one, filters=False).fullmatch(name) for one in options):
                wanted = not pattern.startswith("!")
        if wanted:
            found.append(name)
    return found


@functools.lru_cache(maxsize=512)
def _compiled(pattern: str, *, filters: bool) -> re.Pattern[str]:
    # Stars nest when they are matched: without a limit a pattern could take for ever.
    if len(pattern) > _MAX_PATTERN or pattern.count("*") > _MAX_STARS:
        raise GlobError(f"The pattern is too long, or has too many stars: {pattern[:100]}")
    parts = [_part(token, filters=filters) for token in _TOKEN.findall(pattern)]
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        raise GlobError(f"The pattern can't be read: {pattern[:100]}") from None


def _part(token: str, *, filters: bool) -> str:
    match token:
        case "**/":
            return "(?:.*/)?"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "?" if filters else "[^/]"
        case "+" if filters:
            return "+"
    if token.startswith("\\") and len(token) == 2:
        return re.escape(token[1])
    if token.startswith("[") and len(token) > 2:
        return f"[{''.join(_span(*match.groups()) for match in _SPAN.finditer(token[1:-1]))}]"
    return re.escape(token)


def _span(first: str | None, last: str | None, single: str | None) -> str:
    if first is None or last is None:
        return re.escape(single or "")
    return f"{re.escape(first)}-{re.escape(last)}"
