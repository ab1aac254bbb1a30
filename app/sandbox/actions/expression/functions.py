"""The functions that need nothing but their arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.sandbox.actions.expression.values import (
    MAX_TEXT,
    ExpressionError,
    Value,
    equal,
    from_json,
    to_json,
    to_text,
)

_HOLE = re.compile(r"\{\{|\}\}|\{(\d{1,3})\}|[{}]")


def _contains(arguments: Sequence[Value]) -> Value:
    where, what = arguments
    if isinstance(where, list):
        return any(equal(one, what) for one in where)
    if isinstance(where, dict):
        return False
    return to_text(what).upper() in to_text(where).upper()


def _starts(arguments: Sequence[Value]) -> Value:
    return to_text(arguments[0]).upper().startswith(to_text(arguments[1]).upper())


def _ends(arguments: Sequence[Value]) -> Value:
    return to_text(arguments[0]).upper().endswith(to_text(arguments[1]).upper())


def _format(arguments: Sequence[Value]) -> Value:
    given = [to_text(one) for one in arguments[1:]]
    parts: list[str] = []
    size = at = 0
    template = to_text(arguments[0])
    for match in _HOLE.finditer(template):
        parts += [template[at : match.start()], _filled(match, given)]
        at = match.end()
        size += len(parts[-1]) + len(parts[-2])
        if size > MAX_TEXT:
            raise ExpressionError(f"format: the result is longer than {MAX_TEXT} characters")
    return "".join([*parts, template[at:]])


def _filled(match: re.Match[str], given: Sequence[str]) -> str:
    if match[1] is None:
        if match[0] in {"{", "}"}:
            raise ExpressionError("format: a brace stands alone; write {{ or }}")
        return match[0][0]
    if int(match[1]) >= len(given):
        raise ExpressionError(f"format: there is no argument {match[0]}")
    return given[int(match[1])]


def _join(arguments: Sequence[Value]) -> Value:
    items = arguments[0] if isinstance(arguments[0], list) else [arguments[0]]
    between = to_text(arguments[1]) if len(arguments) > 1 else ","
    texts = [to_text(one) for one in items]
    if sum(map(len, texts)) + len(between) * len(texts) > MAX_TEXT:
        raise ExpressionError(f"join: the result is longer than {MAX_TEXT} characters")
    return between.join(texts)


def _to_json(arguments: Sequence[Value]) -> Value:
    return to_json(arguments[0])


def _from_json(arguments: Sequence[Value]) -> Value:
    return from_json(to_text(arguments[0]))


# Name, how many arguments, what it does.
_FUNCTIONS: tuple[tuple[str, range, Callable[[Sequence[Value]], Value]], ...] = (
    ("contains", range(2, 3), _contains),
    ("startswith", range(2, 3), _starts),
    ("endswith", range(2, 3), _ends),
    ("format", range(1, 256), _format),
    ("join", range(1, 3), _join),
    ("tojson", range(1, 2), _to_json),
    ("fromjson", range(1, 2), _from_json),
)
_BY_NAME = {name: (count, call) for name, count, call in _FUNCTIONS}


def call(name: str, arguments: Sequence[Value]) -> Value:
    if name not in _BY_NAME:
        raise ExpressionError(f"Unrecognized function: '{name}'")
    count, function = _BY_NAME[name]
    if len(arguments) not in count:
        raise ExpressionError(f"{name}() does not take {len(arguments)} arguments")
    return function(arguments)
