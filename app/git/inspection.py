"""Everything in a commit that an agent may not change. It reads objects; it checks out nothing."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

from app.git import blobs, secret
from app.git import path as paths
from app.git.diff import ABSENT, Change, parse_raw
from app.git.error import GitError
from app.git.run import Git

_MOST = 100  # violations told
_ATTEMPTS = 10  # whose files a branch may hold before it is a person's to look through
_PLAIN = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class CommitLimits:
    """How much one attempt may bring: bytes, and number of files; bundle_bytes is compressed."""

    file_bytes: int = 1_000_000
    total_bytes: int = 5_000_000
    files: int = 1_000
    bundle_bytes: int = 50_000_000


@dataclass(frozen=True, slots=True)
class Violation:
    """Why a commit is not taken: which path, what is wrong with it and what to do about it."""

    path: str
    reason: str


async def inspect(git: Git, parent: str, sha: str, limits: CommitLimits) -> tuple[Violation, ...]:
    """What is wrong with parent..sha, at most a hundred things; empty: it may be pushed."""
    changes = await _changes(git, parent, sha, limits.files)
    if changes is None:
        return (_many(limits),)
    found = [v for change in changes for v in _look(change)]
    sizes = await blobs.sizes(git, {c.new for c in changes if c.new_mode in _PLAIN})
    found += _weigh(changes, sizes, limits)
    if sum(sizes.values()) <= limits.total_bytes:
        readable = {blob for blob, size in sizes.items() if size <= limits.file_bytes}
        found += await _secrets(git, changes, readable, limits)
    return tuple(dict.fromkeys(found))[:_MOST]


async def held(git: Git, parent: str, sha: str, limits: CommitLimits) -> tuple[Violation, ...]:
    """What of parent..sha no agent may change, by its name and mode alone: of many attempts."""
    changes = await _changes(git, parent, sha, _ATTEMPTS * limits.files)
    if changes is None:
        return (_many(limits),)
    return tuple(dict.fromkeys(v for change in changes for v in _look(change)))[:_MOST]


async def _changes(git: Git, parent: str, sha: str, most: int) -> tuple[Change, ...] | None:
    """None where they are more than so many."""
    cap = most * 2_500  # a path has at most 1,000 bytes to be taken
    raw = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", parent, sha)
    for commit in (parent, sha):
        await git.run("cat-file", "-e", f"{commit}^{{commit}}")
    try:
        changes = parse_raw(await git.run(*raw, cap=cap, deadline=30.0))
    except GitError:  # both are there, so what ended it is what they hold
        return None
    return changes if len(changes) <= most else None


def _look(change: Change) -> Iterable[Violation]:
    """What path and mode alone tell."""
    shown = paths.show(change.path)
    if reason := paths.protected(change.path):
        yield Violation(shown, reason)
    if "160000" in (change.old_mode, change.new_mode):
        yield Violation(shown, "Submodules are not allowed. Copy the files in, or use a package.")
    if change.gone:
        return
    if reason := paths.unfit(change.path):
        yield Violation(shown, reason)
    if change.new_mode == "120000":
        yield Violation(shown, "Symbolic links are not allowed. Commit a regular file instead.")
    elif change.new_mode not in (*_PLAIN, "160000"):
        yield Violation(shown, f"Mode {change.new_mode} is not a regular file's. Commit it anew.")


def _weigh(
    changes: tuple[Change, ...], sizes: dict[str, int], limits: CommitLimits
) -> Iterable[Violation]:
    for change in changes:
        if change.new_mode in _PLAIN and change.new not in sizes:
            yield Violation(paths.show(change.path), "Its content is missing. Commit it again.")
        elif sizes.get(change.new, 0) > limits.file_bytes and change.old != change.new:
            yield Violation(
                paths.show(change.path),
                f"The file has {sizes[change.new]} bytes, more than {limits.file_bytes}. "
                "Leave out what is generated or downloaded, or split it.",
            )
    total = sum(sizes.get(c.new, 0) for c in changes if c.old != c.new)
    if total > limits.total_bytes:
        yield Violation(
            "(all files)",
            f"The change has {total} bytes, more than {limits.total_bytes}. "
            "Leave out what is generated or downloaded.",
        )


async def _secrets(
    git: Git, changes: tuple[Change, ...], readable: set[str], limits: CommitLimits
) -> list[Violation]:
    """Credentials on lines that none of the changed files had before."""
    old = await blobs.sizes(git, {c.old for c in changes if c.old_mode in _PLAIN} - {ABSENT})
    small = blobs.affordable(old, limits.file_bytes, limits.total_bytes)
    found = await blobs.contents(git, readable | small, 2 * limits.total_bytes)
    # Without NULs, so that UTF-16 hides nothing made of ASCII.
    texts = {blob: data.replace(b"\0", b"").decode("latin-1") for blob, data in found.items()}
    names = {c.new: paths.show(c.path) for c in changes if c.new in readable}
    known = frozenset(line for blob in small for line in texts[blob].split("\n"))
    return await asyncio.to_thread(_search, {b: texts[b] for b in names}, names, known)


def _search(texts: dict[str, str], names: dict[str, str], known: frozenset[str]) -> list[Violation]:
    found: list[Violation] = []
    until = time.monotonic() + secret.BUDGET
    for blob, text in texts.items():
        try:
            found += [
                Violation(
                    names[blob],
                    f"Line {hit.line} looks like a credential ({hit.kind}). Remove it: read it "
                    "from the environment, or make up test values while the test runs.",
                )
                for hit in secret.find(text, until)
                if hit.text not in known
            ]
        except secret.TooLongError:
            reason = "It could not be searched for credentials in time. Use shorter lines."
            return [*found, Violation(names[blob], reason)]
    return found


def _many(limits: CommitLimits) -> Violation:
    return Violation(
        "(all files)",
        f"The change touches more than {limits.files} files, or is too deep to list. "
        "Leave out what is generated or downloaded; ignore it in .gitignore.",
    )
