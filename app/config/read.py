"""Reads the text of an orchestrator.yml, or says what is wrong with it. It opens no file."""

import yaml
from pydantic import ValidationError

from app.config.schema import Config
from app.strict_yaml import YamlError, line_of, load

MAX_FILE = 100_000
_ADVICE = {
    "extra_forbidden": "no such key; see the list of keys in docs/configuration.md",
    "model_type": "write `key: value` lines below it, indented alike; or leave it out",
    "dict_type": "write `key: value` lines below it, indented alike; or leave it out",
    "missing": "is not there; add it",
    "tuple_type": "write a list, such as [one, two]",
}


class ConfigError(Exception):
    """What is wrong, where, and what to do; meant for the person who wrote the file."""


def parse(text: str, file: str) -> Config:
    """One file's text. Raises ConfigError."""
    if len(text) > MAX_FILE:
        raise ConfigError(f"{file}: longer than {MAX_FILE} characters; shorten it")
    try:
        node, data = load(text)
    except YamlError as error:
        raise ConfigError(f"{file}, {error}") from None
    if data is None:
        return Config()
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_explain(error, node, file)) from None


def _explain(error: ValidationError, root: yaml.Node | None, file: str) -> str:
    lines = []
    for problem in error.errors()[:5]:
        path = [part for part in problem["loc"] if isinstance(part, str | int) and part != "[key]"]
        key = ".".join(str(part) for part in path) or "the file"
        message = _ADVICE.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")
        lines.append(f"{file}, line {line_of(root, path)}: {key}: {message}")
    return "\n".join(lines)
