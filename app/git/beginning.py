"""The first commit of a new repository, from a folder of ours. It runs nothing of it."""

import tempfile
from datetime import datetime
from pathlib import Path

from app.domain.ref import RepoRef
from app.git.error import GitError, RemoteRefused
from app.git.message import clean
from app.git.run import Git, Remote
from app.git.transfer import Remotes

_SECONDS = 300.0  # for a push


class GitFirstCommits:
    """`remote` gives tokens that may push workflows, since templates have some."""

    def __init__(self, remote: Remotes, email: str = "orc@localhost") -> None:
        self._remote = remote
        self._email = email

    async def begin(
        self, repo: RepoRef, branch: str, folder: Path, message: str, at: datetime
    ) -> None:
        """Push the folder as a commit without parents; a branch that is there is left alone."""
        ref = f"refs/heads/{branch}"
        remote = await self._remote(repo)
        with tempfile.TemporaryDirectory(prefix="orc-begin-") as room:
            git = Git(Path(room))
            await git.run("init", "--quiet", "--bare", "--template=")
            if await _is_there(git, remote, ref):
                return
            tree = git.having({"GIT_WORK_TREE": str(folder)})
            sha = await self._commit(tree, message, at)
            push = ("push", "--quiet", f"--force-with-lease={ref}:")
            try:
                await git.run(*push, remote.url, f"{sha}:{ref}", remote=remote, deadline=_SECONDS)
            except RemoteRefused:
                raise
            except GitError:
                # the answer may be lost, or another instance of ours was faster
                if not await _is_there(git, remote, ref):
                    raise

    async def _commit(self, git: Git, message: str, at: datetime) -> str:
        await git.run("add", "--all", ".")
        tree = (await git.run("write-tree")).decode().strip()
        when = f"@{max(int(at.timestamp()), 0)} +0000"
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "orc"), ("EMAIL", self._email), ("DATE", when))
        }
        text = clean(message).encode()
        made = await git.having(who).run("commit-tree", tree, "-F", "-", stdin=text)
        return made.decode().strip()


async def _is_there(git: Git, remote: Remote, ref: str) -> bool:
    return bool(await git.run("ls-remote", "--quiet", remote.url, ref, remote=remote))
