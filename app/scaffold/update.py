"""Brings a project up to its template's newest version, as objects in git. It moves no branch.

What the template changed is merged with what the project changed since it was made. Where the two
collide there is no tree, only the template's change as a patch: a task for a developer.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.git.error import GitError
from app.git.run import Git
from app.scaffold.answers import Answers
from app.scaffold.error import ScaffoldError
from app.scaffold.process import project
from app.scaffold.recorded import ANSWERS_FILE, Recorded, parse
from app.scaffold.shelf import Shelf
from app.scaffold.template import digest

_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "orc"), ("EMAIL", "orc@localhost"), ("DATE", "@0 +0000"))
}


@dataclass(frozen=True, slots=True)
class Update:
    """`tree`: the project's next tree; None where a person or agent must merge `patch`."""

    digest: str
    patch: str
    tree: str | None


async def update(
    git: Git, head: str, shelf: Shelf, template: Path, answers: Answers | None = None
) -> Update | None:
    """From the commit `head` of the project; None if there is nothing new.

    Other `answers` change it further: one with more modules adds them. Raises ScaffoldError and
    GitError.
    """
    made = parse(await _answers(git, head))
    wanted = Recorded(answers or made.answers, digest(template))
    if wanted == made:
        return None
    base = await _commit(git, await _tree(git, made.answers, shelf.find(made.digest)))
    theirs = await _commit(git, await _tree(git, wanted.answers, template), base)
    ours = await _commit(git, f"{head}^{{tree}}", base)
    patch = await git.run("diff-tree", "-p", "--no-ext-diff", "--no-textconv", base, theirs)
    said = patch.decode("utf-8", "replace")
    return Update(wanted.digest, said, await _merge(git, ours, theirs))


async def _answers(git: Git, head: str) -> str:
    try:
        data = await git.run("cat-file", "blob", f"{head}:{ANSWERS_FILE}", cap=400_000)
    except GitError as error:
        raise ScaffoldError(
            f"The project has no readable {ANSWERS_FILE} ({error}). Take it back from the first "
            "commit."
        ) from None
    return data.decode("utf-8", "replace")


async def _tree(git: Git, answers: Answers, template: Path) -> str:
    """What the template makes, also of files that it says git should ignore."""
    with tempfile.TemporaryDirectory(prefix="orc-update-") as room:
        folder = Path(room) / "project"
        await project(answers, folder, template)
        places = {"GIT_WORK_TREE": str(folder), "GIT_INDEX_FILE": str(Path(room) / "index")}
        there = Git(folder, {"GIT_DIR": str(git.dir), **git.env, **places}, git.lock)
        await there.run("add", "--all", "--force")
        return (await there.run("write-tree")).decode().strip()


async def _commit(git: Git, tree: str, *parents: str) -> str:
    above = [part for parent in parents for part in ("-p", parent)]
    name = (await git.run("rev-parse", "--verify", tree)).decode().strip()
    made = await git.having(_WHO).run("commit-tree", name, *above, stdin=b"Template\n")
    return made.decode().strip()


async def _merge(git: Git, ours: str, theirs: str) -> str | None:
    try:
        bounded = git.having({}, bounded=True)
        return (await bounded.run("merge-tree", "--write-tree", ours, theirs)).decode().strip()
    except GitError as error:
        if error.code == 1:  # they collide
            return None
        raise
