"""Merges branches inside a bare repository, in the three ways GitHub offers; decides nothing."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import Literal

from app.sandbox import git

Method = Literal["merge", "squash", "rebase"]


@functools.lru_cache(maxsize=4096)
def merged_tree(path: Path, base: str, head: str) -> str | None:
    """The tree of a clean merge, or None when there are conflicts."""
    try:
        return git.text(path, "merge-tree", "--write-tree", base, head).splitlines()[0]
    except git.GitError:
        return None


def merge(
    path: Path, base: str, head: str, *, method: Method, message: str, by: git.Person
) -> str | None:
    """The new tip for the base branch, or None when it can't be merged."""
    tree = merged_tree(path, base, head)
    if tree is None:
        return None
    if method == "rebase":
        return _rebase(path, base, head, by)
    parents = ["-p", base, "-p", head] if method == "merge" else ["-p", base]
    return git.text(path, "commit-tree", tree, *parents, "-m", message, extra=_identity(by))


def update_ref(path: Path, ref: str, new: str, old: str) -> None:
    git.run(path, "update-ref", ref, new, old)


def _identity(by: git.Person) -> dict[str, str]:
    when = f"{int(by.when.timestamp())} +0000"
    return {
        "GIT_AUTHOR_NAME": by.name, "GIT_AUTHOR_EMAIL": by.email, "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com",
        "GIT_COMMITTER_DATE": when,
    }  # fmt: skip


def _rebase(path: Path, base: str, head: str, by: git.Person) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        git.run(path, "worktree", "add", "--quiet", "--detach", str(work), head)
        try:
            git.run(work, "rebase", "--quiet", "--force-rebase", base, extra=_committer(by))
            return git.text(work, "rev-parse", "HEAD")
        except git.GitError:
            return None
        finally:
            git.run(path, "worktree", "remove", "--force", str(work))


def _committer(by: git.Person) -> dict[str, str]:
    return {key: value for key, value in _identity(by).items() if "COMMITTER" in key}
