"""Finds the end of what an issue's last runs printed. It starts and removes nothing."""

import asyncio
import os
import re
import stat
import time
from collections.abc import Sequence
from pathlib import Path

from app.domain.log import Log, tail
from app.domain.ref import IssueRef
from app.git.secret import TooLongError, find

_RUN = re.compile(r"(?P<key>\d+-\d+)-r(?P<round>\d+)\.(?P<attempt>\d+)-(?P<part>[a-z-]+)-[0-9a-f]+")
_BYTES = 64_000
_SECONDS = 2.0
_FILES = ("stdout", "stderr")


class RunLogs:
    """The engine's `Logs`, from the folders of runs, which a sweep clears away in time."""

    def __init__(self, state_dir: Path) -> None:
        self._root = state_dir / "runs"

    async def tail(self, issue: IssueRef) -> Sequence[Log]:
        """Of each kind of run the newest, the oldest of these first."""
        return await asyncio.to_thread(self._tail, issue.key)

    def _tail(self, key: str) -> list[Log]:
        newest: dict[str, tuple[float, str, Path]] = {}
        for folder in self._root.glob(f"{key}-r*"):
            match = _RUN.fullmatch(folder.name)
            if match is None or folder.is_symlink():
                continue
            name = f"{match['part']}, attempt {match['attempt']}"
            begun = _changed(folder)
            if match["part"] not in newest or begun > newest[match["part"]][0]:
                newest[match["part"]] = begun, name, folder
        return [
            Log(name, f"runs/{folder.name}", _safe(_printed(folder)))
            for _, name, folder in sorted(newest.values())
        ]


def _changed(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def _printed(folder: Path) -> str:
    parts = [tail(_end(folder / name)) for name in _FILES]
    return "\n\n".join(part for part in parts if part)


def _end(path: Path) -> bytes:
    """What a run left is not trusted: no link is followed, nothing is waited for."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    with os.fdopen(fd, "rb") as file:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            return b""
        file.seek(max(status.st_size - _BYTES, 0))
        return file.read(_BYTES)


def _safe(text: str) -> str:
    """A run has no secret of ours; what looks like one all the same is not repeated."""
    try:
        hidden = {found.line for found in find(text, time.monotonic() + _SECONDS)}
    except TooLongError:
        return "(it can't be shown: looking for credentials in it took too long)"
    lines = text.split("\n")
    return "\n".join(
        "(a line that looks like it holds a credential)" if number in hidden else line
        for number, line in enumerate(lines, start=1)
    )
