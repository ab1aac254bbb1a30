"""What CI runs, as a hint for people. Nothing of it is taken for a command of ours."""

import re
from collections.abc import Iterator

from app.graphs.engineering.conventions.tree import Files

_MOST = 20  # workflows, and lines told
_FILE = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
_RUN = re.compile(r"(\s*+)(?:-\s++)?run:\s*+(.*)")
_TEST = re.compile(r"\b(?:test|tests|pytest|tox|nox|vitest|jest|mocha|check)\b")
_TARGET = re.compile(r"\bmake\s++(?:-[a-zA-Z]\s++)*([A-Za-z][A-Za-z0-9_.-]{0,60}+)\s*\Z")
_LINE = re.compile(r"[ -~]{1,200}")


def test_lines(files: Files) -> tuple[str, ...]:
    """Lines of `run:` that look like tests, each once."""
    found: dict[str, None] = {}
    for path in [path for path in files if _FILE.fullmatch(path)][:_MOST]:
        for line in _run_lines(files.text(path)):
            if _TEST.search(line) and _LINE.fullmatch(line):
                found.setdefault(line)
    return tuple(found)[:_MOST]


def targets(lines: tuple[str, ...]) -> tuple[str, ...]:
    """What of it are targets of make."""
    matches = (_TARGET.search(line) for line in lines)
    return tuple(match.group(1) for match in matches if match)


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
