"""Values of expressions and how GitHub turns one kind into another; no syntax here."""

from __future__ import annotations

import json
import math
import re
from typing import TypeAlias

Value: TypeAlias = "bool | float | str | list[Value] | dict[str, Value] | None"

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_OCTAL = re.compile(r"0o[0-7]+")
MAX_TEXT = 1_000_000
MAX_DEPTH = 50


class ExpressionError(Exception):
    """An expression that can't be read or evaluated; the text is for the run's log."""


class Filtered(list[Value]):
    """What `.*` gives: a further property is taken of each item."""


def truthy(value: Value) -> bool:
    if isinstance(value, list | dict):
        return True
    return not (isinstance(value, float) and math.isnan(value)) and bool(value)


def to_number(value: Value) -> float:
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    return number_of(value.strip()) if isinstance(value, str) else math.nan


def number_of(text: str) -> float:
    """NaN for what is no number; the empty text is 0."""
    if not text:
        return 0.0
    if len(text) > 400:
        return math.nan
    if _NUMBER.fullmatch(text):
        return float(text)
    if _HEX.fullmatch(text):
        return float(int(text, 16))
    if _OCTAL.fullmatch(text):
        return float(int(text, 8))
    return {"Infinity": math.inf, "-Infinity": -math.inf}.get(text, math.nan)


def to_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, str):
        return value
    return "Array" if isinstance(value, list) else "Object"


def number_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"


def equal(left: Value, right: Value) -> bool:
    """Loose, and without regard to case; lists and objects are equal only to themselves."""
    if isinstance(left, str) and isinstance(right, str):
        return left.upper() == right.upper()
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        return left is right
    if left is None and right is None:
        return True
    return to_number(left) == to_number(right)


def less(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.upper() < right.upper()
    return to_number(left) < to_number(right)


def to_json(value: Value) -> str:
    try:
        text = json.dumps(_plain(value), indent=2, ensure_ascii=False)
    except RecursionError:
        raise ExpressionError("toJSON: the value is nested too deeply") from None
    return capped(text)


def _plain(value: Value) -> Value:
    if isinstance(value, float) and not isinstance(value, bool):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def from_json(text: str) -> Value:
    try:
        parsed: Value = json.loads(text, parse_int=float, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ExpressionError(f"fromJSON: this is no JSON: {error}") from None
    _shallow(parsed, MAX_DEPTH)
    return parsed


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _shallow(value: Value, left: int) -> None:
    if not left:
        raise ExpressionError("fromJSON: the value is nested too deeply")
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        _shallow(item, left - 1)


def capped(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"the result is longer than {MAX_TEXT} characters")
    return text
