"""Bare repositories on disk, through git's plumbing; it knows no issues and no HTTP."""

from __future__ import annotations

import functools
import os
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_CONFIG = """\
[core]
	repositoryformatversion = 0
	bare = true
	logAllRefUpdates = false
[gc]
	auto = 0
	autoDetach = false
[maintenance]
	auto = false
[receive]
	fsckObjects = true
	denyDeleteCurrent = refuse
	denyCurrentBranch = ignore
	autogc = false
	maxInputSize = 104857600
[transfer]
	hideRefs = refs/pull
[uploadpack]
	allowFilter = true
	allowReachableSHA1InWant = true
[http]
	receivepack = true
"""

# GitHub refuses what protects a branch, and pushes that touch workflows unless the token may write
# them: the first such path of what the repository has not got yet is named. SANDBOX_PROTECTED has
# lines of a ref and a word for what this push may not do to it.
_PRE_RECEIVE = r"""#!/bin/sh
zero=0000000000000000000000000000000000000000
status=0
stopped() {
  [ -n "$SANDBOX_PROTECTED" ] && printf '%s\n' "$SANDBOX_PROTECTED" | grep -qxF -e "$1 $2"
}
refuse() {
  echo "error: GH006: Protected branch update failed for $1."
  echo "error: $2"
  status=1
}
while read -r old new ref; do
  if [ "$new" = "$zero" ]; then
    stopped "$ref" delete && refuse "$ref" "Cannot delete this protected branch"
    continue
  fi
  [ "$old" != "$zero" ] && stopped "$ref" force &&
    ! git merge-base --is-ancestor "$old" "$new" &&
    refuse "$ref" "Cannot force-push to this branch"
  stopped "$ref" pull && refuse "$ref" "Changes must be made through a pull request."
  stopped "$ref" check && ! stopped "$ref" "passed $new" &&
    refuse "$ref" "Required status checks are expected."
  [ -n "$SANDBOX_MAY_WORKFLOWS" ] && continue
  found=$(git rev-list "$new" --not --all | while read -r commit; do
    git diff-tree --root -m -r --no-commit-id --name-only "$commit" -- .github/workflows
  done | sort -u | head -n 1)
  if [ -n "$found" ]; then
    echo "refusing to allow a GitHub App to create or update workflow \`$found\`" \
      "without \`workflows\` permission"
    status=1
  fi
done
exit $status
"""

_OID = re.compile(r"[0-9a-f]{40}")
ZERO = "0" * 40


class GitError(Exception):
    """git said no; the text is its standard error."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a commit is by, and when."""

    name: str
    email: str
    when: datetime

    def line(self) -> str:
        return f"{self.name} <{self.email}> {int(self.when.timestamp())} +0000"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with the paths it changed."""

    sha: str
    tree: str
    message: str
    author: tuple[str, str]
    committer: tuple[str, str]
    when: datetime
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()


def environment() -> dict[str, str]:
    """git without the user's or the machine's configuration."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0",
    }  # fmt: skip


def run(
    path: Path, *args: str, data: bytes | None = None, extra: dict[str, str] | None = None
) -> bytes:
    done = subprocess.run(
        ["git", *args],
        cwd=path,
        input=data,
        stdin=subprocess.DEVNULL if data is None else None,
        capture_output=True,
        env=environment() | (extra or {}),
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise GitError(done.stderr.decode(errors="replace").strip())
    return done.stdout


def text(path: Path, *args: str, extra: dict[str, str] | None = None) -> str:
    return run(path, *args, extra=extra).decode(errors="replace").strip()


def create(path: Path, default_branch: str) -> None:
    """An empty, hardened bare repository."""
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "hooks"):
        (path / folder).mkdir(parents=True)
    (path / "HEAD").write_text(f"ref: refs/heads/{default_branch}\n")
    (path / "config").write_text(_CONFIG)
    hook = path / "hooks" / "pre-receive"
    hook.write_text(_PRE_RECEIVE)
    hook.chmod(0o755)


def import_head(path: Path, source: Path, branch: str) -> None:
    """Copies the history of the source's HEAD branch."""
    run(path, "fetch", "--quiet", "--no-tags", str(source.resolve()), f"+HEAD:refs/heads/{branch}")


def refs(path: Path) -> dict[str, str]:
    """All refs, also those that are neither branch nor tag."""
    lines = text(path, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def resolve(path: Path, name: str) -> str | None:
    """The commit that a full ref or sha names, or None."""
    try:
        return text(
            path, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
    except GitError:
        return None


def commit_exists(path: Path, sha: str) -> bool:
    return bool(_OID.fullmatch(sha)) and _commit_exists(path, sha)


@functools.lru_cache(maxsize=4096)
def _known_commit(path: Path, sha: str) -> str:
    return text(path, "cat-file", "-t", sha)


def _commit_exists(path: Path, sha: str) -> bool:
    try:
        return _known_commit(path, sha) == "commit"
    except GitError:
        return False


@functools.lru_cache(maxsize=4096)
def blob(path: Path, sha: str, name: str) -> tuple[str, bytes] | None:
    """(oid, content) of the file `name` in commit `sha`; None for a folder or nothing."""
    try:
        oid = text(path, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{sha}:{name}")
        return oid, run(path, "cat-file", "blob", oid)
    except (GitError, ValueError):  # ValueError: a NUL in the name
        return None


@functools.lru_cache(maxsize=4096)
def is_ancestor(path: Path, older: str, newer: str) -> bool:
    try:
        run(path, "merge-base", "--is-ancestor", older, newer)
    except GitError:
        return False
    return True


@functools.lru_cache(maxsize=4096)
def ahead(path: Path, base: str, head: str) -> int:
    """How many commits `head` has that `base` lacks."""
    return int(text(path, "rev-list", "--count", f"{base}..{head}"))


@functools.lru_cache(maxsize=4096)
def changes(path: Path, base: str, head: str) -> tuple[int, int, int]:
    """(files, additions, deletions) since head left base."""
    lines = text(path, "diff", "--numstat", f"{base}...{head}").splitlines()
    counts = [line.split("\t") for line in lines]
    added = sum(int(c[0]) for c in counts if c[0].isdigit())
    deleted = sum(int(c[1]) for c in counts if c[1].isdigit())
    return len(counts), added, deleted


def log(path: Path, span: str, limit: int = 50) -> list[Commit]:
    """Commits of `a..b` (or of one name), oldest first, with their changed paths."""
    form = "%x1e%H%x1f%T%x1f%B%x1f%an%x1f%ae%x1f%cn%x1f%ce%x1f%cI%x1f"
    args = ["log", "--reverse", f"-n{limit}", "--name-status", "--no-renames", "--root", "-m",
            "--first-parent", f"--format={form}", span, "--"]  # fmt: skip
    raw = run(path, *args).decode(errors="replace")  # not stripped: it strips \x1e too
    return [_commit(part) for part in raw.split("\x1e")[1:]]


def _commit(part: str) -> Commit:
    sha, tree, message, an, ae, cn, ce, when, names = part.split("\x1f", 8)
    paths: dict[str, list[str]] = {"A": [], "D": [], "M": []}
    for line in names.strip().splitlines():
        kind, _, name = line.partition("\t")
        paths.get(kind, paths["M"]).append(name)
    return Commit(
        sha=sha, tree=tree, message=message.strip(), author=(an, ae), committer=(cn, ce),
        when=datetime.fromisoformat(when), added=tuple(paths["A"]), removed=tuple(paths["D"]),
        modified=tuple(paths["M"]),
    )  # fmt: skip


def write_file(
    path: Path, branch: str, name: str, content: bytes, *, by: Person, message: str,
    start: str | None = None,
) -> str:  # fmt: skip
    """One commit on a branch that sets one file; returns its sha. New branches begin at `start`."""
    ref = f"refs/heads/{branch}"
    parent = resolve(path, ref) or start
    words = message.encode()
    parts = [f"commit {ref}\ncommitter {by.line()}\ndata {len(words)}\n".encode(), words, b"\n"]
    if parent:
        parts.append(f"from {parent}\n".encode())
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    parts.append(f'M 100644 inline "{quoted}"\ndata {len(content)}\n'.encode())
    run(path, "fast-import", "--quiet", "--done", data=b"".join([*parts, content, b"\ndone\n"]))
    return text(path, "rev-parse", ref)


@functools.lru_cache(maxsize=4096)
def tree(path: Path, sha: str, name: str) -> str | None:
    """The oid of the folder `name` ("" for the root) in commit `sha`."""
    try:
        oid = text(path, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{sha}:{name}")
        return oid if text(path, "cat-file", "-t", oid) == "tree" else None
    except (GitError, ValueError):
        return None


@functools.lru_cache(maxsize=4096)
def commit(path: Path, sha: str) -> Commit:
    return log(path, sha, limit=1)[0]
