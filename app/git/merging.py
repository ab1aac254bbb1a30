"""What comes of merging a base into a task's branch, worked out from objects, in no work tree.

It moves no branch and pushes nothing. Where git can't decide, both sides stand between markers.
"""

from dataclasses import dataclass

from app.git import path as paths
from app.git.error import GitError
from app.git.run import Git
from app.graphs.ports import GivenUp, Merge

_MOST = 200  # files in conflict that are left to an agent
_DEADLINE = 60.0


@dataclass(frozen=True, slots=True)
class Merged:
    """A tree, the files of it in which both sides stand, and when the later of them was made."""

    tree: str
    conflicts: tuple[str, ...]
    date: int


async def merged(git: Git, branch: str, base: str) -> Merged | None:
    """Of two commits; None where there is nothing in `base` that `branch` has not got."""
    if await _says_yes(git, "merge-base", "--is-ancestor", base, branch):
        return None
    look = ("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", branch, base)
    told = await git.run(*look, deadline=_DEADLINE, fine=(0, 1))
    tree, *conflicts = told.rstrip(b"\0").split(b"\0")
    _for_an_agent(conflicts)
    dates = await git.run("log", "--no-walk", "--format=%ct", branch, base)
    shown = tuple(paths.show(name) for name in conflicts)
    return Merged(tree.decode(), shown, max(map(int, dates.split())))


def _for_an_agent(conflicts: list[bytes]) -> None:
    """Nobody is paid for what could not be taken."""
    held = [paths.show(name) for name in conflicts if paths.protected(name)]
    if held:
        where = f"{', '.join(held[:5])}, which no agent may change"
    elif len(conflicts) > _MOST:
        where = f"{len(conflicts)} files, more than an agent is given ({_MOST})"
    else:
        return
    raise GivenUp(
        f"The base branch conflicts with the task's in {where}. Merge it by hand, then /retry."
    )


async def unsettled(git: Git, sha: str, merge: Merge) -> tuple[str, ...]:
    """The files at `sha` in which markers of this very merge are left."""
    markers = ("-e", f"<<<<<<< {merge.branch}", "-e", f">>>>>>> {merge.base}")
    look = ("grep", "-l", "-z", "-F", "-I", "--full-name", *markers, sha)
    told = await git.run(*look, deadline=_DEADLINE, fine=(0, 1))  # 1: none was found
    found = told.rstrip(b"\0").split(b"\0") if told else []
    return tuple(paths.show(name.removeprefix(f"{sha}:".encode())) for name in found)


async def _says_yes(git: Git, *args: str) -> bool:
    try:
        await git.run(*args, deadline=_DEADLINE)
    except GitError as error:
        if error.code == 1:  # git's no; anything else is a failure
            return False
        raise
    return True
