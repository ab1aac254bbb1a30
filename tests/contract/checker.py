"""Holds every exchange against GitHub's own descriptions; it observes and never interferes."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import msgspec
from graphql import GraphQLError, parse, validate
from jsonschema import Draft202012Validator

from tests.contract import schemas
from tests.contract.jsonschemas import Compiler, explain
from tests.contract.quirks import ANSWERS, EVENTS, relaxed

# Answered anywhere, documented or not: GitHub lists them only on some operations.
_ANYWHERE = frozenset({304, 400, 401, 403, 404, 422, 429})
# Answers with these carry GitHub's plain error, which the description writes down unevenly.
_ERRORS = range(400, 600)
_CLOSED_TO = frozenset({"oneOf", "anyOf", "allOf", "additionalProperties"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path of GitHub's description."""

    method: str
    path: str
    pattern: re.Pattern[str]
    spec: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class GitHubContract:
    """Collects what breaks GitHub's contract; hang it into a sandbox's `observers`."""

    violations: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)  # operations and events that were checked

    def request(
        self,
        method: str,
        path: str,
        route: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body_bytes: bytes,
        status: int,
        response_headers: Mapping[str, str],
        response_bytes: bytes,
    ) -> None:
        if route == "graphql":
            self._graphql(body_bytes, response_bytes, status)
            return
        operation = find(method, path)
        if operation is None:
            self._broken(f"{method} {path}", "GitHub has no such operation")
            return
        self.seen.add(operation.name)
        good = status < 400
        self._query(operation, query)
        if good:
            self._body(operation, body_bytes)
        self._answer(operation, status, response_headers, response_bytes)

    def delivery(self, event: str, payload: Mapping[str, Any]) -> None:
        action = payload.get("action")
        name = (f"{event}-{action}" if action else event).replace("_", "-")
        self.seen.add(name)
        validator = _webhook(name)
        if validator is None:
            self._broken(f"webhook {name}", "GitHub sends no such event")
            return
        # As it goes over the wire: tuples become lists, times become text.
        wrong = explain(validator, msgspec.json.decode(msgspec.json.encode(payload)))
        if wrong:
            self._broken(f"webhook {name}", wrong)

    def assert_clean(self) -> None:
        """Fails with all that was found, once: the next test starts clean."""
        found, self.violations = list(dict.fromkeys(self.violations)), []
        assert not found, "GitHub's contract is broken:\n" + "\n".join(found)

    def _broken(self, where: str, what: str) -> None:
        self.violations.append(f"{where}: {what}")

    def _query(self, operation: Operation, query: Mapping[str, str]) -> None:
        known = _query_parameters(operation.name)
        for name, text in query.items():
            validator = known.get(name)
            if validator is None:
                self._broken(operation.name, f"unknown query parameter {name}")
            elif not any(validator.is_valid(value) for value in _readings(text)):
                self._broken(operation.name, f"query parameter {name} can't be {text!r}")

    def _body(self, operation: Operation, raw: bytes) -> None:
        schema = _request_schema(operation.name)
        if schema is None:
            if raw.strip() not in {b"", b"{}"}:
                self._broken(operation.name, "GitHub takes no body here")
            return
        body = msgspec.json.decode(raw) if raw else {}
        plain = _compiler().resolve(schema)
        if isinstance(body, dict) and "properties" in plain and not _CLOSED_TO & plain.keys():
            for name in body.keys() - plain["properties"].keys():
                self._broken(operation.name, f"request body: GitHub does not know {name}")
        wrong = explain(_request_validator(operation.name), body)
        if wrong:
            self._broken(operation.name, f"request body {wrong}")

    def _answer(
        self, operation: Operation, status: int, headers: Mapping[str, str], raw: bytes
    ) -> None:
        where = f"{operation.name} → {status}"
        documented = operation.spec["responses"]
        if str(status) not in documented and status not in _ANYWHERE and status < 500:
            self._broken(where, "GitHub does not answer with this status")
        if status in _ERRORS:
            self._error(where, status, raw)
            return
        validator = _response_validator(operation.name, str(status))
        if validator is None:
            if raw:
                self._broken(where, "GitHub sends no body here")
            return
        if "application/json" not in headers.get("content-type", ""):
            self._broken(where, "content-type is not application/json")
        wrong = explain(validator, msgspec.json.decode(raw))
        if wrong:
            self._broken(where, f"response {wrong}")

    def _error(self, where: str, status: int, raw: bytes) -> None:
        wrong = explain(_error_validator(), msgspec.json.decode(raw))
        if wrong:
            self._broken(where, f"error {wrong}")

    def _graphql(self, raw: bytes, answer: bytes, status: int) -> None:
        self.seen.add("graphql")
        if status != 200:
            return
        query = _query_of(raw)
        for wrong in ("it is no text",) if query is None else _document_errors(query):
            self._broken("graphql", f"GitHub would refuse the document: {wrong}")
        reply = msgspec.json.decode(answer)
        if not reply.keys() <= {"data", "errors", "extensions"} or not reply:
            self._broken("graphql", f"the answer has the keys {sorted(reply)}")
        for error in reply.get("errors", ()):
            if not isinstance(error.get("message"), str):
                self._broken("graphql", "an error has no message")


def _readings(text: str) -> list[Any]:
    """What a query string may stand for: text, a number, a truth value."""
    values: list[Any] = [text]
    if re.fullmatch(r"-?\d+", text):
        values.append(int(text))
    if text in {"true", "false"}:
        values.append(text == "true")
    return values


@functools.cache
def _compiler() -> Compiler:
    return Compiler(relaxed(schemas.openapi()))


@functools.cache
def _hook_compiler() -> Compiler:
    return Compiler(schemas.webhooks(), EVENTS)


@functools.cache
def operations() -> dict[str, Operation]:
    found = {}
    for path, methods in schemas.openapi()["paths"].items():
        # A ref or a file path may hold slashes; everything else may not.
        pattern = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
        pattern = re.sub(r"\{(ref|path)\}", ".+", pattern)
        compiled = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", pattern))
        for method, spec in methods.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                operation = Operation(method.upper(), path, compiled, spec)
                found[operation.name] = operation
    return found


@functools.lru_cache(maxsize=4096)
def find(method: str, path: str) -> Operation | None:
    """Of the operations that this path fits, the one that says most of it literally."""
    fits = [
        operation
        for operation in operations().values()
        if operation.method == method and operation.pattern.fullmatch(unquote(path))
    ]
    return max(fits, key=lambda one: len(re.sub(r"\{\w+\}", "", one.path)), default=None)


@functools.cache
def _query_parameters(name: str) -> dict[str, Draft202012Validator]:
    compiler = _compiler()
    spec = operations()[name].spec
    listed = [compiler.resolve(one) for one in spec.get("parameters", ())]
    return {
        one["name"]: compiler.validator(one["schema"]) for one in listed if one["in"] == "query"
    }


@functools.cache
def _request_schema(name: str) -> Any:
    content = operations()[name].spec.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema")


@functools.cache
def _request_validator(name: str) -> Draft202012Validator:
    return _compiler().validator(_request_schema(name))


@functools.cache
def _response_validator(name: str, status: str) -> Draft202012Validator | None:
    responses = operations()[name].spec["responses"]
    answer = _compiler().resolve(responses.get(status, {}))
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    schema = ANSWERS.get(f"{name} {status}", schema)
    return None if schema is None else _compiler().validator(schema)


@functools.cache
def _error_validator() -> Draft202012Validator:
    basic: Any = {"$ref": "#/components/schemas/basic-error"}
    plain: Any = {"required": ["message", "documentation_url", "status"]}
    return _compiler().validator({"allOf": [basic, plain]})


@functools.cache
def _webhook(name: str) -> Draft202012Validator | None:
    hook = schemas.webhooks()["webhooks"].get(name)
    if hook is None:
        return None
    schema = hook["post"]["requestBody"]["content"]["application/json"]["schema"]
    return _hook_compiler().validator(schema)


def _query_of(raw: bytes) -> str | None:
    try:
        body = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None
    query = body.get("query") if isinstance(body, dict) else None
    return query if isinstance(query, str) else None


@functools.lru_cache(maxsize=512)
def _document_errors(query: str) -> tuple[str, ...]:
    try:
        document = parse(query)
    except GraphQLError as error:
        return (error.message,)
    return tuple(error.message for error in validate(schemas.graphql(), document))
