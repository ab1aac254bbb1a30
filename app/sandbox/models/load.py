"""Reads scripts from YAML files and says what is wrong with them. It runs none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from app.sandbox.models.script import Script

_FOLDER = Path(__file__).parent / "scripts"
_DEPTH = 20
_BYTES = 4_000_000
_ADVICE = {
    "extra_forbidden": "there is no such key; remove it or correct its name",
    "missing": "it is missing: add it",
    "too_short": "it is empty: add at least one",
}
Key = tuple[str | int, ...]


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
    content, lines = _parse(path, text)
    try:
        return Script.model_validate(content)
    except ValidationError as error:
        problems = [_explain(path, lines, problem) for problem in error.errors()]
        raise ScriptError("\n".join(problems)) from error


class _Loader(yaml.SafeLoader):
    """Without aliases, deep nesting and keys that are given twice."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        mark = event.start_mark
        if self.check_event(yaml.AliasEvent):
            raise _trouble("aliases are not known here: write it out", mark)
        self.depth += 1
        if self.depth > _DEPTH:
            raise _trouble(f"nested too deep: use at most {_DEPTH} levels", mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _trouble(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _parse(path: Path, text: str) -> tuple[object, Mapping[Key, int]]:
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines = dict(_lines(node, ())) if node else {}
        return loader.construct_document(node) if node else None, lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScriptError(f"{path}:{line}: this is not YAML: {error.problem}") from error
    except Exception as error:  # PyYAML's constructors raise anything on odd tags and numbers
        raise ScriptError(f"{path}: this is not YAML: {error!r}") from error


def _lines(node: yaml.Node, key: Key) -> Iterator[tuple[Key, int]]:
    yield key, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _lines(item, (*key, number))
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for name, value in node.value:
            if name.value in seen:
                raise _trouble(f"{name.value} is given twice: remove one", name.start_mark)
            seen.add(name.value)
            yield from _lines(value, (*key, str(name.value)))
            yield (*key, str(name.value)), name.start_mark.line + 1


def _explain(path: Path, lines: Mapping[Key, int], problem: Any) -> str:
    key: Key = tuple(problem["loc"])
    known = key
    while known and known not in lines:
        known = known[:-1]
    shown = ".".join(str(part) for part in key) or "the file"
    advice = _ADVICE.get(problem["type"], str(problem["msg"]).removeprefix("Value error, "))
    return f"{path}:{lines.get(known, 1)}: {shown}: {advice}"
