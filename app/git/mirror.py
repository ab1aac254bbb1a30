"""One bare mirror per repository, used by one caller at a time. It must never run a hook.

The lock is a file lock whose descriptor every git started under it inherits: it is free only when
the app that took it *and* each git of it have ended. So what is found half-done under the lock was
left by something dead, and can be removed.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

from app.domain.ref import RepoRef
from app.git.error import GitError
from app.git.run import Git

WAIT = 900.0  # seconds that one caller may wait for another
_BUSY = b"!"
_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tbare = true
\tlogallrefupdates = false
[uploadpack]
\tallowAnySHA1InWant = true
[orc]
\tmirror = 1
"""


class Mirrors:
    """The mirrors below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._queues: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def path(self, repo: RepoRef) -> Path:
        return self._root / f"{repo.id}.git"

    @contextlib.asynccontextmanager
    async def hold(self, repo: RepoRef) -> AsyncIterator[Git]:
        """git in the repository's mirror, made if need be, for as long as the block runs."""
        path = self.path(repo)
        async with self._queues[repo.id]:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._root / f"{repo.id}.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                await _acquire(lock, repo)
                if os.pread(lock, 1, 0):  # the one before us did not come to its end
                    await asyncio.to_thread(_sweep, path)
                os.pwrite(lock, _BUSY, 0)
                git = Git(path, lock=lock)
                if not _whole(path):
                    await _make(git)
                yield git
                os.ftruncate(lock, 0)
            finally:
                os.close(lock)

    async def remake(self, git: Git) -> None:
        """Throw a mirror away that git can't read; call it with what `hold` gave."""
        await asyncio.to_thread(shutil.rmtree, git.dir, ignore_errors=True)
        await _make(git)


async def _acquire(lock: int, repo: RepoRef) -> None:
    pause, waited = 0.01, 0.0
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waited > WAIT:
                raise GitError(
                    f"The mirror of {repo.full_name} has been in use by another process for "
                    f"{waited:.0f} s. Look for a git that hangs, then /retry."
                ) from None
            await asyncio.sleep(pause)
            waited += pause
            pause = min(pause * 1.5, 0.25)


def _whole(path: Path) -> bool:
    """The folder is put in its place in one step when it is complete."""
    return (path / "HEAD").is_file() and (path / "config").is_file() and (path / "objects").is_dir()


async def _make(git: Git) -> None:
    path = git.dir
    shutil.rmtree(path, ignore_errors=True)
    half = path.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    await Git(half, lock=git.lock).run("init", "--quiet", "--bare", "--template=")
    (half / "config").write_text(_CONFIG)
    half.rename(path)


def untidy(path: Path) -> bool:
    """Whether the mirror has so many packs or loose objects that packing them anew pays."""
    packs = sum(1 for file in (path / "objects/pack").glob("*.pack"))
    loose = sum(1 for file in (path / "objects/17").glob("*"))  # git's own way to guess
    return packs > 50 or loose > 27


def _sweep(path: Path) -> None:
    """Remove what a killed git or app left: lock files, temporary packs, unchecked objects."""
    for pattern in ("*.lock", "refs/**/*.lock", "objects/**/tmp_*", "objects/**/*.lock"):
        for left in path.glob(pattern):
            left.unlink(missing_ok=True)
    for box in path.glob("box-*"):
        shutil.rmtree(box, ignore_errors=True)
