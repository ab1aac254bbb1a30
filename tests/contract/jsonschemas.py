"""Turns OpenAPI 3.0 schemas into JSON Schema validators, compiled once; it knows no GitHub."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

Schema = Any
_REF = "#/components/"
_NAMED = frozenset({"properties", "patternProperties"})  # keys below are names, not keywords
_WORDS = frozenset({
    "nullable", "example", "examples", "description", "title", "default", "deprecated",
    "discriminator", "readOnly", "externalDocs",
})  # fmt: skip
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
FORMATS = FormatChecker(formats=())


def _is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(_TIME.fullmatch(value))


def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return bool(parts.scheme) and bool(parts.netloc) and " " not in value


FORMATS.checks("date-time")(_is_time)
FORMATS.checks("uri")(_is_uri)


@dataclass
class Compiler:
    """Validators over one OpenAPI document. An enum with a key of `widened` has its values too."""

    document: Mapping[str, Any]
    widened: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def validator(self, schema: Schema) -> Draft202012Validator:
        wanted: set[str] = set()
        root = self._convert(schema, wanted)
        definitions: dict[str, Schema] = {}
        todo = list(wanted)
        while todo:
            name = todo.pop()
            if name in definitions:
                continue
            more: set[str] = set()
            definitions[name] = self._component(name, more)
            todo += more - definitions.keys()
        return Draft202012Validator({"$defs": definitions, "allOf": [root]}, format_checker=FORMATS)

    def resolve(self, node: Any) -> Any:
        """Follows a $ref of the document (parameters, responses, examples)."""
        while isinstance(node, dict) and "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/")]
            node = found
        return node

    def _component(self, name: str, wanted: set[str]) -> Schema:
        source = self.resolve({"$ref": f"{_REF}{name.replace('.', '/', 1)}"})
        return self._convert(source, wanted)

    def _convert(self, node: Any, wanted: set[str]) -> Any:
        if isinstance(node, list):
            return [self._convert(item, wanted) for item in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            name = node["$ref"].removeprefix(_REF).replace("/", ".", 1)
            wanted.add(name)
            return {"$ref": f"#/$defs/{name}"}
        out: dict[str, Any] = {}
        for key, value in node.items():
            if key in _NAMED and isinstance(value, dict):
                out[key] = {name: self._convert(one, wanted) for name, one in value.items()}
            elif key not in _WORDS and not key.startswith("x-"):
                out[key] = self._convert(value, wanted)
        for name, more in self.widened.items():
            if name in out.get("enum", ()):
                out["enum"] = [*out["enum"], *more]
        if node.get("nullable"):
            if "enum" in out:
                out["enum"] = [*out["enum"], None]
            if isinstance(out.get("type"), str):
                out["type"] = [out["type"], "null"]
            elif any(key in out for key in ("allOf", "anyOf", "oneOf", "$ref")):
                out = {"anyOf": [{"type": "null"}, out]}
        return out


def explain(validator: Draft202012Validator, value: Any) -> str | None:
    """None when valid; else the JSON path and what is wrong there."""
    if validator.is_valid(value):
        return None
    error = best_match(validator.iter_errors(value))
    shown = error.message if len(error.message) < 300 else error.message[:300] + "…"
    return f"{error.json_path}: {shown}"
