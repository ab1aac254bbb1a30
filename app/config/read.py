"""Reads the text of an orchestrator.yml, or says what is wrong with it. It opens no file."""

from operator import itemgetter
from typing import Any

import yaml
from pydantic import ValidationError

from app.config.schema import Config
from app.strict_yaml import YamlError, line_of, load

MAX_FILE = 100_000
_ADVICE = {
    "extra_forbidden": "no such key; see the list of keys in the app's docs/configuration.md",
    "model_type": "write `key: value` lines below it, indented alike; or leave it out",
    "dict_type": "write `key: value` lines below it, indented alike; or leave it out",
    "missing": "is not there; add it",
    "tuple_type": "write a list, such as [one, two]",
    "string_type": "write text; in quotes, if it looks like a number",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "float_type": "write a number",
    "finite_number": "write a finite number",
    "bool_type": "write true or false",
    "invalid_key": "write the key in quotes",
    "string_too_short": "write something, or leave the key out",
    "string_too_long": "write at most {max_length} characters",
    "too_long": "write at most {max_length} items",
    "too_short": "write at least {min_length}",
    "less_than_equal": "write at most {le:,g}",
    "greater_than_equal": "write at least {ge:,g}",
    "greater_than": "write more than {gt:,g}",
    "literal_error": "write {expected}",
    "enum": "write {expected}",
}
_NO_LINES = "the file must be `key: value` lines"
_YAML_ADVICE = {"'\\t'": "use spaces, not tabs", "unhashable": "a key must be a single word"}


class ConfigError(Exception):
    """What is wrong, where, and what to do; meant for the person who wrote the file."""


def parse(text: str, file: str) -> Config:
    """One file's text. Raises ConfigError."""
    if len(text) > MAX_FILE:
        raise ConfigError(f"{file}: longer than {MAX_FILE} characters; shorten it")
    try:
        node, data = load(text)
    except YamlError as error:
        advice = next((say for sign, say in _YAML_ADVICE.items() if sign in error.what), error.what)
        raise ConfigError(f"{file}, {YamlError(error.line, advice)}") from None
    if data is None:
        return Config()
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_explain(error, node, file)) from None


def _explain(error: ValidationError, root: yaml.Node | None, file: str) -> str:
    """From the top of the file on, as a person reads it."""
    found = sorted((_told(dict(problem), root) for problem in error.errors()), key=itemgetter(0))
    return "\n".join(f"{file}, line {line}: {what}" for line, what in found[:5])


def _told(problem: dict[str, Any], root: yaml.Node | None) -> tuple[int, str]:
    path = [part for part in problem["loc"] if isinstance(part, str | int) and part != "[key]"]
    key = ".".join(str(part) for part in path) or "the file"
    return line_of(root, path), f"{key}: {_advice(problem) if path else _NO_LINES}"


def _advice(problem: dict[str, Any]) -> str:
    said, about = problem["input"], problem.get("ctx", {})
    if not isinstance(said, str) and f"'{said}'" in about.get("expected", ""):
        return f'write it in quotes: "{said}"'
    advice = _ADVICE.get(problem["type"])
    if advice is None:
        return str(problem["msg"]).removeprefix("Value error, ")
    return advice.format(**about)
