"""GitCode: the engineering graph's `Code`, with mirrors on disk. It never runs what is in them."""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

from app.domain.ref import IssueRef, RepoRef
from app.git import merging, views
from app.git import message as messages
from app.git.changes import changes
from app.git.error import BranchMissing, GitError
from app.git.foreign import foreign, note
from app.git.inspection import CommitLimits, Violation, held, inspect
from app.git.mirror import Mirrors, untidy
from app.git.quarantine import admit, kinds
from app.git.run import Git
from app.git.transfer import Remotes, Transfers
from app.graphs.ports import FileChange, Heads, Merge, View

_DEADLINE = 900.0  # seconds for what grows with the repository
_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tlogallrefupdates = true
"""
_SHA = re.compile(r"[0-9a-f]{40}")
_VIEW = """\
Show what agents take orders from as the base has it

No branch has this commit. It stands between an agent and what a branch would tell it.
"""
_BAD_BRANCH = re.compile(r"\.\.|@\{|//|[\x00-\x20\x7f~^:?*\[\\]|^[-/]|[/.]$|\.lock(/|$)|(^|/)\.")


class GitCode:
    """The repositories' code: mirrors below `state_dir`, transfers to what `remote` names.

    Every method raises GitError; its kinds say whether to try again (RemoteUnreachable), to fix a
    permission (RemoteRefused, PushRejected), or to ask a person (BranchMoved, BranchMissing).
    """

    def __init__(
        self,
        state_dir: Path,
        remote: Remotes,
        limits: CommitLimits | None = None,
        email: str = "orc@localhost",
    ) -> None:
        self._mirrors = Mirrors(state_dir / "mirrors")
        self._transfers = Transfers(remote)
        self._limits = limits or CommitLimits()
        self._email = email

    async def heads(self, issue: IssueRef, branch: str, base: str, mark: str) -> Heads:
        """Fetch the base branch and the task's branch in one exchange, and say where they stand."""
        for name in (branch, base):
            if not name or _BAD_BRANCH.search(name):
                raise BranchMissing(f"{name!r} can't be a branch's name. Correct it.")
        async with self._mirrors.hold(issue.repo) as git:
            try:
                return await self._heads(git, issue.repo, (branch, base), mark)
            except GitError as error:
                if type(error) is not GitError:
                    raise
                await self._mirrors.remake(git)  # the mirror itself is broken; it is only a copy
                return await self._heads(git, issue.repo, (branch, base), mark)

    async def _heads(self, git: Git, repo: RepoRef, names: tuple[str, str], mark: str) -> Heads:
        branch, base = names
        ours = _stored(base)
        # A pattern may match nothing, a plain name may not: "orc*/" is "orc/" here.
        pattern = branch.replace("/", "*/", 1) if "/" in branch else f"{branch}*"
        wanted = (_as_stored(base), f"+refs/heads/{pattern}:refs/orc/task/{pattern}")
        await self._transfers.fetch(git, repo, *wanted, prune=True)
        if await asyncio.to_thread(untidy, git.dir):
            await git.run("gc", "--quiet", deadline=_DEADLINE)
        first = await asyncio.to_thread(_unbranched, git.dir, ours, f"refs/orc/task/{branch}")
        if first is not None:
            return Heads(first, None, 0)
        shape = "%(refname)%00%(objectname)%00%(contents)%00"
        there = (ours, f"refs/orc/task/{branch}")
        listed = await git.run("for-each-ref", f"--format={shape}", *there)
        fields = listed.decode("utf-8", "replace").split("\0")
        refs = {
            name.strip(): (sha, text)
            for name, sha, text in zip(fields[::3], fields[1::3], fields[2::3], strict=False)
        }
        head, text = refs.get(there[1], (None, ""))
        return Heads(refs[ours][0], head, messages.attempt_of(text, mark))

    async def checkout(self, repo: RepoRef, sha: str, into: Path) -> None:
        """A fresh clone on branch `work` at `sha`; `into` must be empty or absent (ValueError)."""
        _check_sha(sha)
        await asyncio.to_thread(_empty_folder, into)
        async with self._mirrors.hold(repo) as mirror:
            await asyncio.to_thread(_init, into)
            git = Git(into, {"GIT_DIR": str(into / ".git")}, lock=mirror.lock)
            try:
                await _clone(git, mirror, sha)
            except GitError:
                await self._have(mirror, repo, sha)
                await _clone(git, mirror, sha)
            tree = git.having({"GIT_WORK_TREE": str(into)})
            await tree.run("reset", "--quiet", "--hard", sha, deadline=_DEADLINE)

    async def view(self, repo: RepoRef, sha: str, base: str) -> View:
        """What agents see of `sha`: the files that they take orders from are `base`'s."""
        _check_sha(sha)
        if sha == base:
            return View(sha, sha)
        async with self.holding(repo, sha, base) as git:
            tree = await views.ruled(git.having({}, bounded=True), sha, base)
            if tree is None:
                return View(sha, sha)
            (date,) = await _told(git, sha, "%ct")
            return View(await self._commit(git, tree, (sha,), int(date), _VIEW), sha)

    async def unveil(self, repo: RepoRef, view: View, sha: str) -> str:
        """The commit `sha` as if it had been made on what the view is of."""
        _check_sha(sha)
        if not view.hides:
            return sha
        async with self._mirrors.hold(repo) as git:
            tree = await views.restored(git.having({}, bounded=True), view.sha, view.of, sha)
            before, date = await _told(git, view.of, "%T %ct")
            if tree == before:
                raise ValueError("The work changes no file. Commit the files that you changed.")
            parents = await _told(git, sha, "%P")
            onto = tuple(view.of if one == view.sha else one for one in parents)
            message = (await git.run("log", "--no-walk", "--format=%B", sha)).decode()
            return await self._commit(git, tree, onto, int(date), message)

    async def merge(self, repo: RepoRef, branch: str, base: str, message: str) -> Merge | None:
        """The merge of commit `base` into `branch` as one commit of ours, which stays here."""
        async with self.holding(repo, branch, base) as git:
            made = await merging.merged(git.having({}, bounded=True), branch, base)
            if made is None:
                return None
            sha = await self._commit(git, made.tree, (branch, base), made.date, message)
            return Merge(sha, branch, base, made.conflicts, (branch, base))

    async def unsettled(self, repo: RepoRef, sha: str, merge: Merge) -> tuple[str, ...]:
        """The files at `sha` in which conflicts of `merge` still stand."""
        _check_sha(sha)
        async with self._mirrors.hold(repo) as git:
            return await merging.unsettled(git.having({}, bounded=True), sha, merge)

    async def take(
        self, repo: RepoRef, work: Path, parent: str, message: str, merge: Merge | None = None
    ) -> str:
        """Squash the work onto `parent` as one commit of ours; the same work gives the same sha.

        On `merge`, which is `parent`, it stands where that does.
        What the bundle holds stays in quarantine until it is known to be sound. Raises ValueError,
        with words for the agent, when it can't be trusted or changes nothing.
        """
        async with self.holding(repo, parent) as git:
            tree, date = await admit(git, work, parent, self._limits.bundle_bytes)
            parents = merge.parents if merge else (parent,)
            return await self._commit(git, tree, parents, date, message)

    @contextlib.asynccontextmanager
    async def holding(self, repo: RepoRef, *shas: str) -> AsyncIterator[Git]:
        """git in the repository's mirror, which has these commits, for one caller at a time."""
        for sha in shas:
            _check_sha(sha)
        async with self._mirrors.hold(repo) as git:
            await self._have(git, repo, *shas)
            yield git

    async def onto(self, git: Git, parent: str, tree: str, message: str) -> str:
        """A tree as one commit of ours, a second later than its parent; it stays here."""
        date = await git.run("log", "--no-walk", "--format=%ct", parent)
        return await self._commit(git, tree, (parent,), int(date), message)

    async def _have(self, git: Git, repo: RepoRef, *shas: str) -> None:
        """Fetch commits that the mirror does not have: it may be a new one, on a new machine."""
        there = await kinds(git, shas)
        missing = [sha for sha in dict.fromkeys(shas) if there.get(sha) != "commit"]
        if missing:
            await self._transfers.fetch(git, repo, *missing)

    async def _commit(
        self, git: Git, tree: str, parents: tuple[str, ...], date: int, message: str
    ) -> str:
        when = f"{min(max(date, 0) + 1, 4_102_444_800)} +0000"
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "orc"), ("EMAIL", self._email), ("DATE", when))
        }
        text = messages.clean(message).encode()
        onto = [part for parent in parents for part in ("-p", parent)]
        made = await git.having(who).run("commit-tree", tree, *onto, "-F", "-", stdin=text)
        sha = made.decode().strip()
        await asyncio.to_thread(note, git.dir, sha)
        return sha

    async def restore(self, repo: RepoRef, sha: str, of: str, message: str) -> str:
        """The files of commit `of` on top of `sha`, as a commit of ours, which stays here."""
        async with self.holding(repo, sha, of) as git:
            (tree,) = await _told(git, of, "%T")
            return await self.onto(git, sha, tree, message)

    async def inspect(self, repo: RepoRef, parent: str, sha: str) -> tuple[Violation, ...]:
        """Everything in parent..sha that an agent may not change; empty if it may be pushed."""
        _check_sha(parent)
        _check_sha(sha)
        async with self._mirrors.hold(repo) as git:
            return await inspect(git.having({}, bounded=True), parent, sha, self._limits)

    async def held(self, repo: RepoRef, parent: str, sha: str) -> tuple[Violation, ...]:
        """What of parent..sha is only people's, however much it is."""
        async with self.holding(repo, parent, sha) as git:
            return await held(git.having({}, bounded=True), parent, sha, self._limits)

    async def foreign(self, repo: RepoRef, base: str, sha: str) -> str | None:
        """A commit between the branch `base` and `sha` that was not made here; None: there is none.

        On a machine that has lost its mirrors, all are foreign.
        """
        async with self.holding(repo, sha) as git:
            return await foreign(git.having({}, bounded=True), _stored(base), sha)

    async def fork(self, repo: RepoRef, base: str, sha: str) -> str:
        """Where `sha` left the branch `base`."""
        _check_sha(sha)
        async with self._mirrors.hold(repo) as git:
            try:
                return await _fork(git, base, sha)
            except GitError:
                await self._transfers.fetch(git, repo, _as_stored(base), sha)
                return await _fork(git, base, sha)

    async def changes(self, repo: RepoRef, base: str, sha: str) -> tuple[FileChange, ...]:
        """What `sha` changes of where it left the branch `base`, with texts as far as they fit."""
        _check_sha(sha)
        async with self._mirrors.hold(repo) as git:
            bounded = git.having({}, bounded=True)
            try:
                return await changes(bounded, _stored(base), sha)
            except GitError:
                await self._transfers.fetch(git, repo, _as_stored(base), sha)
                return await changes(bounded, _stored(base), sha)

    async def push(
        self, issue: IssueRef, branch: str, sha: str, *, later: str | None = None
    ) -> None:
        """Move the task's branch from sha's parent to `sha`, or create it; nothing if it is there,
        or at `later`, which is pushed after it.

        Raises BranchMoved when the branch is anywhere else.
        """
        _check_sha(sha)
        async with self._mirrors.hold(issue.repo) as git:
            await self._transfers.push(git, issue.repo, branch, sha, later=later)


async def _told(git: Git, sha: str, shape: str) -> list[str]:
    """The words that git says of a commit."""
    return (await git.run("log", "--no-walk", f"--format={shape}", sha)).decode().split()


async def _fork(git: Git, base: str, sha: str) -> str:
    return (await git.run("merge-base", _stored(base), sha)).decode().strip()


def _stored(base: str) -> str:
    """Names of branches must not clash as files and folders, so the base is stored by its hash."""
    return f"refs/orc/base/{hashlib.sha256(base.encode()).hexdigest()[:20]}"


def _as_stored(base: str) -> str:
    """What to fetch for the base branch to be there."""
    return f"+refs/heads/{base}:{_stored(base)}"


def _unbranched(mirror: Path, base: str, task: str) -> str | None:
    """The base's sha where it is plain to see that the task has no branch; an agent waits for it.

    Any doubt (refs that were packed, a branch that is there) is git's to settle.
    """
    try:
        if (mirror / "packed-refs").exists() or (mirror / task).exists():
            return None
        sha = (mirror / base).read_text().strip()
    except OSError:
        return None
    return sha if _SHA.fullmatch(sha) else None


def _init(into: Path) -> None:
    """What `git init --template= --initial-branch=work` makes, without its 20 ms."""
    folder = into / ".git"
    for name in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (folder / name).mkdir(parents=True)
    (folder / "config").write_text(_CONFIG)
    (folder / "HEAD").write_text("ref: refs/heads/work\n")


async def _clone(git: Git, mirror: Git, sha: str) -> None:
    """The commit and all before it. No ref tells of it yet, nor of where it came from."""
    await git.run(
        *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
        f"file://{mirror.dir.resolve()}",
        sha,
        deadline=_DEADLINE,
    )


def _empty_folder(into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    if any(into.iterdir()):
        raise ValueError("A checkout needs an empty folder.")


def _check_sha(sha: str) -> None:
    if not _SHA.fullmatch(sha):
        raise ValueError(f"{sha!r} is not a commit's full sha.")
