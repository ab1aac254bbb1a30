"""A branch as a whole: whose commits it has, and what of it is only people's."""

from collections.abc import Callable

import pytest

from app.git.repository import GitCode
from tests.integration.git.conftest import (
    BRANCH,
    ISSUE,
    MESSAGE,
    REPO,
    Agent,
    Origin,
    git,
)

WORKFLOW = ".github/workflows/evil.yml"


async def ours(code: GitCode, origin: Origin, agent: Agent) -> str:
    """An attempt's commit, pushed."""
    agent.write({"b.txt": "two\n"})
    sha = await code.take(REPO, agent.bundle(), origin.base, MESSAGE)
    await code.push(ISSUE, BRANCH, sha)
    return sha


async def found(code: GitCode, sha: str) -> str | None:
    await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    return await code.foreign(REPO, "main", sha)


async def test_our_own_commits_are_not_foreign(code: GitCode, origin: Origin, agent: Agent) -> None:
    sha = await ours(code, origin, agent)
    back = await code.restore(REPO, sha, origin.base, MESSAGE)
    assert await found(code, back) is None
    assert await found(code, origin.base) is None


def plain(origin: Origin, _ours: str) -> None:
    origin.commit({"c.txt": "three\n"}, on=BRANCH)


def as_ours(origin: Origin, ours: str) -> None:
    """With our name, our dates and our trailers."""
    tree = git(origin.seed, "rev-parse", f"{origin.commit({'c.txt': '3'}, on=BRANCH)}^{{tree}}")
    text = git(origin.bare, "cat-file", "commit", ours)
    head, _, message = text.partition("\n\n")
    lines = [line for line in head.split("\n") if line.startswith(("author", "committer"))]
    made = "\n".join([f"tree {tree}", f"parent {ours}", *lines, "", f"{message}\n"])
    sha = git(origin.bare, "hash-object", "-t", "commit", "-w", "--stdin", stdin=made.encode())
    git(origin.bare, "update-ref", f"refs/heads/{BRANCH}", sha)


def as_a_merge(origin: Origin, ours: str) -> None:
    """Of the base, with something besides."""
    base = origin.commit({"d.txt": "four\n"})
    tree = git(origin.seed, "rev-parse", f"{origin.commit({'c.txt': '3'}, on=BRANCH)}^{{tree}}")
    sha = git(origin.seed, "commit-tree", tree, "-p", ours, "-p", base, "-m", "Merge main")
    git(origin.seed, "push", "--quiet", "--force", "origin", f"{sha}:refs/heads/{BRANCH}")


@pytest.mark.parametrize("push", [plain, as_ours, as_a_merge])
async def test_what_somebody_has_pushed_is_foreign_whatever_it_says(
    push: Callable[[Origin, str], None], code: GitCode, origin: Origin, agent: Agent
) -> None:
    push(origin, await ours(code, origin, agent))
    theirs = origin.at()
    assert theirs is not None
    assert await found(code, theirs) == theirs
    after = await code.restore(REPO, theirs, origin.base, MESSAGE)  # ours, on top of it
    assert await found(code, after) == theirs


async def test_the_base_as_it_is_may_be_taken_up_by_anybody(
    code: GitCode, origin: Origin, agent: Agent
) -> None:
    """GitHub's button for it makes such a commit."""
    sha = await ours(code, origin, agent)
    base = origin.commit({"d.txt": "four\n"})
    git(origin.seed, "fetch", "--quiet", "origin", BRANCH)
    tree = git(origin.seed, "merge-tree", "--write-tree", sha, base)
    merge = git(origin.seed, "commit-tree", tree, "-p", sha, "-p", base, "-m", "Merge main")
    git(origin.seed, "push", "--quiet", "origin", f"{merge}:refs/heads/{BRANCH}")
    assert await found(code, merge) is None
    assert await code.held(REPO, await code.fork(REPO, "main", merge), merge) == ()


async def test_what_only_people_may_change_is_found_below_our_own_commits(
    code: GitCode, origin: Origin, agent: Agent
) -> None:
    sha = await ours(code, origin, agent)
    theirs = origin.commit({WORKFLOW: "on: push\n", "large": "x" * 20_000}, on=BRANCH)
    await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    after = await code.restore(REPO, theirs, theirs, MESSAGE)
    fork = await code.fork(REPO, "main", after)
    assert [one.path for one in await code.held(REPO, fork, after)] == [WORKFLOW]
    assert await code.held(REPO, fork, sha) == ()
