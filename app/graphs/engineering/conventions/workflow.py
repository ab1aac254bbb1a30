"""What CI runs, as a hint for people. Nothing of it is taken for a command of ours."""

import re
from collections.abc import Iterator

from app.graphs.engineering.conventions.tree import Files

_MOST = 20  # workflows, and lines told
_FILE = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
_RUN = re.compile(r"(\s*+)(?:-\s++)?run:\s*+(.*)")
_TEST = re.compile(r"\b(?:test|tests|pytest|tox|nox|vitest|jest|mocha|check)\b")
_TARGET = re.compile(r"\bmake\s++(?:-[a-zA-Z]\s++)*([A-Za-z][A-Za-z0-9_.-]{0,60}+)\s*\Z")
_TESTING = re.compile(r"test|check|verify|ci\b", re.IGNORECASE)
_LINE = re.compile(r"[ -~]{1,200}")


def lines(files: Files) -> tuple[str, ...]:
    """All lines of `run:`, each once."""
    found: dict[str, None] = {}
    for path in [path for path in files if _FILE.fullmatch(path)][:_MOST]:
        found |= {line: None for line in _run_lines(files.text(path)) if _LINE.fullmatch(line)}
    return tuple(found)


def tests(run: tuple[str, ...]) -> tuple[str, ...]:
    """Those that look like tests."""
    return tuple(line for line in run if _TEST.search(line))[:_MOST]


def targets(run: tuple[str, ...]) -> tuple[str, ...]:
    """What of it are targets of make that look like tests."""
    matches = (_TARGET.search(line) for line in run)
    names = [match.group(1) for match in matches if match]
    return tuple(name for name in names if _TESTING.search(name))


def _run_lines(text: str) -> Iterator[str]:
    """Without a parser of YAML: a line of a block is one that is indented deeper."""
    depth = -1
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        if depth >= 0 and (indent > depth or not line.strip()):
            yield line.strip()
            continue
        match = _RUN.match(line)
        depth = -1
        if match and match.group(2)[:1] in ("|", ">"):
            depth = len(match.group(1))
        elif match:
            yield match.group(2).strip().strip("'\"")
