"""Finds places in diffs: where a comment stands, and where it stands after more commits."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from app.sandbox import git
from app.sandbox.review import Place, Side

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_OPTIONS = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames")


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a diff: lines below the first hunk header, its own hunk's header, and itself."""

    position: int
    header: int
    at: int


@functools.lru_cache(maxsize=512)
def spots(path: Path, base: str, head: str, name: str) -> dict[tuple[Side, int], Spot]:
    """All lines of one file's diff since head left base; empty where the file did not change."""
    found: dict[tuple[Side, int], Spot] = {}
    old = new = 0
    first: int | None = None
    header = 0
    for at, line in enumerate(_diff(path, f"{base}...{head}", name, "-U3")):
        if match := _HUNK.match(line):
            old, new, header = int(match[1]), int(match[3]), at
            first = at if first is None else first
        elif first is not None and not line.startswith("\\"):
            spot = Spot(at - first, header, at)
            if not line.startswith("+"):
                found["LEFT", old] = spot
                old += 1
            if not line.startswith("-"):
                found["RIGHT", new] = spot
                new += 1
    return found


def hunk(path: Path, base: str, head: str, name: str, spot: Spot) -> str:
    """The text of the spot's hunk, from its header down to the spot."""
    return "\n".join(_diff(path, f"{base}...{head}", name, "-U3")[spot.header : spot.at + 1])


@functools.lru_cache(maxsize=512)
def _diff(path: Path, span: str, name: str, context: str) -> tuple[str, ...]:
    pathspec = f":(literal){name}"
    try:
        raw = git.run(path, "diff", *_OPTIONS, context, "--end-of-options", span, "--", pathspec)
    except (git.GitError, ValueError):  # ValueError: a NUL in the name
        return ()
    return tuple(raw.decode(errors="replace").removesuffix("\n").split("\n"))


@functools.lru_cache(maxsize=4096)
def moved_line(path: Path, old: str, new: str, name: str, line: int) -> int | None:
    """Where a line of a file in commit `old` is in commit `new`; None: changed or gone."""
    if old == new:
        return line
    if git.blob(path, new, name) is None:
        return None
    shift = 0
    for text in _diff(path, f"{old}..{new}", name, "-U0"):
        match = _HUNK.match(text)
        if match is None:
            continue
        start, count = int(match[1]), int(match[2] or 1)
        added = int(match[4] or 1)
        last = start + count - 1 if count else start
        if last < line:
            shift += added - count
        elif start <= line and count:
            return None
        else:
            break
    return line + shift


@functools.lru_cache(maxsize=1024)
def merge_base(path: Path, base: str, head: str) -> str:
    try:
        return git.text(path, "merge-base", "--end-of-options", base, head).splitlines()[0]
    except git.GitError:
        return base


def now_at(path: Path, was: tuple[str, str], now: tuple[str, str], place: Place) -> int | None:
    """The line at which a comment stands now; None: it is outdated. Pairs are (base, head)."""
    if place.side == "RIGHT":
        line = moved_line(path, was[1], now[1], place.path, place.line)
    else:
        origins = merge_base(path, *was), merge_base(path, *now)
        line = moved_line(path, *origins, place.path, place.line)
    shown = spots(path, *now, place.path)
    return line if line is not None and (place.side, line) in shown else None
