"""The first commit of a repository: the same each time, and never over another's."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.ref import RepoRef
from app.git.beginning import GitFirstCommits
from app.git.error import GitError
from app.git.run import Remote
from tests.integration.git.conftest import REPO, git

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
MESSAGE = "Begin shop\n\nMade from the template."


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    at = tmp_path / "new.git"
    git(tmp_path, "init", "--quiet", "--bare", "--template=", "-b", "main", str(at))
    return at


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    (made / ".github" / "workflows").mkdir(parents=True)
    (made / ".github" / "workflows" / "ci.yml").write_text("on: push\n")
    (made / "run").write_text("#!/bin/sh\n")
    (made / "run").chmod(0o755)
    (made / "README.md").write_bytes(b"# Shop\r\n")
    (made / ".gitignore").write_text("build/\n")
    (made / "build").mkdir()
    (made / "build" / "left").write_text("over")
    return made


def commits(bare: Path) -> GitFirstCommits:
    async def remote(_repo: RepoRef, *, fresh: bool = False) -> Remote:
        return Remote(f"file://{bare}", "")

    return GitFirstCommits(remote, "orc@acme.example")


async def begin(bare: Path, folder: Path, message: str = MESSAGE, at: datetime = AT) -> str:
    await commits(bare).begin(REPO, "main", folder, message, at)
    return git(bare, "rev-parse", "main")


async def test_the_folder_is_the_first_commit(bare: Path, folder: Path) -> None:
    sha = await begin(bare, folder)
    listed = git(bare, "ls-tree", "-r", "--format=%(objectmode) %(path)", sha).splitlines()
    assert listed == [
        "100644 .github/workflows/ci.yml",
        "100644 .gitignore",
        "100644 README.md",
        "100755 run",
    ]
    assert git(bare, "cat-file", "blob", f"{sha}:README.md") == "# Shop"
    assert git(bare, "log", "--format=%P|%an <%ae>|%cn|%at %ct|%s") == (
        f"|orc <orc@acme.example>|orc|{int(AT.timestamp())} {int(AT.timestamp())}|Begin shop"
    )
    assert not (folder / ".git").exists()


async def test_the_same_again_is_the_same_commit(bare: Path, folder: Path, tmp_path: Path) -> None:
    sha = await begin(bare, folder)
    assert await begin(bare, folder) == sha
    git(bare, "update-ref", "-d", "refs/heads/main")
    os.utime(folder / "README.md", (1, 1))
    assert await begin(bare, folder) == sha


@pytest.mark.parametrize("change", ["message", "time", "file"])
async def test_what_is_there_is_left_as_it_is(bare: Path, folder: Path, change: str) -> None:
    sha = await begin(bare, folder)
    (folder / "README.md").write_text("Else" if change == "file" else "# Shop\r\n")
    message = "Else" if change == "message" else MESSAGE
    at = datetime(2027, 1, 1, tzinfo=UTC) if change == "time" else AT
    assert await begin(bare, folder, message, at) == sha


async def test_a_person_s_commit_is_never_overwritten(bare: Path, folder: Path) -> None:
    tree = git(bare, "mktree")
    theirs = git(bare, "commit-tree", tree, "-m", "Mine")
    git(bare, "update-ref", "refs/heads/main", theirs)
    assert await begin(bare, folder) == theirs


async def test_two_at_once_make_one(bare: Path, folder: Path) -> None:
    shas = await asyncio.gather(*(begin(bare, folder) for _ in range(2)))
    assert len(set(shas)) == 1
    assert git(bare, "rev-list", "--count", "main") == "1"


async def test_who_was_faster_is_let_be(
    bare: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our look and our push."""
    from app.git import beginning

    looked = beginning._is_there
    looks: list[bool] = []

    async def late(*said: object) -> bool:
        looks.append(await looked(*said))  # type: ignore[arg-type]
        if len(looks) == 1:
            theirs = git(bare, "commit-tree", git(bare, "mktree"), "-m", "Mine")
            git(bare, "update-ref", "refs/heads/main", theirs)
        return looks[-1]

    monkeypatch.setattr(beginning, "_is_there", late)
    await begin(bare, folder)
    assert looks == [False, True]
    assert git(bare, "log", "--format=%s", "main") == "Mine"


async def test_a_push_that_fails_is_told(bare: Path, folder: Path) -> None:
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitError):
        await begin(bare, folder)
    assert git(bare, "for-each-ref") == ""


async def test_a_repository_that_is_not_there_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(GitError):
        await begin(tmp_path / "none.git", folder)


async def test_the_machine_s_own_settings_change_nothing(
    bare: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither line ends nor ignored files, nor whose name stands on it."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\nname=me\n[core]\nautocrlf=input\nexcludesFile=~/x\n")
    (home / "x").write_text("README.md\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    sha = await begin(bare, folder)
    assert git(bare, "log", "--format=%an", sha) == "orc"
    assert "README.md" in git(bare, "ls-tree", "--name-only", sha)


@pytest.mark.parametrize("seconds", [-5, 0])
async def test_a_time_before_all_times(bare: Path, folder: Path, seconds: int) -> None:
    sha = await begin(bare, folder, at=datetime.fromtimestamp(seconds, UTC))
    assert git(bare, "log", "--format=%at", sha) == "0"
