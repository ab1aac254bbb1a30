"""Brings a project up to its template's newest version, as objects in git. It moves no branch.

What the template changed is merged with what the project changed since it was made. Where the two
collide, both stand between markers: a task for a developer.
"""

import asyncio
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.git import path as paths
from app.git.diff import Change, parse_raw
from app.git.error import GitError
from app.git.merging import joined
from app.git.run import Git
from app.scaffold.answers import Answers
from app.scaffold.error import ScaffoldError
from app.scaffold.process import project
from app.scaffold.recorded import ANSWERS_FILE, Recorded, parse
from app.scaffold.shelf import Shelf
from app.scaffold.template import digest

_MOST = 5_000_000  # bytes that a list of changes may have
_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "orc"), ("EMAIL", "orc@localhost"), ("DATE", "@0 +0000"))
}


@dataclass(frozen=True, slots=True)
class Update:
    """From the template's version `was` to `now`: the project's next tree.

    In the files `conflicts` of it, lines of the commits `ours` and `theirs` stand between markers.
    `ground` is the tree of which no more is new than what no agent may change, where that is any;
    `brought` are the files that the template has changed.
    """

    was: str
    now: str
    tree: str
    ours: str
    theirs: str
    conflicts: tuple[str, ...]
    brought: frozenset[str]
    ground: str | None


async def update(
    git: Git, head: str, shelf: Shelf, template: Path, answers: Answers | None = None
) -> Update | None:
    """From the commit `head` of the project; None if there is nothing new.

    Other `answers` change it further: one with more modules adds them. Raises ScaffoldError,
    GitError, and GivenUp for conflicts that are no agent's to settle.
    """
    made = parse(await _answers(git, head))
    wanted = Recorded(answers or made.answers, digest(template))
    if wanted == made:
        return None
    old = await asyncio.to_thread(shelf.find, made.digest)
    before = await _commit(git, await _tree(git, made, old))
    theirs = await _commit(git, await _tree(git, wanted, template), before)
    ours = await _commit(git, f"{head}^{{tree}}", before)
    bounded = git.having({}, bounded=True)
    tree, conflicts = await joined(bounded, ours, theirs, "The template conflicts with the project")
    brought = frozenset(paths.show(one.path) for one in await _changes(git, before, theirs))
    ground = await _ground(bounded, head, tree)
    return Update(made.digest, wanted.digest, tree, ours, theirs, conflicts, brought, ground)


async def _answers(git: Git, head: str) -> str:
    try:
        data = await git.run("cat-file", "blob", f"{head}:{ANSWERS_FILE}", cap=400_000)
    except GitError as error:
        raise ScaffoldError(
            f"The project has no readable {ANSWERS_FILE} ({error}). Take it back from the first "
            "commit."
        ) from None
    return data.decode("utf-8", "replace")


async def _tree(git: Git, made: Recorded, template: Path) -> str:
    """What the template makes, once for the same version and answers."""
    said = f"{made.digest} {made.answers.model_dump_json()}"
    ref = f"refs/orc/template/{hashlib.sha256(said.encode()).hexdigest()[:40]}"
    known = await git.run("for-each-ref", "--format=%(objectname)", ref)
    if known:
        return known.decode().strip()
    tree = await _rendered(git, made.answers, template)
    await git.run("update-ref", ref, tree)
    return tree


async def _rendered(git: Git, answers: Answers, template: Path) -> str:
    """Also of files that it says git should ignore."""
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


async def _changes(git: Git, before: str, after: str) -> tuple[Change, ...]:
    raw = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev")
    return parse_raw(await git.run(*raw, before, after, cap=_MOST))


async def _ground(git: Git, head: str, tree: str) -> str | None:
    """Without the answers file: it says that the whole update is there."""
    held = [
        one
        for one in await _changes(git, head, tree)
        if paths.protected(one.path) and one.path != ANSWERS_FILE.encode()
    ]
    if not held:
        return None
    lines = [f"{one.new_mode} {one.new}\t".encode() + one.path + b"\0" for one in held]
    with tempfile.TemporaryDirectory(prefix="orc-update-") as room:
        there = git.having({"GIT_INDEX_FILE": str(Path(room) / "index")})
        await there.run("read-tree", head)
        await there.run("update-index", "-z", "--index-info", stdin=b"".join(lines))
        return (await there.run("write-tree")).decode().strip()
