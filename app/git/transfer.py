"""What goes between a mirror and where its repository is. It knows no task, and forces nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from app.domain.ref import RepoRef
from app.git.error import BranchMoved, GitError, RemoteRefused, RemoteUnreachable
from app.git.run import Git, Remote

DEADLINE = 900.0  # seconds for one transfer
_PAUSES = (1.0, 4.0)  # seconds before it is tried again


class Remotes(Protocol):
    """Where a repository is reached, and with which token; `fresh`: the last one was refused."""

    async def __call__(self, repo: RepoRef, /, *, fresh: bool = False) -> Remote: ...


class Transfers:
    """To and from what `remote` names; `git` is always that of the repository's mirror."""

    def __init__(self, remote: Remotes) -> None:
        self._remote = remote

    async def fetch(self, git: Git, repo: RepoRef, *what: str, prune: bool = False) -> None:
        """Commits, or branches to where they are stored; `prune`: what is gone there goes here."""
        fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", *["--prune"] * prune)
        await self._repeated(
            repo,
            lambda remote: git.run(*fetch, remote.url, *what, remote=remote, deadline=DEADLINE),
        )

    async def push(
        self, git: Git, repo: RepoRef, branch: str, sha: str, *, later: str | None = None
    ) -> None:
        """Move the branch from sha's parent to `sha`, or create it; nothing if it is there, or at
        `later`, which is pushed after it.

        Raises BranchMoved when the branch is anywhere else.
        """
        ref = f"refs/heads/{branch}"
        parent = (await git.run("rev-parse", "--verify", f"{sha}^1")).decode().strip()
        at = await self._at(git, repo, ref)
        if at in (sha, later):
            return
        if at not in ("", parent):
            raise BranchMoved(
                f"{branch} is at {at[:12]}, not where it was left ({parent[:12]}): "
                "somebody pushed to it. Nothing was overwritten; /retry builds on it."
            )
        # The lease is compared by the server, so a push in between is seen. Since sha is a
        # child of what is expected there, this never rewrites anything.
        push, what = ("push", "--quiet", f"--force-with-lease={ref}:{at}"), f"{sha}:{ref}"
        try:
            await self._repeated(
                repo,
                lambda remote: git.run(*push, remote.url, what, remote=remote, deadline=DEADLINE),
            )
        except GitError:
            # An answer may be lost, also without git's knowledge: curl then asks again.
            if await self._at(git, repo, ref) != sha:
                raise

    async def _at(self, git: Git, repo: RepoRef, ref: str) -> str:
        """Where the remote's ref is; empty where it is not."""
        listed = await self._repeated(
            repo, lambda remote: git.run("ls-remote", "--quiet", remote.url, ref, remote=remote)
        )
        return listed.decode().split("\t")[0]

    async def _repeated(self, repo: RepoRef, call: Callable[[Remote], Awaitable[bytes]]) -> bytes:
        """Repeat what failed on the way, and once what a token was refused for."""
        remote, fresh = await self._remote(repo), False
        pauses = iter(_PAUSES)
        while True:
            try:
                return await call(remote)
            except RemoteRefused:
                if fresh:
                    raise
                remote, fresh = await self._remote(repo, fresh=True), True
            except RemoteUnreachable:
                pause = next(pauses, None)
                if pause is None:
                    raise
                await asyncio.sleep(pause)
