"""A repository's files as far as they say how it is tested. Nothing of it is executed."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

MAX_FILES = 20_000
MAX_BYTES = 200_000  # of a file that is read
_IGNORED = frozenset({".git", "node_modules", ".venv", "venv", "__pycache__", "vendor", "target"})
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]{1,400}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file; the path is relative, with slashes."""

    path: str
    size: int


class Tree(Protocol):
    def entries(self) -> Iterable[Entry]:
        """All regular files; symbolic links and what is like them are left out."""

    def read(self, path: str, limit: int) -> bytes:
        """The first `limit` bytes of one of them; b"" if it is not there."""


class FolderTree:
    """A tree in a folder. It follows no symbolic link."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def entries(self) -> Iterator[Entry]:
        for folder, names, files in os.walk(self._root):
            names[:] = sorted(name for name in names if name not in _IGNORED)
            for name in sorted(files):
                path = Path(folder, name)
                found = path.lstat()
                if stat.S_ISREG(found.st_mode):
                    yield Entry(path.relative_to(self._root).as_posix(), found.st_size)

    def read(self, path: str, limit: int) -> bytes:
        folder = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for part in path.split("/"):
                if part in ("", ".", ".."):
                    return b""
                inner = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
                os.close(folder)
                folder = inner
            with os.fdopen(os.dup(folder), "rb") as file:
                return file.read(limit)
        except OSError:
            return b""
        finally:
            os.close(folder)


class Files:
    """What there is, each file read once, and only where it is small enough to be a person's."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._texts: dict[str, str] = {}
        self._sizes: dict[str, int] = {}
        for entry in tree.entries():
            if len(self._sizes) >= MAX_FILES:
                break
            if _PLAIN.fullmatch(entry.path) and not _IGNORED.intersection(entry.path.split("/")):
                self._sizes[entry.path] = entry.size

    def __contains__(self, path: str) -> bool:
        return path in self._sizes

    def __iter__(self) -> Iterator[str]:
        return iter(self._sizes)

    def size(self, path: str) -> int:
        return self._sizes[path]

    def named(self, *names: str) -> list[str]:
        """The files of these names in any folder, the uppermost first."""
        found = [path for path in self._sizes if path.rpartition("/")[2] in names]
        return sorted(found, key=lambda path: (path.count("/"), path))

    def text(self, path: str) -> str:
        """Its text; "" for what is not there or too large."""
        if not 0 < self._sizes.get(path, 0) <= MAX_BYTES:
            return ""
        if path not in self._texts:
            data = self._tree.read(path, MAX_BYTES)
            self._texts[path] = data.decode("utf-8", "replace").removeprefix("\ufeff")
        return self._texts[path]
