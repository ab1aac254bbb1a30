"""What a branch changes, as texts, read from a mirror whose objects an agent may have made."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.domain.ref import RepoRef
from app.git.changes import ReadLimits, changes
from app.git.error import GitError
from app.git.repository import GitCode
from app.git.run import Git, Remote
from app.graphs.ports import FileChange
from tests.integration.tester.bench import REPO, commit

BASE = {"a.py": "old\n", "gone.py": "gone\n", "same.py": "same\n", "dull.lock": "1\n"}
HEAD = {
    "a.py": "new\n",
    "gone.py": None,
    "added.py": "added\0\n",
    "dull.lock": "2\n",
    "link.py": "-> a.py",
    "large.py": "x" * 5_000,
}
SMALL = ReadLimits(file_bytes=1_000)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A head on a base that has moved on since, and a branch that began by itself."""
    at = tmp_path_factory.mktemp("changes") / "a.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(at)], check=True)
    stream = bytearray()
    commit(stream, "fork", BASE, None)
    commit(stream, "head", HEAD, "fork")
    commit(stream, "main", {"a.py": "meanwhile\n", "theirs.py": "x\n"}, "fork")
    commit(stream, "stranger", {"a.py": "x\n"}, None)
    subprocess.run(
        ["git", "fast-import", "--quiet", "--done"],
        cwd=at,
        input=bytes(stream) + b"done\n",
        check=True,
    )
    return at


def sha(origin: Path, branch: str) -> str:
    told = subprocess.run(
        ["git", "rev-parse", branch], cwd=origin, check=True, capture_output=True, text=True
    )
    return told.stdout.strip()


def by_path(found: tuple[FileChange, ...]) -> Mapping[str, FileChange]:
    return {change.path: change for change in found}


async def test_texts_before_and_after(origin: Path) -> None:
    found = by_path(await changes(Git(origin, bounded=True), "main", sha(origin, "head"), SMALL))
    assert found == {
        "a.py": FileChange("a.py", "old\n", "new\n"),
        "gone.py": FileChange("gone.py", "gone\n", None),
        "added.py": FileChange("added.py", None, "added \n"),
        "link.py": FileChange("link.py", None, None, unread="it is a link or a submodule"),
        "large.py": FileChange("large.py", None, None, unread="it is too large"),
    }


@pytest.mark.parametrize(
    ("branch", "limits"),
    [
        ("stranger", SMALL),
        ("head", ReadLimits(files=2)),
        ("head", ReadLimits(files=0)),
    ],
    ids=["no common commit", "too many files", "too long a list"],
)
async def test_what_is_too_much_is_said(origin: Path, branch: str, limits: ReadLimits) -> None:
    (told,) = await changes(Git(origin, bounded=True), "main", sha(origin, branch), limits)
    assert (told.path, told.old, told.new) == ("(all files)", None, None)
    assert told.unread


async def test_all_files_have_their_room(origin: Path) -> None:
    limits = ReadLimits(total_bytes=12)
    found = by_path(await changes(Git(origin, bounded=True), "main", sha(origin, "head"), limits))
    assert found["a.py"].new == "new\n"
    assert found["large.py"].unread == "it is too large"


async def test_a_commit_that_is_not_there(origin: Path) -> None:
    with pytest.raises(GitError):
        await changes(Git(origin, bounded=True), "main", "1" * 40, SMALL)


async def test_a_mirror_made_anew_fetches_both(origin: Path, tmp_path: Path) -> None:
    async def remote(_: RepoRef, *, fresh: bool = False) -> Remote:
        return Remote(f"file://{origin}")

    code = GitCode(tmp_path, remote)
    subprocess.run(
        ["git", "config", "uploadpack.allowAnySHA1InWant", "true"], cwd=origin, check=True
    )
    found = by_path(await code.changes(REPO, "main", sha(origin, "head")))
    assert found["a.py"] == FileChange("a.py", "old\n", "new\n")
    assert found["large.py"].new == "x" * 5_000
