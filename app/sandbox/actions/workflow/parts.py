"""Reads what workflows, jobs and steps have in common."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.actions.expression import ExpressionError, Value
from app.sandbox.actions.expression.syntax import parse
from app.sandbox.actions.expression.template import split
from app.sandbox.actions.workflow.definition import (
    SCOPES,
    Concurrency,
    Defaults,
    Permissions,
)
from app.sandbox.actions.workflow.tree import Tree

Said = Mapping[str, Tree]


def read_optional(said: Said, name: str) -> str | None:
    return said[name].text() if name in said else None


def read_value(said: Said, name: str, default: Value) -> Value:
    return said[name].plain() if name in said else default


def read_texts(said: Said, name: str) -> dict[str, str]:
    """A mapping of scalars, e.g. `env`."""
    if name not in said or said[name].value is None:
        return {}
    return {key: one.text() for key, one in said[name].mapping().items()}


def read_condition(said: Said) -> str:
    """`if:`, with or without its braces."""
    if "if" not in said:
        return ""
    text = said["if"].text()
    try:
        if not any(is_expression for is_expression, _ in split(text)):
            parse(text or "''")
    except ExpressionError as error:
        raise said["if"].wrong(str(error)) from None
    return text


def read_defaults(said: Said) -> Defaults:
    if "defaults" not in said:
        return Defaults()
    outer = said["defaults"].mapping(("run",))
    run = outer["run"].mapping(("shell", "working-directory")) if "run" in outer else {}
    return Defaults(read_optional(run, "shell"), read_optional(run, "working-directory"))


def read_concurrency(said: Said) -> Concurrency | None:
    if "concurrency" not in said:
        return None
    tree = said["concurrency"]
    if isinstance(tree.value, str):
        return Concurrency(tree.text())
    parts = tree.mapping(("group", "cancel-in-progress"))
    if "group" not in parts:
        raise tree.wrong("Required property is missing: group")
    return Concurrency(parts["group"].text(), read_value(parts, "cancel-in-progress", False))


def read_permissions(said: Said) -> Permissions:
    if "permissions" not in said:
        return None
    tree = said["permissions"]
    if tree.value == "read-all":
        return "read-all"
    if tree.value == "write-all":
        return "write-all"
    found = {key: one.text() for key, one in tree.mapping(SCOPES).items()}
    for key, level in found.items():
        if level not in {"read", "write", "none"}:
            raise tree.mapping()[key].wrong(f"Unexpected value '{level[:80]}'")
    return found
