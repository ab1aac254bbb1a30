"""Writes a step's log as GitHub shows it: a time before each line, secrets masked, capped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

MAX_BYTES = 4_000_000
MAX_LINE = 32_000


class Masks:
    """Values that no log may show. Shared by all steps of a job; safe in threads."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._ordered: tuple[str, ...] = ()
        self._lock = threading.Lock()

    def add(self, value: str) -> None:
        """Each line of it too: logs are masked line by line."""
        with self._lock:
            lines = (value, *value.splitlines())
            self._values |= {line.strip() for line in lines if line.strip()}
            # The longest first: one secret may be the beginning of another.
            self._ordered = tuple(sorted(self._values, key=lambda one: (-len(one), one)))

    def hide(self, text: str) -> str:
        for value in self._ordered:
            text = text.replace(value, "***")
        return text

    def shows(self, text: str) -> bool:
        return any(value in text for value in self._ordered)


class StepLog:
    """One file. Use as a context manager."""

    def __init__(self, path: Path, masks: Masks, now: Callable[[], float]) -> None:
        self._path, self._masks, self._now = path, masks, now
        self._size = 0

    def __enter__(self) -> Self:
        self._file = self._path.open("w", encoding="utf-8", newline="\n")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def line(self, text: str) -> None:
        """Control characters other than tab and escape are shown as what they are not."""
        if self._size > MAX_BYTES:
            return
        shown = self._masks.hide(text[:MAX_LINE]) + ("…" if len(text) > MAX_LINE else "")
        shown = "".join(c if c >= " " or c in "\t\x1b" else "\ufffd" for c in shown)
        self._write(shown)
        if self._size > MAX_BYTES:
            self._write(f"##[warning]The log is cut here: it is longer than {MAX_BYTES} bytes")

    def lines(self, lines: list[str]) -> None:
        for line in lines:
            self.line(line)
        self.flush()

    def flush(self) -> None:
        """Who looks at the page sees it now."""
        self._file.flush()

    def error(self, text: str) -> None:
        for line in text.splitlines() or [""]:
            self.line(f"##[error]{line}")

    def group(self, title: str, lines: str) -> None:
        self.line(f"##[group]{title}")
        self.lines(lines.splitlines())
        self.line("##[endgroup]")

    def _write(self, text: str) -> None:
        moment = datetime.fromtimestamp(self._now(), UTC)
        line = f"{moment:%Y-%m-%dT%H:%M:%S.%f}0Z {text}\n"
        self._size += len(line.encode(errors="replace"))
        self._file.write(line.encode(errors="replace").decode())


def without_times(text: str) -> str:
    """The log as it was said."""
    return "".join(line.partition(" ")[2] for line in text.splitlines(keepends=True))
