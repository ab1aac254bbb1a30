"""One output stream, kept as its head and tail within a limit. It never holds more than that."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_MARK = b"\n[... %d bytes left out ...]\n"
_MARK_ROOM = 64


class Capture:
    """The head is on disk as it comes, so a run can be watched; the tail follows at the end.

    `heed` is told all of it, also what is not kept.
    """

    def __init__(self, path: Path, limit: int, heed: Callable[[bytes], None] | None = None) -> None:
        self.total = 0
        self._heed = heed
        self._file = path.open("wb", buffering=0)
        self._head_room = limit // 2
        self._tail_room = max(limit - limit // 2 - _MARK_ROOM, 0)
        self._limit = limit
        self._tail = bytearray()

    @property
    def truncated(self) -> bool:
        return self.total > self._limit

    def feed(self, chunk: bytes) -> None:
        self.total += len(chunk)
        if self._heed is not None:
            self._heed(chunk)
        if self._head_room:
            head, chunk = chunk[: self._head_room], chunk[self._head_room :]
            self._head_room -= len(head)
            with suppress(OSError):  # a full disk costs the log, not the run
                self._file.write(head)
        self._tail += chunk
        room = self._limit - self._limit // 2
        if len(self._tail) > 2 * room + 4096:
            del self._tail[: len(self._tail) - room]

    def close(self) -> None:
        rest = bytes(self._tail)
        if self.truncated:
            rest = rest[-self._tail_room :] if self._tail_room else b""
            left_out = self.total - self._limit // 2 - len(rest)
            rest = _MARK % left_out + rest if self._tail_room else rest
        with self._file, suppress(OSError):
            self._file.write(rest)
            os.fsync(self._file.fileno())
