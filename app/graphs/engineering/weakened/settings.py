"""What of a settings file bears on its tests, so that the rest may change unremarked. Pure."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from app.domain.finding import Finding, Kind
from app.graphs.engineering.weakened import lines

_TABLES = (
    *(("tool", name) for name in ("pytest", "tox", "nox", "hatch", "pdm", "poe", "taskipy")),
    *(("project", "entry-points"), ("tool", "poetry", "plugins")),
    ("build-system",),
)
_KEYS = (
    *("scripts", "jest", "mocha", "ava", "vitest", "nyc", "c8", "tap", "type", "imports"),
    *("workspaces", "packageManager", "config"),
)
_SECTIONS = ("tool:pytest", "pytest", "options.entry_points", "aliases", "testenv", "tox")
_SECTION = re.compile(r"^\[([^\]\n]{1,200})\]", re.MULTILINE)


def changed(path: str, old: str | None, new: str | None, why: str) -> Iterator[Finding]:
    """One look at the file where what bears on tests is not what it was; and at what stands out."""
    part = _PARTS.get(PurePosixPath(path).name.lower(), _whole)
    if _of(part, old) == _of(part, new):
        return
    number, _ = next(lines.added(old, new or ""), (0, ""))
    gone = "" if new is not None else ", and is gone"
    yield Finding(Kind.SETTINGS, path, number, f"{why}{gone}")
    if new is not None:
        yield from lines.options(path, old, new)


def _of(part: Callable[[str], object], text: str | None) -> object:
    try:
        return part(text) if text is not None else part("")
    except (ValueError, RecursionError):
        return text  # unreadable, so any change counts


def _whole(text: str) -> object:
    return text


def _toml(text: str) -> object:
    read = tomllib.loads(text)
    return repr([_below(read, *path) for path in _TABLES])


def _below(table: object, *path: str) -> object:
    for name in path:
        table = table.get(name) if isinstance(table, Mapping) else None
    return table


def _json(text: str) -> object:
    read = json.loads(text or "{}")
    return repr([_below(read, key) for key in _KEYS])


def _ini(text: str) -> object:
    """The sections about tests, as text; names such as `testenv:lint` count with theirs."""
    starts = [*_SECTION.finditer(text)]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return [
        text[match.start() : end].strip()
        for match, end in zip(starts, ends, strict=True)
        if match[1].strip() in _SECTIONS or match[1].startswith("testenv")
    ]


_PARTS: Mapping[str, Callable[[str], object]] = {
    "pyproject.toml": _toml,
    "package.json": _json,
    "setup.cfg": _ini,
    "tox.ini": _ini,
}
