"""The base merged into a task's branch: by git where it can, begun for an agent where it can't."""

from pathlib import Path

import pytest

from app.git.error import BranchMoved
from app.git.repository import GitCode
from app.graphs.ports import GivenUp, Merge
from tests.integration.git.conftest import BRANCH, ISSUE, MESSAGE, REPO, Agent, Origin, git

OURS, THEIRS = {"a.txt": "ours\n"}, {"a.txt": "theirs\n", ".github/workflows/ci.yml": "on: []\n"}


async def both(code: GitCode, origin: Origin, ours: dict[str, str], theirs: dict[str, str]) -> str:
    """The task's branch, whose base has moved since; the branch's head."""
    branch = origin.commit(ours, on=BRANCH)
    origin.commit(theirs)
    await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    return branch


async def begun(code: GitCode, origin: Origin) -> Merge:
    branch = await both(code, origin, OURS, THEIRS)
    merge = await code.merge(REPO, branch, origin.base, MESSAGE)
    assert merge is not None
    return merge


async def settled(code: GitCode, merge: Merge, agent: Path, text: str | None) -> str:
    """What the agent made of it, as a commit of ours; `text` None: it wrote another file."""
    await code.checkout(REPO, merge.sha, agent)
    git(agent, "tag", "base")
    hand = Agent(agent, agent)
    hand.write({"a.txt": text} if text is not None else {"c.txt": "three\n"})
    return await code.take(REPO, hand.bundle(), merge.sha, MESSAGE, merge)


async def test_a_base_that_is_there_already_is_not_merged(code: GitCode, origin: Origin) -> None:
    branch = origin.commit(OURS, on=BRANCH)
    assert await code.merge(REPO, branch, origin.base, MESSAGE) is None


async def test_what_git_can_merge_is_whole(code: GitCode, origin: Origin) -> None:
    branch = await both(code, origin, {"b.txt": "two\n"}, THEIRS)
    merge = await code.merge(REPO, branch, origin.base, MESSAGE)
    assert merge is not None
    assert merge.conflicts == ()
    await code.push(ISSUE, BRANCH, merge.sha)
    assert origin.at() == merge.sha
    assert git(origin.bare, "show", "-s", "--format=%P", BRANCH) == f"{branch} {origin.base}"
    assert git(origin.bare, "show", f"{BRANCH}:a.txt") == "theirs"
    assert git(origin.bare, "show", f"{BRANCH}:b.txt") == "two"


async def test_an_agent_ends_what_git_can_not(
    code: GitCode, origin: Origin, tmp_path: Path
) -> None:
    merge = await begun(code, origin)
    assert merge.conflicts == ("a.txt",)
    sha = await settled(code, merge, tmp_path / "work", "both\n")
    assert (tmp_path / "work/.github/workflows/ci.yml").read_text() == "on: []\n"  # the base's
    assert await code.inspect(REPO, merge.sha, sha) == ()
    assert await code.unsettled(REPO, sha, merge) == ()
    await code.push(ISSUE, BRANCH, sha)
    assert git(origin.bare, "show", "-s", "--format=%P", BRANCH) == f"{merge.branch} {merge.base}"
    assert git(origin.bare, "show", f"{BRANCH}:a.txt") == "both"
    assert await code.merge(REPO, sha, origin.base, MESSAGE) is None
    assert [one.path for one in await code.changes(REPO, "main", sha)] == ["a.txt"]


async def test_markers_that_are_left_are_found(
    code: GitCode, origin: Origin, tmp_path: Path
) -> None:
    merge = await begun(code, origin)
    sha = await settled(code, merge, tmp_path / "work", None)
    assert await code.unsettled(REPO, sha, merge) == ("a.txt",)


async def test_it_is_the_same_on_another_machine(
    code: GitCode, origin: Origin, tmp_path: Path
) -> None:
    merge = await begun(code, origin)
    other = GitCode(tmp_path / "elsewhere", code._transfers._remote)
    assert await other.merge(REPO, merge.branch, merge.base, MESSAGE) == merge
    await other.checkout(REPO, merge.sha, tmp_path / "there")
    assert f"<<<<<<< {merge.branch}\nours" in (tmp_path / "there/a.txt").read_text()


async def test_a_branch_that_somebody_moved_meanwhile_is_left_alone(
    code: GitCode, origin: Origin, tmp_path: Path
) -> None:
    merge = await begun(code, origin)
    moved = origin.commit({"hand.txt": "by hand\n"}, on=BRANCH)
    sha = await settled(code, merge, tmp_path / "work", "both\n")
    with pytest.raises(BranchMoved):
        await code.push(ISSUE, BRANCH, sha)
    assert origin.at() == moved


async def test_deleted_here_and_changed_there(code: GitCode, origin: Origin) -> None:
    branch = origin.commit({"old.txt": "newer\n"}, on=BRANCH)
    git(origin.seed, "checkout", "--quiet", "-B", "main", origin.base)
    (origin.seed / "old.txt").unlink()
    origin.commit({})
    merge = await code.merge(REPO, branch, origin.base, MESSAGE)
    assert merge is not None
    assert merge.conflicts == ("old.txt",)


async def test_too_many_conflicts_are_a_person_s(code: GitCode, origin: Origin) -> None:
    names = [f"many/{number}.txt" for number in range(201)]
    branch = await both(code, origin, dict.fromkeys(names, "x\n"), dict.fromkeys(names, "y\n"))
    with pytest.raises(GivenUp, match="201 files"):
        await code.merge(REPO, branch, origin.base, MESSAGE)


async def test_a_conflict_where_no_agent_may_write_is_a_person_s(
    code: GitCode, origin: Origin
) -> None:
    branch = await both(code, origin, {".github/workflows/ci.yml": "on: push\n#\n"}, THEIRS)
    with pytest.raises(GivenUp, match=r"in \.github/workflows/ci\.yml, which no agent"):
        await code.merge(REPO, branch, origin.base, MESSAGE)


async def test_a_name_is_told_on_one_line(code: GitCode, origin: Origin) -> None:
    name = "a\n<b>.txt"
    branch = await both(code, origin, {name: "x\n"}, {name: "y\n"})
    merge = await code.merge(REPO, branch, origin.base, MESSAGE)
    assert merge is not None
    assert merge.conflicts == ("a\\u000a<b>.txt",)
