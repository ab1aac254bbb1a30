"""Lets an agent's objects into a mirror once they are known to be sound. It judges no content.

A bundle is unpacked beside the mirror, with every check that git has. `git fetch` would not do:
before git 2.46 it checks nothing of what comes from a bundle, whatever transfer.fsckObjects says.
"""

import asyncio
import os
import tempfile
from pathlib import Path

from app.git.bundle import Bundle, copy_bundle, read_header
from app.git.error import GitError
from app.git.run import Git

_DEADLINE = 60.0  # seconds for one look at what an agent made


async def admit(git: Git, work: Path, parent: str, limit: int) -> tuple[str, int]:
    """The tree that the bundle ends in, now in the mirror, and the date of `parent` in seconds.

    Raises ValueError, with words for the agent, for a bundle of more than `limit` bytes, one that
    does not build on `parent`, changes nothing, or can't be trusted.
    """
    with tempfile.TemporaryDirectory(prefix="box-", dir=git.dir) as box:
        copy, objects = Path(box) / "work", Path(box) / "objects"
        bundle = await asyncio.to_thread(_copy, work, copy, limit)
        if bundle.head == parent:
            raise ValueError("The work has no new commit. Commit the files that you changed.")
        (objects / "pack").mkdir(parents=True)
        beside = {
            "GIT_OBJECT_DIRECTORY": str(objects),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(git.dir / "objects"),
        }
        try:
            inner = git.having(beside, bounded=True)
            before, after, date = await _examine(inner, copy, bundle, parent, limit)
        except GitError as error:
            raise ValueError(
                f"The work can't be taken ({error}). Commit on top of {parent[:12]}, "
                "the commit that you started from, and nothing else."
            ) from None
        if after == before:
            raise ValueError("The work changes no file. Commit the files that you changed.")
        await asyncio.to_thread(_move_packs, objects, git.dir / "objects")
        return after, date


async def kinds(git: Git, shas: tuple[str, ...]) -> dict[str, str]:
    """The type of each object, "missing" for those that are not there."""
    asked = "".join(f"{sha}\n" for sha in shas).encode()
    told = await git.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked)
    lines = (line.split() for line in told.decode().splitlines())
    return {line[0]: line[1] for line in lines}


def _copy(work: Path, copy: Path, limit: int) -> Bundle:
    copy_bundle(work, copy, limit)
    with copy.open("rb") as file:
        return read_header(file.read(65_536))


async def _examine(
    git: Git, copy: Path, bundle: Bundle, parent: str, limit: int
) -> tuple[str, str, int]:
    """(tree of parent, tree of the work's head, date of parent). Raises GitError if unsound."""
    if set((await kinds(git, bundle.prerequisites)).values()) - {"commit"}:
        raise GitError("it builds on commits that nobody knows")
    await _unpack(git, copy, bundle.pack_at, limit)
    if await kinds(git, (bundle.head,)) != {bundle.head: "commit"}:
        raise GitError("it does not end in a commit that it holds")
    await git.run("merge-base", "--is-ancestor", parent, bundle.head, deadline=_DEADLINE)
    connected = ("rev-list", "--objects", "--quiet", bundle.head, f"^{parent}")
    await git.run(*connected, deadline=_DEADLINE)
    told = await git.run("log", "--no-walk=unsorted", "--format=%T %ct", parent, bundle.head)
    (before, date), (after, *_) = (line.split() for line in told.decode().splitlines())
    return before, after, int(date)


async def _unpack(git: Git, copy: Path, at: int, limit: int) -> None:
    file = os.open(copy, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.lseek(file, at, os.SEEK_SET)
        checked = ("index-pack", "--stdin", "--fix-thin", "--strict", f"--max-input-size={limit}")
        await git.run(*checked, stdin=file, deadline=_DEADLINE)
    finally:
        os.close(file)


def _move_packs(quarantine: Path, objects: Path) -> None:
    """A pack counts from the moment its index is there, so that comes last."""
    packs = sorted((quarantine / "pack").iterdir(), key=lambda file: file.suffix == ".idx")
    for file in packs:
        if file.suffix in (".pack", ".rev", ".idx"):
            file.rename(objects / "pack" / file.name)
