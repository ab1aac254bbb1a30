"""What comes of merging a base into a task's branch, worked out from objects, in no work tree.

It moves no branch and pushes nothing. Where git can't decide, both sides stand between markers.
"""

from dataclasses import dataclass

from app.domain.agent_files import directs
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
    tree, conflicts = await joined(git, branch, base, "The base branch conflicts with the task's")
    dates = await git.run("log", "--no-walk", "--format=%ct", branch, base)
    return Merged(tree, conflicts, max(map(int, dates.split())))


async def joined(git: Git, ours: str, theirs: str, what: str) -> tuple[str, tuple[str, ...]]:
    """The tree of two commits, and the files of it in which both sides stand.

    Raises GivenUp, with `what` conflicts, where an agent could not settle it.
    """
    look = ("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs)
    told = await git.run(*look, deadline=_DEADLINE, fine=(0, 1))
    tree, *conflicts = told.rstrip(b"\0").split(b"\0")
    _for_an_agent(conflicts, what)
    return tree.decode(), tuple(paths.show(name) for name in conflicts)


def _for_an_agent(conflicts: list[bytes], what: str) -> None:
    """Nobody is paid for what could not be taken."""
    held = [paths.show(name) for name in conflicts if paths.protected(name)]
    ruling = [shown for name in conflicts if directs(shown := paths.show(name))]
    if held:
        where = f"{', '.join(held[:5])}, which no agent may change"
    elif ruling:
        where = f"{', '.join(ruling[:5])}, which agents take orders from"
    elif len(conflicts) > _MOST:
        where = f"{len(conflicts)} files, more than an agent is given ({_MOST})"
    else:
        return
    raise GivenUp(f"{what} in {where}. Merge it by hand, then /retry.")


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
