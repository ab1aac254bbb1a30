"""The files and log lines through which a step tells the runner something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_FILE = 1_000_000
_HEREDOC = re.compile(r"([^=\n]+?)<<(\S+)")
_COMMAND = re.compile(r"::([A-Za-z-]+)(?: [^\n]*?)?::(.*)")
_UNESCAPES = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


class FileError(Exception):
    """A file that a step wrote for the runner is not in its form."""


@dataclass(frozen=True, slots=True)
class Channel:
    """The files of one step: made before it, read after it."""

    env: Path
    output: Path
    path: Path
    summary: Path

    @classmethod
    def make(cls, folder: Path, number: int) -> Channel:
        paths = [folder / f"{kind}_{number}" for kind in ("env", "output", "path", "summary")]
        for path in paths:
            path.write_bytes(b"")
        return cls(*paths)

    def variables(self) -> dict[str, str]:
        return {
            "GITHUB_ENV": str(self.env), "GITHUB_OUTPUT": str(self.output),
            "GITHUB_PATH": str(self.path), "GITHUB_STEP_SUMMARY": str(self.summary),
        }  # fmt: skip


def read(path: Path) -> str:
    """Whatever a step made of it: a link, a folder, a flood or no text is an error."""
    if path.is_symlink() or not path.is_file():
        raise FileError(f"{path.name} is no file any more")
    with path.open("rb") as file:
        content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise FileError(f"{path.name} is larger than {MAX_FILE} bytes")
    return content.decode(errors="replace")


def read_pairs(path: Path) -> dict[str, str]:
    """`name=value` lines, and `name<<MARK` … `MARK`."""
    found: dict[str, str] = {}
    lines = iter(read(path).splitlines())
    for line in lines:
        if not line:
            continue
        heredoc = _HEREDOC.fullmatch(line)
        name, sign, value = line.partition("=")
        if heredoc:
            name, value = heredoc[1], _until(lines, heredoc[2])
        elif not sign:
            raise FileError(f"Invalid format '{line[:200]}'")
        if not name:
            raise FileError(f"Invalid format '{line[:200]}': the name is empty")
        found[name] = value
    return found


def _until(lines: Iterator[str], mark: str) -> str:
    kept: list[str] = []
    for line in lines:
        if line == mark:
            return "\n".join(kept)
        kept.append(line)
    raise FileError(f"Invalid value. Matching delimiter not found '{mark[:100]}'")


@dataclass(frozen=True, slots=True)
class LogCommand:
    """`::name parameters::text` in a step's output."""

    name: str
    text: str


def log_command(line: str) -> LogCommand | None:
    match = _COMMAND.fullmatch(line.strip())
    return None if match is None else LogCommand(match[1].lower(), _unescape(match[2]))


def _unescape(text: str) -> str:
    for written, meant in _UNESCAPES:
        text = text.replace(written, meant)
    return text
