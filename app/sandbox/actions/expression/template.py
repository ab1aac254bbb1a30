"""Texts with `${{ … }}` in them, and the conditions of `if:`."""

from __future__ import annotations

from collections.abc import Iterator

from app.sandbox.actions.expression.evaluate import Scope, value_of
from app.sandbox.actions.expression.syntax import functions, parse
from app.sandbox.actions.expression.values import (
    ExpressionError,
    Value,
    capped,
    to_text,
    truthy,
)

_OPEN, _CLOSE = "${{", "}}"
_STATUS = frozenset({"success", "failure", "always", "cancelled"})


def split(text: str) -> Iterator[tuple[bool, str]]:
    """Pieces in order: (is it an expression, its text)."""
    at = 0
    while (start := text.find(_OPEN, at)) >= 0:
        if start > at:
            yield False, text[at:start]
        end = _end(text, start + len(_OPEN))
        yield True, text[start + len(_OPEN) : end]
        at = end + len(_CLOSE)
    if at < len(text):
        yield False, text[at:]


def _end(text: str, at: int) -> int:
    """Where the expression that begins at `at` ends; braces within quotes do not count."""
    quoted = False
    while at < len(text):
        if text[at] == "'":
            quoted = not quoted
        elif not quoted and text.startswith(_CLOSE, at):
            return at
        at += 1
    raise ExpressionError(f"'${{{{' is never closed in '{text[:200]}'")


def check(text: str) -> None:
    """Raises for what could not be evaluated later, whatever the contexts."""
    for is_expression, piece in split(text):
        if is_expression:
            parse(piece)


def interpolate(text: str, scope: Scope) -> Value:
    """A text that is one expression keeps its kind; otherwise all becomes text."""
    pieces = list(split(text))
    if len(pieces) == 1 and pieces[0][0]:
        return value_of(parse(pieces[0][1]), scope)
    parts: list[str] = []
    for is_expression, piece in pieces:
        parts.append(to_text(value_of(parse(piece), scope)) if is_expression else piece)
        capped("".join(parts[-1:]))
    return capped("".join(parts))


def text_of(text: str, scope: Scope) -> str:
    return to_text(interpolate(text, scope))


def resolve(value: Value, scope: Scope) -> Value:
    """Every text within, interpolated."""
    if isinstance(value, str):
        return interpolate(value, scope)
    if isinstance(value, list):
        return [resolve(item, scope) for item in value]
    if isinstance(value, dict):
        return {key: resolve(item, scope) for key, item in value.items()}
    return value


def condition(text: str, scope: Scope) -> bool:
    """`if:`; unless it asks for the status itself, success() is meant as well."""
    pieces = list(split(text.strip()))
    if len(pieces) == 1 and pieces[0][0]:
        tree = parse(pieces[0][1])
    elif any(is_expression for is_expression, _ in pieces):
        return truthy(text_of(text, scope)) and _went_well(scope)
    else:
        tree = parse(text or "success()")
    if not functions(tree) & _STATUS and not _went_well(scope):
        return False
    return truthy(value_of(tree, scope))


def _went_well(scope: Scope) -> bool:
    return scope.status is None or scope.status.success
