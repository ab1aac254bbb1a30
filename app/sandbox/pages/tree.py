"""Reads commits, folders, files and changes from a bare repository; all by sha, so all cached."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from app.sandbox import git
from app.sandbox.pages.diff import Diff, parse

_MAX_DIFF = 600_000
_DIFF = ("-M", "--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/")


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is git's: tree, blob or commit (a submodule); `last` touched it last, if known."""

    name: str
    kind: str
    is_link: bool
    size: int | None
    last: git.Commit | None


@functools.lru_cache(maxsize=256)
def commits(path: Path, span: str, limit: int = 100) -> tuple[git.Commit, ...]:
    """Of `a..b`, or of one sha and what came before; newest first."""
    try:
        return tuple(reversed(git.log(path, span, limit)))
    except git.GitError:
        return ()


@functools.lru_cache(maxsize=256)
def entries(path: Path, sha: str, folder: str) -> tuple[Entry, ...] | None:
    """Folders first; None where there is no such folder."""
    try:
        listing = git.run(path, "ls-tree", "-z", "-l", "--end-of-options", f"{sha}:{folder}")
    except (git.GitError, ValueError):
        return None
    touched = _last_touched(path, sha, f"{folder}/" if folder else "")
    found = [_entry(row, touched) for row in listing.decode(errors="replace").split("\0") if row]
    return tuple(sorted(found, key=lambda entry: (entry.kind != "tree", entry.name.lower())))


def _entry(row: str, touched: dict[str, git.Commit]) -> Entry:
    facts, _, name = row.partition("\t")
    mode, kind, _, size = facts.split()
    number = int(size) if size.isdigit() else None
    return Entry(name, kind, mode == "120000", number, touched.get(name))


def _last_touched(path: Path, sha: str, prefix: str) -> dict[str, git.Commit]:
    """First names under `prefix`, as far as the last hundred commits tell."""
    touched: dict[str, git.Commit] = {}
    for commit in commits(path, sha):
        for name in (*commit.added, *commit.modified):
            if name.startswith(prefix):
                touched.setdefault(name[len(prefix) :].split("/", 1)[0], commit)
    return touched


@functools.lru_cache(maxsize=128)
def between(path: Path, base: str, head: str) -> Diff:
    """What `head` changed since it left `base`."""
    return _diff(path, "diff", *_DIFF, f"{base}...{head}", "--")


@functools.lru_cache(maxsize=128)
def of_commit(path: Path, sha: str) -> Diff:
    """Against the first parent."""
    return _diff(path, "show", "--format=", "-m", "--first-parent", *_DIFF, sha, "--")


def _diff(path: Path, *args: str) -> Diff:
    try:
        text = git.run(path, "-c", "core.quotePath=false", *args).decode(errors="replace")
    except git.GitError:
        return Diff((), missing=True)
    return parse(text[:_MAX_DIFF], cut=len(text) > _MAX_DIFF)
