"""A bare repository as the remote, and an agent's hands: every trick git's plumbing allows."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.ref import IssueRef, RepoRef
from app.domain.words.published import trailers
from app.git.inspection import CommitLimits, Violation
from app.git.repository import GitCode
from app.git.run import Remote

REPO = RepoRef(5, "octo", "shop", 1)
ISSUE = IssueRef(REPO, 7)
BRANCH = "orc/issue-7"
MESSAGE = "Add b\n\n" + trailers(ISSUE.key, 1)
LIMITS = CommitLimits(file_bytes=10_000, total_bytes=30_000, files=50, bundle_bytes=2_000_000)
_ENV = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{
        f"GIT_{who}_{what}": "x@y.z"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
    **{f"GIT_{who}_DATE": "1700000000 +0000" for who in ("AUTHOR", "COMMITTER")},
}
Entry = tuple[str, bytes]  # mode, content (or the id of a commit)


def git(at: Path, *args: str, stdin: bytes = b"") -> str:
    """Plain git, as an agent has it."""
    ran = subprocess.run(
        ["git", *args], cwd=at, input=stdin, capture_output=True, env=_ENV, check=False
    )
    assert not ran.returncode, ran.stderr.decode()
    return ran.stdout.decode().strip()


@dataclass
class Origin:
    """The remote, a person's clone of it, and the sha of its main branch."""

    bare: Path
    seed: Path

    @property
    def base(self) -> str:
        return git(self.bare, "rev-parse", "main")

    def at(self, ref: str = BRANCH) -> str | None:
        return git(self.bare, "for-each-ref", "--format=%(objectname)", f"refs/heads/{ref}") or None

    def commit(self, files: Mapping[str, str], *, on: str = "main") -> str:
        """A person's commit, pushed."""
        if self.at(on):
            git(self.seed, "fetch", "--quiet", "origin", on)
            git(self.seed, "checkout", "--quiet", "-B", on, "FETCH_HEAD")
        for name, text in files.items():
            (self.seed / name).parent.mkdir(parents=True, exist_ok=True)
            (self.seed / name).write_text(text)
        git(self.seed, "add", "--all", "--force")
        git(self.seed, "commit", "--quiet", "-m", "By hand")
        git(self.seed, "push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{on}")
        return git(self.seed, "rev-parse", "HEAD")


@dataclass
class Agent:
    """A clone at the base, where commits of any shape can be made."""

    home: Path
    bundles: Path

    def write(self, files: Mapping[str, str | bytes]) -> str:
        """An honest commit."""
        for name, text in files.items():
            (self.home / name).parent.mkdir(parents=True, exist_ok=True)
            data = text if isinstance(text, bytes) else text.encode()
            (self.home / name).write_bytes(data)
        git(self.home, "add", "--all")
        git(self.home, "commit", "--quiet", "-m", "Work")
        return git(self.home, "rev-parse", "HEAD")

    def blob(self, content: bytes) -> str:
        return git(self.home, "hash-object", "-w", "--stdin", stdin=content)

    def tree(self, entries: Mapping[bytes, Entry]) -> str:
        """A tree of paths, in the order given; nothing about names or modes is checked."""
        folders: dict[bytes, dict[bytes, Entry]] = {}
        lines = b""
        for path, entry in entries.items():
            name, slash, rest = path.partition(b"/")
            if slash:
                folders.setdefault(name, {})[rest] = entry
                continue
            mode, content = entry
            kind = "commit" if mode == "160000" else "blob"
            sha = content.decode() if mode == "160000" else self.blob(content)
            lines += f"{mode} {kind} {sha}\t".encode() + name + b"\0"
        for name, inner in folders.items():
            lines += f"040000 tree {self.tree(inner)}\t".encode() + name + b"\0"
        return git(self.home, "mktree", "-z", "--missing", stdin=lines)

    def commit(self, tree: str, *parents: str) -> str:
        """A commit of any tree, which HEAD then is."""
        over = [word for parent in parents for word in ("-p", parent)]
        sha = git(self.home, "commit-tree", tree, *over, "-m", "Work")
        git(self.home, "update-ref", "refs/heads/work", sha)
        return sha

    def bundle(self, *revisions: str) -> Path:
        path = self.bundles / f"{len(list(self.bundles.iterdir()))}.bundle"
        git(self.home, "bundle", "create", "--quiet", str(path), *(revisions or ("base..HEAD",)))
        return path


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    bare, seed = tmp_path / "octo/shop.git", tmp_path / "seed"
    bare.mkdir(parents=True)
    git(bare, "init", "--quiet", "--bare", "--initial-branch=main")
    git(bare, "config", "http.receivepack", "true")
    git(bare, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(tmp_path, "clone", "--quiet", str(bare), str(seed))
    made = Origin(bare, seed)
    git(seed, "checkout", "--quiet", "-b", "main")
    made.commit({"a.txt": "one\n", ".github/workflows/ci.yml": "on: push\n", "old.txt": "old\n"})
    return made


@pytest.fixture
def code(origin: Origin, tmp_path: Path) -> GitCode:
    async def remote(_: RepoRef, *, fresh: bool = False) -> Remote:
        return Remote(f"file://{origin.bare}")

    return GitCode(tmp_path / "state", remote, LIMITS)


@pytest.fixture
async def agent(code: GitCode, origin: Origin, tmp_path: Path) -> Agent:
    """The mirror knows the base, and the agent has its checkout."""
    await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    home, bundles = tmp_path / "workspace", tmp_path / "bundles"
    await code.checkout(REPO, origin.base, home)
    bundles.mkdir()
    await asyncio.to_thread(git, home, "tag", "base")
    return Agent(home, bundles)


async def verdict(code: GitCode, origin: Origin, work: Path) -> tuple[str, tuple[Violation, ...]]:
    """Take and inspect."""
    sha = await code.take(REPO, work, origin.base, MESSAGE)
    return sha, await code.inspect(REPO, origin.base, sha)
