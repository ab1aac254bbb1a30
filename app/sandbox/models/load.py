"""Reads scripts from YAML files and says what is wrong with them. It runs none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from app.sandbox.models.script import Script
from app.strict_yaml import YamlError, line_of, load

_FOLDER = Path(__file__).parent / "scripts"
_BYTES = 4_000_000
_ADVICE = {
    "extra_forbidden": "there is no such key; remove it or correct its name",
    "missing": "it is missing: add it",
    "too_short": "it is empty: add at least one",
}


class ScriptError(ValueError):
    """Says file, line, key, what is wrong and what to do."""


def builtin_scripts() -> dict[str, Path]:
    """Name to file, sorted, `default` first."""
    found = {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}
    return {"default": found["default"], **found}


def load_script(path: Path) -> Script:
    """Read and check a script; whatever the file holds, the only error is ScriptError."""
    try:
        with path.open("rb") as file:
            text = file.read(_BYTES + 1).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"{path}: can't be read as UTF-8 text: {error}") from error
    if len(text) > _BYTES:
        raise ScriptError(f"{path}: it is too large: use at most {_BYTES} bytes")
    try:
        node, content = load(text)
        return Script.model_validate(content)
    except YamlError as error:
        raise ScriptError(f"{path}:{error.line}: not valid YAML: {error.what}") from error
    except ValidationError as error:
        problems = [_explain(path, node, problem) for problem in error.errors()]
        raise ScriptError("\n".join(problems)) from error


def _explain(path: Path, node: yaml.Node | None, problem: Any) -> str:
    key: list[str | int] = list(problem["loc"])
    shown = ".".join(str(part) for part in key) or "the file"
    advice = _ADVICE.get(problem["type"], str(problem["msg"]).removeprefix("Value error, "))
    return f"{path}:{line_of(node, key)}: {shown}: {advice}"
