"""Heads, checkout, take, inspect and push over a real repository, when all goes well."""

from pathlib import Path

import pytest

from app.domain.words.published import trailers
from app.git.error import BranchMissing, GitError
from app.git.repository import GitCode
from app.graphs.ports import Code, Heads
from tests.integration.git.conftest import BRANCH, ISSUE, MESSAGE, REPO, Agent, Origin, git, verdict


def test_it_is_the_graphs_code(code: GitCode) -> None:
    port: Code = code
    assert port


async def test_from_base_to_branch(code: GitCode, origin: Origin, agent: Agent) -> None:
    agent.write({"b.txt": "two\n"})
    sha, violations = await verdict(code, origin, agent.bundle())
    assert violations == ()
    await code.push(ISSUE, BRANCH, sha)
    assert origin.at() == sha
    assert await code.heads(ISSUE, BRANCH, "main", ISSUE.key) == Heads(origin.base, sha, 1)
    assert git(origin.bare, "show", "-s", "--format=%an %cn %ae|%s|%P|%ct", sha) == (
        f"orc orc orc@localhost|Add b|{origin.base}|1700000001"
    )
    assert git(origin.bare, "show", f"{sha}:b.txt") == "two"


async def test_a_second_attempt_builds_on_the_first(
    code: GitCode, origin: Origin, agent: Agent, tmp_path: Path
) -> None:
    agent.write({"b.txt": "two\n"})
    first, _ = await verdict(code, origin, agent.bundle())
    await code.push(ISSUE, BRANCH, first)
    again = tmp_path / "again"
    await code.checkout(REPO, first, again)
    git(again, "tag", "base")
    other = Agent(again, agent.bundles)
    other.write({"c.txt": "three\n"})
    message = "Add c\n\n" + trailers(ISSUE.key, 2)
    second = await code.take(REPO, other.bundle(), first, message)
    await code.push(ISSUE, BRANCH, second)
    assert await code.heads(ISSUE, BRANCH, "main", ISSUE.key) == Heads(origin.base, second, 2)
    assert git(origin.bare, "rev-list", second) == f"{second}\n{first}\n{origin.base}"


async def test_the_same_work_gives_the_same_sha(
    code: GitCode, origin: Origin, agent: Agent, tmp_path: Path
) -> None:
    agent.write({"b.txt": "two\n"})
    agent.write({"b.txt": "too\n", "c.txt": "three\n"})
    work = agent.bundle()
    first = await code.take(REPO, work, origin.base, MESSAGE)
    assert await code.take(REPO, work, origin.base, MESSAGE) == first
    assert await code.take(REPO, work, origin.base, "Other") != first
    git(agent.home, "reset", "--soft", "base")
    agent.write({})
    assert await code.take(REPO, agent.bundle(), origin.base, MESSAGE) == first


async def test_merges_are_squashed(code: GitCode, origin: Origin, agent: Agent) -> None:
    left = agent.write({"b.txt": "two\n"})
    git(agent.home, "checkout", "--quiet", "base")
    right = agent.write({"c.txt": "three\n"})
    tree = git(agent.home, "merge-tree", "--write-tree", left, right)
    agent.commit(tree, left, right)
    sha, violations = await verdict(code, origin, agent.bundle("base..work"))
    assert violations == ()
    assert git(code_mirror(code), "rev-list", "--count", f"{origin.base}..{sha}") == "1"


def code_mirror(code: GitCode) -> Path:
    return code._mirrors.path(REPO)


async def test_the_checkout_is_on_its_own(agent: Agent, code: GitCode, origin: Origin) -> None:
    home = agent.home
    assert git(home, "remote") == ""
    assert git(home, "branch", "--show-current") == "work"
    assert git(home, "status", "--porcelain") == ""
    assert git(home, "rev-parse", "HEAD") == origin.base
    assert not (home / ".git/hooks").exists()
    assert not (home / ".git/objects/info/alternates").exists()
    telling = [
        file
        for file in (home / ".git").rglob("*")
        if file.is_file()
        and (str(origin.bare).encode() in file.read_bytes() or b"mirrors" in file.read_bytes())
    ]
    assert telling == []


async def test_a_checkout_needs_an_empty_folder(
    agent: Agent, code: GitCode, origin: Origin
) -> None:
    with pytest.raises(ValueError, match="empty"):
        await code.checkout(REPO, origin.base, agent.home)


async def test_heads_follow_the_remote(code: GitCode, origin: Origin) -> None:
    first = origin.base
    assert await code.heads(ISSUE, BRANCH, "main", ISSUE.key) == Heads(first, None, 0)
    second = origin.commit({"d.txt": "4\n"})
    by_hand = origin.commit({"e.txt": "5\n"}, on=BRANCH)
    assert await code.heads(ISSUE, BRANCH, "main", ISSUE.key) == Heads(second, by_hand, 0)
    git(origin.bare, "update-ref", "-d", f"refs/heads/{BRANCH}")
    assert await code.heads(ISSUE, BRANCH, "main", ISSUE.key) == Heads(second, None, 0)


async def test_a_rewritten_base_is_followed(code: GitCode, origin: Origin) -> None:
    await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    git(origin.seed, "commit", "--quiet", "--amend", "-m", "Rewritten")
    git(origin.seed, "push", "--quiet", "--force", "origin", "HEAD:main")
    assert (await code.heads(ISSUE, BRANCH, "main", ISSUE.key)).base == origin.base


@pytest.mark.parametrize(
    "near", ["orc/issue-77", "orc/issue-7-b", "fork/orc/issue-7", "orca/issue-7"]
)
async def test_branches_of_like_names_are_others(code: GitCode, origin: Origin, near: str) -> None:
    origin.commit({"x": "y"}, on=near)
    assert (await code.heads(ISSUE, BRANCH, "main", ISSUE.key)).branch is None


async def test_a_base_within_a_former_base(code: GitCode, origin: Origin) -> None:
    origin.commit({"x": "y"}, on="dev")
    await code.heads(ISSUE, BRANCH, "dev", ISSUE.key)
    git(origin.bare, "update-ref", "-d", "refs/heads/dev")
    inner = origin.commit({"x": "z"}, on="dev/two")
    assert (await code.heads(ISSUE, BRANCH, "dev/two", ISSUE.key)).base == inner


async def test_a_task_branch_without_a_folder(code: GitCode, origin: Origin) -> None:
    assert (await code.heads(ISSUE, "plain", "main", ISSUE.key)).branch is None
    sha = origin.commit({"x": "y"}, on="plain")
    assert (await code.heads(ISSUE, "plain", "main", ISSUE.key)).branch == sha


@pytest.mark.parametrize(
    "name", ["nope", "", "-x", "a b", "a..b", "a:b", "*", "a/", "a.lock", "@{x", "+a", "refs\n"]
)
async def test_a_base_that_is_not_there(code: GitCode, origin: Origin, name: str) -> None:
    with pytest.raises(BranchMissing):
        await code.heads(ISSUE, BRANCH, name, ISSUE.key)


@pytest.mark.parametrize("sha", ["", "main", "--help", "a" * 39, "A" * 40])
async def test_a_sha_is_a_sha(code: GitCode, tmp_path: Path, sha: str) -> None:
    with pytest.raises(ValueError, match="full sha"):
        await code.checkout(REPO, sha, tmp_path / "x")


async def test_on_a_new_machine_the_commit_is_fetched(
    code: GitCode, origin: Origin, tmp_path: Path
) -> None:
    await code.checkout(REPO, origin.base, tmp_path / "fresh")
    assert (tmp_path / "fresh/a.txt").read_text() == "one\n"


async def test_an_unknown_commit_is_said_to_be(code: GitCode, tmp_path: Path) -> None:
    with pytest.raises(GitError):
        await code.checkout(REPO, "a" * 40, tmp_path / "fresh")
