"""Trees in which the files that agents take orders from are another commit's. It moves no branch.

Entries are put in place of others in an index beside the mirror; nothing is checked out.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from app.domain.agent_files import directs
from app.git.diff import ABSENT, Change, parse_raw
from app.git.run import Git

_RAW = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev")
_DEADLINE = 60.0
_GONE = "000000"


async def ruled(git: Git, sha: str, base: str) -> str | None:
    """The tree of `sha` with the ruling files of `base`; None where they are the same."""
    changed = await _changed(git, sha, base)
    # what stands in a file's place on one side only is no reason to lose the file
    files = {one.path for one in changed if not _directs(one) and one.old_mode != _GONE}
    theirs = [one for one in changed if _directs(one) and not _below(one.path, files)]
    return await _replaced(git, sha, theirs) if theirs else None


async def restored(git: Git, view: str, of: str, sha: str) -> str:
    """The tree of `sha`, which began as `view`, with what that had replaced in `of`.

    What `sha` itself made of such a file stays.
    """
    own = {one.path for one in await _changed(git, view, sha)}
    hidden = [one for one in await _changed(git, view, of) if one.path not in own]
    held = [one for one in hidden if not _below(one.path, own)]
    return await _replaced(git, sha, held)


async def _changed(git: Git, old: str, new: str) -> tuple[Change, ...]:
    return parse_raw(await git.run(*_RAW, old, new, deadline=_DEADLINE))


def _directs(change: Change) -> bool:
    return directs(change.path.decode("utf-8", "surrogateescape"))


def _below(path: bytes, others: set[bytes]) -> bool:
    parts = path.split(b"/")
    return any(b"/".join(parts[:many]) in others for many in range(1, len(parts)))


async def _replaced(git: Git, tree: str, changes: Iterable[Change]) -> str:
    """`tree` with the new sides of the changes, as a tree in the mirror."""
    ordered = sorted(changes, key=lambda one: not one.gone)  # a folder may take a file's place
    lines = b"".join(
        f"{one.new_mode} {ABSENT if one.gone else one.new}\t".encode() + one.path + b"\0"
        for one in ordered
    )
    with tempfile.TemporaryDirectory(prefix="box-", dir=git.dir) as box:
        beside = git.having({"GIT_INDEX_FILE": str(Path(box, "index"))})
        await beside.run("read-tree", tree, deadline=_DEADLINE)
        if lines:
            index = ("update-index", "-z", "--index-info")
            await beside.run(*index, stdin=lines, deadline=_DEADLINE)
        return (await beside.run("write-tree", deadline=_DEADLINE)).decode().strip()
