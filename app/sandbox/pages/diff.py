"""Reads git's unified diff into files, hunks and numbered lines; it runs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")
_ESCAPE = re.compile(r"\\([0-7]{3}|.)")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
MAX_LINES = 1_500


@dataclass(frozen=True, slots=True)
class Line:
    kind: Literal["same", "add", "del", "note"]
    old: int | None
    new: int | None
    text: str


@dataclass(slots=True)
class Hunk:
    title: str
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class FileDiff:
    """One changed file. `hidden` lines are beyond what a page shows."""

    name: str
    old_name: str | None = None
    status: Literal["added", "removed", "renamed", "changed"] = "changed"
    notes: list[str] = field(default_factory=list)
    hunks: list[Hunk] = field(default_factory=list)
    additions: int = 0
    deletions: int = 0
    shown: int = 0
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Diff:
    """`cut`: too long to be read whole; `missing`: git could not make it."""

    files: tuple[FileDiff, ...]
    cut: bool = False
    missing: bool = False

    @property
    def additions(self) -> int:
        return sum(file.additions for file in self.files)

    @property
    def deletions(self) -> int:
        return sum(file.deletions for file in self.files)


def parse(text: str, cut: bool = False) -> Diff:
    files: list[FileDiff] = []
    lines = iter(text.split("\n"))
    for line in lines:
        if line.startswith("diff --git "):
            files.append(FileDiff(_halved(line.removeprefix("diff --git "))))
        elif files and (match := _HUNK.match(line)):
            _read_hunk(files[-1], match, lines)
        elif files:
            _read_header(files[-1], line)
    return Diff(tuple(files), cut)


def _read_header(file: FileDiff, line: str) -> None:
    word, _, rest = line.partition(" ")
    if word in {"+++", "---"}:
        file.name = file.name if rest == "/dev/null" else _name(rest)
    elif line.startswith("new file"):
        file.status = "added"
        _note_mode(file, line)
    elif line.startswith("deleted file"):
        file.status = "removed"
    elif line.startswith("rename from "):
        file.status, file.old_name = "renamed", _unquoted(line.removeprefix("rename from "))
    elif line.startswith("rename to "):
        file.name = _unquoted(line.removeprefix("rename to "))
    elif line.startswith("new mode"):
        _note_mode(file, line)
    elif line.startswith("Binary files "):
        file.notes.append("Binary file, not shown")


def _note_mode(file: FileDiff, line: str) -> None:
    kinds = {"100755": "Executable", "120000": "Symbolic link", "160000": "Submodule"}
    if note := kinds.get(line[-6:]):
        file.notes.append(note)


def _read_hunk(file: FileDiff, match: re.Match[str], lines: Iterator[str]) -> None:
    old, old_left, new, new_left = (int(n) if n else 1 for n in match.groups()[:4])
    hunk = Hunk(match.group(5))
    file.hunks.append(hunk)
    while old_left > 0 or new_left > 0:
        raw = next(lines, None)
        if raw is None:
            return
        sign, text = raw[:1], raw[1:]
        if sign == "+":
            line, new, new_left = Line("add", None, new, text), new + 1, new_left - 1
            file.additions += 1
        elif sign == "-":
            line, old, old_left = Line("del", old, None, text), old + 1, old_left - 1
            file.deletions += 1
        elif sign == "\\":
            line = Line("note", None, None, "no newline at the end of the file")
        else:
            line = Line("same", old, new, text)
            old, new, old_left, new_left = old + 1, new + 1, old_left - 1, new_left - 1
        if file.shown < MAX_LINES:
            hunk.lines.append(line)
            file.shown += 1
        else:
            file.hidden += 1


def _halved(names: str) -> str:
    """`a/x b/x`: both halves are the same name, where nothing below says otherwise."""
    half = len(names) // 2
    return _name(names[half + 1 :]) if names[:half][2:] == names[half + 1 :][2:] else names


def _name(text: str) -> str:
    return _unquoted(text.rstrip("\t"))[2:]


def _unquoted(text: str) -> str:
    """git quotes names with control characters, quotes or backslashes."""
    if not text.startswith('"'):
        return text
    return _ESCAPE.sub(_unescape, text[1:].removesuffix('"'))


def _unescape(match: re.Match[str]) -> str:
    said = match.group(1)
    return chr(int(said, 8)) if len(said) == 3 else _LETTERS.get(said, said)
