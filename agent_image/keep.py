"""Copies plain files out of a run, few and small. It follows no link and opens no device."""

import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_SKIPPED_FOLDERS = {".git"}
_DEPTH = 32
_NAME_BYTES = 1000


def matcher(globs: Sequence[str]) -> re.Pattern[str]:
    """`*` and `?` stay within a folder, `**/` is any number of folders."""
    special = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = (re.split(r"(\*\*/|\*\*|\*|\?)", glob.removeprefix("./")) for glob in globs)
    patterns = ("".join(special.get(part, re.escape(part)) for part in glob) for glob in parts)
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.DOTALL)


def _plain_files(root: Path) -> Iterator[str]:
    """Relative paths of regular files, sorted, without entering links or .git."""
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(set(folders) - _SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(folder, name)
            try:
                plain = stat.S_ISREG(path.lstat().st_mode)
            except OSError:
                continue
            if plain:
                yield path.relative_to(root).as_posix()


@dataclass
class Keeper:
    """Shared ceilings for all that is kept of one run; what was refused is in `skipped`."""

    file_bytes: int = 16_000_000
    total_bytes: int = 64_000_000
    files: int = 1000
    skipped: list[str] = field(default_factory=list)

    def copy(self, root: Path, globs: Sequence[str], into: Path) -> None:
        if not globs or root.is_symlink():
            return
        wanted = matcher(globs)
        for relative in _plain_files(root):
            if wanted.fullmatch(relative):
                self._copy_one(root / relative, into / relative, relative)

    def _copy_one(self, source: Path, target: Path, name: str) -> None:
        try:
            handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            self.skipped.append(name)
            return
        with os.fdopen(handle, "rb") as file:
            size = os.fstat(handle).st_size
            if self.files < 1 or size > min(self.file_bytes, self.total_bytes) or _is_deep(name):
                self.skipped.append(name)
                return
            self.files -= 1
            self.total_bytes -= size
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as copy:
                shutil.copyfileobj(file, copy)


def _is_deep(name: str) -> bool:
    return name.count("/") >= _DEPTH or len(os.fsencode(name)) > _NAME_BYTES
