"""A repository whose packages lie in folders, with nothing at the top that would test them all."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from app.graphs.engineering.conventions import node, python
from app.graphs.engineering.conventions.tree import Entry, Files
from app.graphs.engineering.conventions.way import Way

_MOST = 12  # packages that are tested
_DEEPEST = 3
_ONE = (
    '(cd {folder} && mkdir "$all/{number}" && ORC_OUT="$all/{number}" bash -c {command}) '
    '|| code=1; [ -s "$all/{number}/junit.xml" ] || code=1; '
)
_ALL = (
    "all=$(mktemp -d); code=0; {parts}{{ echo '<testsuites>'; "
    "sed 's/<?xml[^>]*>//' \"$all\"/*/junit.xml; echo '</testsuites>'; }} "
    '> "$ORC_OUT/junit.xml"; exit $code'
)


@dataclass(frozen=True, slots=True)
class _Below:
    """The tree below a folder."""

    files: Files
    folder: str

    def entries(self) -> Iterator[Entry]:
        start = f"{self.folder}/"
        for path in self.files:
            if path.startswith(start):
                yield Entry(path.removeprefix(start), self.files.size(path))

    def read(self, path: str, limit: int) -> bytes:
        return self.files.text(f"{self.folder}/{path}").encode()[:limit]


def folders(files: Files) -> list[str]:
    """Those with a manifest of their own, without those within them."""
    found: list[str] = []
    for path in files.named("package.json", *python.MANIFESTS):
        folder = path.rpartition("/")[0]
        known = any(folder == one or folder.startswith(f"{one}/") for one in found)
        if folder and not known and folder.count("/") < _DEEPEST:
            found.append(folder)
    return sorted(found)


def find(files: Files) -> Way | None:
    """All packages one after another, also where one fails; each must leave its report."""
    found = [(folder, way) for folder in folders(files)[:_MOST] if (way := _way(files, folder))]
    if not found:
        return None
    parts = "".join(
        _ONE.format(
            folder=shlex.quote(f"./{folder}"), number=number, command=shlex.quote(way.command)
        )
        for number, (folder, way) in enumerate(found, 1)
    )
    ways = [way for _, way in found]
    return Way(
        _ALL.format(parts=parts),
        f"{len(found)} of its folders hold a package each, and all are tested.",
        frozenset().union(*(way.capabilities for way in ways)),
        counted=all(way.counted for way in ways),
    )


def _way(files: Files, folder: str) -> Way | None:
    """One without tests yet would fail them all."""
    below = Files(_Below(files, folder))
    if node.has_tests(below):
        return node.find(below)
    return python.find(below) if python.has_tests(below) else None
