"""Evaluates a tree over contexts; it knows names and values, not workflows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from app.sandbox.actions.expression import functions as builtin
from app.sandbox.actions.expression.syntax import (
    Access,
    Call,
    Compare,
    Every,
    Literal,
    Name,
    Not,
    Some,
    Tree,
    parse,
)
from app.sandbox.actions.expression.values import (
    ExpressionError,
    Filtered,
    Value,
    equal,
    less,
    to_text,
    truthy,
)


@dataclass(frozen=True, slots=True)
class Status:
    """What success(), failure() and cancelled() say; always() is always true."""

    success: bool = True
    failure: bool = False
    cancelled: bool = False

    def get(self, name: str) -> bool | None:
        known = {"success": self.success, "failure": self.failure, "cancelled": self.cancelled,
                 "always": True}  # fmt: skip
        return known.get(name)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may see here. `status`: None where the status functions mean nothing."""

    contexts: Mapping[str, Value] = field(default_factory=dict)
    status: Status | None = None
    hash_files: Callable[[Sequence[str]], str] | None = None


def evaluate(text: str, scope: Scope) -> Value:
    return value_of(parse(text), scope)


def is_true(text: str, scope: Scope) -> bool:
    return truthy(evaluate(text, scope))


def value_of(tree: Tree, scope: Scope) -> Value:
    match tree:
        case Literal(value):
            return value
        case Name(name):
            return _context(name, scope)
        case Access(target, keys):
            return _follow(value_of(target, scope), keys, scope)
        case Call(name, arguments):
            return _call(name, [value_of(one, scope) for one in arguments], scope)
        case Not(inner):
            return not truthy(value_of(inner, scope))
        case Compare(sign, left, right):
            return _compare(sign, value_of(left, scope), value_of(right, scope))
        case Every(terms):
            return _first(terms, scope, wanted=False)
        case Some(terms):
            return _first(terms, scope, wanted=True)
        case _:
            assert_never(tree)


def _context(name: str, scope: Scope) -> Value:
    if name not in scope.contexts:
        known = ", ".join(sorted(scope.contexts)) or "none"
        raise ExpressionError(f"Unrecognized named-value: '{name}' (there are here: {known})")
    return scope.contexts[name]


def _first(terms: Sequence[Tree], scope: Scope, *, wanted: bool) -> Value:
    """The operand that decides, as in JavaScript."""
    value: Value = None
    for term in terms:
        value = value_of(term, scope)
        if truthy(value) is wanted:
            return value
    return value


def _compare(sign: str, left: Value, right: Value) -> bool:
    if sign in {"==", "!="}:
        return equal(left, right) is (sign == "==")
    if sign in {"<=", ">="} and equal(left, right):
        return True
    return less(left, right) if sign in {"<", "<="} else less(right, left)


def _follow(value: Value, keys: Sequence[Tree | None], scope: Scope) -> Value:
    for key in keys:
        if key is None:
            value = _star(value)
        elif isinstance(value, Filtered):
            wanted = value_of(key, scope)
            found = [(one, _key(one, wanted)) for one in value]
            value = Filtered(_get(one, name) for one, name in found if name is not None)
        else:
            name = _key(value, value_of(key, scope))
            value = None if name is None else _get(value, name)
    return value


def _star(value: Value) -> Value:
    if isinstance(value, dict):
        return Filtered(value.values())
    return Filtered(value) if isinstance(value, list) else Filtered()


def _key(value: Value, wanted: Value) -> str | int | None:
    """Where in `value` the wanted one is; names of properties know no case."""
    if isinstance(value, dict) and isinstance(wanted, str):
        if wanted in value:
            return wanted
        return next((name for name in value if name.upper() == wanted.upper()), None)
    if isinstance(value, list) and isinstance(wanted, int | float):
        at = int(wanted) if wanted == wanted and abs(wanted) < 1e9 else -1
        return at if 0 <= at < len(value) else None
    return None


def _get(value: Value, name: str | int) -> Value:
    if isinstance(value, dict):
        return value[str(name)]
    return value[int(name)] if isinstance(value, list) else None


def _call(name: str, arguments: list[Value], scope: Scope) -> Value:
    if scope.status is not None and (said := scope.status.get(name)) is not None:
        if arguments:
            raise ExpressionError(f"{name}() takes no arguments")
        return said
    if name == "hashfiles" and scope.hash_files is not None:
        return scope.hash_files([to_text(one) for one in arguments])
    return builtin.call(name, arguments)
