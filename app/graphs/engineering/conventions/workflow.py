"""Which targets CI makes, as a hint. Nothing of it is taken for a command of ours."""

import re
from collections.abc import Iterator

from app.graphs.engineering.conventions.tree import Files

_MOST = 20  # workflows
_FILE = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
_RUN = re.compile(r"(\s*+)(?:-\s++)?run:\s*+(.*)")
_TARGET = re.compile(r"\bmake\s++(?:-[a-zA-Z]\s++)*([A-Za-z][A-Za-z0-9_.-]{0,60}+)\s*\Z")
_TESTING = re.compile(r"test|check|verify|ci\b", re.IGNORECASE)
_LINE = re.compile(r"[ -~]{1,200}")


def targets(files: Files) -> tuple[str, ...]:
    """The targets of make that look like tests."""
    found: dict[str, None] = {}
    for path in [path for path in files if _FILE.fullmatch(path)][:_MOST]:
        for line in _run_lines(files.text(path)):
            match = _TARGET.search(line) if _LINE.fullmatch(line) else None
            if match and _TESTING.search(match.group(1)):
                found[match.group(1)] = None
    return tuple(found)


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
