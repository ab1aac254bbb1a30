"""Holds answers against the providers' own types: what is required, and nothing unknown."""

import functools
import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, TypeAdapter


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def check(kind: Any, data: object) -> Any:
    """Raises where `data` lacks something or has what nobody published."""
    value = _adapter(kind).validate_python(data)
    unknown = list(_unknown(value, ""))
    assert not unknown, unknown
    return value


def _unknown(value: object, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{path}.{key}" for key in value.model_extra or {})
        for key in type(value).model_fields:
            yield from _unknown(getattr(value, key), f"{path}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unknown(item, f"{path}.{number}")


def stream(text: str) -> list[tuple[str | None, Any]]:
    """Events by name; data that is no JSON, such as [DONE], as text."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        data = fields["data"]
        found.append((fields.get("event"), json.loads(data) if data.startswith("{") else data))
    return found
