"""The texts before and after of what a branch changes. It reads objects, few and small.

What it could not read it says, so that nothing is hidden by being too large.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath

from app.git import blobs
from app.git import path as paths
from app.git.diff import ABSENT, Change, parse_raw
from app.git.error import GitError
from app.git.run import Git
from app.graphs.ports import FileChange

_LINK, _MODULE = "120000", "160000"
_DEADLINE = 30.0
# No text that anything here reads, and often large.
_DULL = frozenset(
    (
        *(".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".pdf", ".mp3", ".mp4"),
        *(".zip", ".gz", ".woff", ".woff2", ".ttf", ".lock"),
    )
)


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much of a branch is read: bytes of one file and of all, and number of files."""

    file_bytes: int = 400_000
    total_bytes: int = 8_000_000
    files: int = 2_000


async def changes(
    git: Git, base: str, sha: str, limits: ReadLimits | None = None
) -> tuple[FileChange, ...]:
    """What `sha` changes of where it left `base`. Raises GitError if one of them is not there."""
    limits = limits or ReadLimits()
    raw = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--merge-base")
    try:
        told = await git.run(*raw, base, sha, "--", cap=limits.files * 2_500, deadline=_DEADLINE)
    except GitError as error:
        if error.code is None or error.code < 0:  # ended, by us or a limit
            return (_unread("the change is too large, or too deep, to be listed"),)
        if "no merge base" in str(error):
            return (_unread("it has no commit in common with its base"),)
        raise
    changed = parse_raw(told)
    if len(changed) > limits.files:
        return (_unread(f"more than {limits.files} files changed"),)
    try:
        return await _read(git, changed, limits)
    except GitError:  # both commits are there, so what ended it is what they hold
        return (_unread("what changed can't be read"),)


async def _read(
    git: Git, changed: tuple[Change, ...], limits: ReadLimits
) -> tuple[FileChange, ...]:
    wanted = [change for change in changed if not _is_dull(change)]
    named = {sha for c in wanted for sha in (c.old, c.new)} - {ABSENT}
    room = limits.total_bytes
    kept = blobs.affordable(await blobs.sizes(git, named), limits.file_bytes, room)
    texts = await blobs.contents(git, kept, room)
    return tuple(_change(change, texts) for change in wanted)


def _is_dull(change: Change) -> bool:
    name = PurePosixPath(change.path.decode("utf-8", "replace")).name
    return PurePosixPath(name).suffix.lower() in _DULL


def _change(change: Change, texts: dict[str, bytes]) -> FileChange:
    path = paths.show(change.path)
    if {_LINK, _MODULE} & {change.old_mode, change.new_mode}:
        return FileChange(path, None, None, unread="it is a link or a submodule")
    old, new = (_text(sha, texts) for sha in (change.old, change.new))
    too_large = any(sha != ABSENT and sha not in texts for sha in (change.old, change.new))
    return FileChange(path, old, new, unread="it is too large" if too_large else "")


def _text(sha: str, texts: dict[str, bytes]) -> str | None:
    data = texts.get(sha)
    return None if data is None else data.decode("utf-8", "replace").replace("\0", " ")


def _unread(why: str) -> FileChange:
    return FileChange("(all files)", None, None, unread=why)
