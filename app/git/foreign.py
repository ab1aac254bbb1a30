"""Which commits of a branch are not ours. It reads objects, and what was noted when ours were made.

Names, dates and trailers of a commit are whatever its author likes, so none of them counts.
"""

from pathlib import Path

from app.git.error import GitError
from app.git.run import Git

_MOST = 1_000  # commits of a branch
_DEADLINE = 60.0


def note(mirror: Path, sha: str) -> None:
    """A commit that we have made, in the mirror's own folder: git knows nothing of it."""
    place = _noted(mirror, sha)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()


def _noted(mirror: Path, sha: str) -> Path:
    return mirror / "orc-made" / sha[:2] / sha[2:]


async def foreign(git: Git, base: str, sha: str) -> str | None:
    """The latest commit of base..sha that is neither ours nor the base taken up as it is."""
    look = ("rev-list", "--parents", f"--max-count={_MOST + 1}", sha, "--not", base)
    told = (await git.run(*look, deadline=_DEADLINE)).decode().split("\n")
    listed = [line.split() for line in told if line]
    if len(listed) > _MOST:
        return sha
    for one, *parents in listed:
        if not _noted(git.dir, one).exists() and not await _takes_up(git, base, one, parents):
            return one
    return None


async def _takes_up(git: Git, base: str, sha: str, parents: list[str]) -> bool:
    """It holds what git makes of merging a commit of the base, and nothing else."""
    if len(parents) != 2:
        return False
    try:
        await git.run("merge-base", "--is-ancestor", parents[1], base, deadline=_DEADLINE)
        merge = ("merge-tree", "--write-tree", "--no-messages", *parents)
        made = await git.run(*merge, deadline=_DEADLINE)
    except GitError as error:
        if error.code == 1:  # no, or a conflict
            return False
        raise
    tree = await git.run("rev-parse", "--verify", f"{sha}^{{tree}}")
    return made.strip() == tree.strip()
