"""Parses, validates and executes GraphQL, and words errors as GitHub does; no rules of its own."""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from app.sandbox.graph.context import Context
from app.sandbox.graph.fields import TABLES
from app.sandbox.graph.mutations import MUTATIONS, SomethingWentWrong
from app.sandbox.graph.pages import PaginationRefused
from app.sandbox.refusal import Refusal

_TYPES = {404: "NOT_FOUND", 403: "FORBIDDEN", 401: "FORBIDDEN"}
_SCHEMA_FILE = Path(__file__).parent.parent / "schema.graphql"


@functools.cache
def schema() -> GraphQLSchema:
    built = build_schema(_SCHEMA_FILE.read_text())
    for type_name, table in (TABLES | {"Mutation": MUTATIONS}).items():
        fields = built.type_map[type_name].fields  # type: ignore[attr-defined]
        for name, resolve in table.items():
            if name in fields:
                fields[name].resolve = resolve
    for kind in built.type_map.values():
        if hasattr(kind, "resolve_type"):
            kind.resolve_type = lambda value, *_: value.typename
    _scalars(built)
    return built


def _scalars(built: GraphQLSchema) -> None:
    readers: dict[str, Callable[[Any], Any]] = {
        "DateTime": _read_time, "URI": _read_uri, "GitObjectID": _read_oid,
    }  # fmt: skip
    for name, reader in readers.items():
        scalar = cast("GraphQLScalarType", built.type_map[name])
        scalar.parse_value = reader  # type: ignore[method-assign,assignment]
    # Database ids are past 32 bits, and GitHub shows them as Int all the same.
    number = cast("GraphQLScalarType", built.type_map["Int"])
    number.serialize = int  # type: ignore[method-assign,assignment]


def _read_time(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"Could not coerce value {value!r} to DateTime") from None
    if moment.tzinfo is None:
        raise GraphQLError(f"Could not coerce value {value!r} to DateTime")
    return moment


def _read_uri(value: Any) -> str:
    if not isinstance(value, str) or "://" not in value:
        raise GraphQLError(f"Could not coerce value {value!r} to URI")
    return value


def _read_oid(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{40}", value):
        raise GraphQLError(f"Could not coerce value {value!r} to GitObjectID")
    return value


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed request: what it is called and which mutations it wants, in order."""

    document: DocumentNode | None
    operation: str
    mutations: tuple[str, ...]
    variables: dict[str, Any]
    errors: tuple[dict[str, Any], ...] = ()

    @property
    def writes(self) -> bool:
        return bool(self.mutations)


def read(body: Any) -> Request:
    """Never raises: what can't be read becomes an error of the request."""
    query = body.get("query") if isinstance(body, dict) else None
    if not isinstance(query, str):
        return _unreadable("A query attribute must be specified and must be a string.")
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        return _unreadable("Variables must be an object.")
    document, errors = _prepare(query)
    name = body.get("operationName")
    name = name if isinstance(name, str) else None
    if document is None:
        return Request(None, name or "", (), variables, errors)
    operation = get_operation_ast(document, name)
    if operation is None:
        return _unreadable("An operation name is required" if name is None else
                           f"No operation named \"{name}\"")  # fmt: skip
    called = operation.name.value if operation.name else ""
    return Request(document, called, _mutations(operation), variables, errors)


def _unreadable(message: str) -> Request:
    return Request(None, "", (), {}, ({"message": message},))


def _mutations(operation: OperationDefinitionNode) -> tuple[str, ...]:
    if operation.operation is not OperationType.MUTATION:
        return ()
    fields = operation.selection_set.selections
    return tuple(field.name.value for field in fields if isinstance(field, FieldNode))


@functools.lru_cache(maxsize=256)
def _prepare(query: str) -> tuple[DocumentNode | None, tuple[dict[str, Any], ...]]:
    try:
        document = parse(query, max_tokens=20_000)
    except (GraphQLError, RecursionError) as error:
        return None, ({"message": getattr(error, "message", "Parse error")},)
    errors = validate(schema(), document)
    return document, tuple(
        {"extensions": {"code": "undefinedField"}, **_where(error), "message": error.message}
        for error in errors
    )


def _where(error: GraphQLError) -> dict[str, Any]:
    where: dict[str, Any] = {}
    if error.path:
        where["path"] = list(error.path)
    if error.locations:
        where["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return where


def run(request: Request, context: Context, operation_name: str | None) -> dict[str, Any]:
    """The answer's JSON; it is 200 whatever happened inside."""
    if request.errors or request.document is None:
        return {"errors": list(request.errors)}
    result = execute_sync(
        schema(),
        request.document,
        context_value=context,
        variable_values=request.variables,
        operation_name=operation_name,
    )
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [_word(error) for error in result.errors]
        if result.data is None and not any(error.path for error in result.errors):
            del answer["data"]
    return answer


def _word(error: GraphQLError) -> dict[str, Any]:
    cause = error.original_error
    if isinstance(cause, PaginationRefused):
        return {"type": cause.kind, **_where(error), "message": cause.message}
    if isinstance(cause, Refusal):
        kind = _TYPES.get(cause.status, "UNPROCESSABLE")
        more = {"extensions": {"saml_failure": False}} if kind == "FORBIDDEN" else {}
        return {"type": kind, **_where(error), **more, "message": _sentence(cause)}
    if isinstance(cause, SomethingWentWrong):
        return {**_where(error), "message": (
            "Something went wrong while executing your query. Please include "
            f"`{uuid.uuid4()}` when reporting this issue."
        )}  # fmt: skip
    if cause is not None:
        raise cause
    return {**_where(error), "message": error.message}


def _sentence(refusal: Refusal) -> str:
    """GraphQL says in one sentence what REST lists under `errors`."""
    first = refusal.errors[0] if refusal.errors else None
    if isinstance(first, str):
        return first
    if first is None:
        return refusal.message
    text = first.get("message") or f"{first.get('field', 'Value')} {first.get('code', '')}"
    return str(text)[:1].upper() + str(text)[1:]
