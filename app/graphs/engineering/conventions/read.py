"""Configuration files of strangers as plain values. What can't be read is not there."""

import configparser
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

_NOTHING: Mapping[str, Any] = {}
# The time that tomllib takes for a name grows with the square of its parts.
_ENDLESS_NAME = re.compile(r"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){40}")


def json_table(text: str) -> Mapping[str, Any]:
    try:
        return table(json.loads(text)) if text else _NOTHING
    except (ValueError, RecursionError):
        return _NOTHING


def toml_table(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text) if text and not _ENDLESS_NAME.search(text) else _NOTHING
    except (ValueError, RecursionError):
        return _NOTHING


def ini_sections(text: str) -> Mapping[str, Mapping[str, str]]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return _NOTHING
    return {name: dict(parser.items(name)) for name in parser.sections()}


def table(value: object) -> Mapping[str, Any]:
    """The value, if it is one with names; else one without any."""
    return value if isinstance(value, dict) else _NOTHING


def strings(value: object) -> list[str]:
    """Those of a list, or of a table's keys, that are strings."""
    items = list(value) if isinstance(value, list | dict) else []
    return [item for item in items if isinstance(item, str)]
