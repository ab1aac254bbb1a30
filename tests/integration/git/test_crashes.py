"""What a kill at any point leaves behind: nothing that has to be cleaned up by hand."""

import asyncio
import contextlib
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.domain.ref import RepoRef
from app.git import mirror
from app.git.error import GitError
from app.git.repository import GitCode
from app.git.run import Git, Remote
from app.graphs.ports import Heads
from tests.integration.git.conftest import BRANCH, ISSUE, LIMITS, MESSAGE, REPO, Agent, Origin
from tests.integration.git.server import all_argvs, serving

ROOT = Path(__file__).parents[3]
APP = """
import asyncio, sys
from pathlib import Path
from app.domain.ref import IssueRef, RepoRef
from app.git.repository import GitCode
from app.git.run import Remote
async def main():
    state, url, token = sys.argv[1:]
    async def remote(repo, *, fresh=False): return Remote(url, token)
    repo = RepoRef(5, "octo", "shop", 1)
    await GitCode(Path(state), remote).heads(IssueRef(repo, 7), "orc/issue-7", "main", "5-7")
asyncio.run(main())
"""


def another(origin: Origin, tmp_path: Path) -> GitCode:
    """As a second process would have it: it shares nothing but the folder."""

    async def remote(_: RepoRef, *, fresh: bool = False) -> Remote:
        return Remote(f"file://{origin.bare}")

    return GitCode(tmp_path / "state", remote, LIMITS)


async def works(code: GitCode, origin: Origin) -> None:
    assert (await code.heads(ISSUE, BRANCH, "main", ISSUE.key)).base == origin.base


async def test_a_killed_app_leaves_a_mirror_that_works(origin: Origin, tmp_path: Path) -> None:
    code = another(origin, tmp_path)
    with serving(tmp_path) as server:
        server.hold = threading.Event()
        argv = [sys.executable, "-c", APP, str(tmp_path / "state"), server.url, server.token]
        app = subprocess.Popen(argv, cwd=ROOT)
        assert await asyncio.to_thread(server.arrived.wait, 20)
        app.send_signal(signal.SIGKILL)
        app.wait()
        waiting = asyncio.create_task(works(code, origin))
        await asyncio.sleep(0.3)
        assert not waiting.done()  # its git lives on, and still has the lock
        server.hold.set()
        await asyncio.wait_for(waiting, 20)


@pytest.mark.parametrize("moment", [0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16])
async def test_killed_at_any_moment(moment: float, origin: Origin, tmp_path: Path) -> None:
    code = another(origin, tmp_path)
    with serving(tmp_path) as server:
        argv = [sys.executable, "-c", APP, str(tmp_path / "state"), server.url, server.token]
        app = subprocess.Popen(argv, cwd=ROOT)
        while not (tmp_path / "state/mirrors").exists():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await asyncio.sleep(moment)
        app.kill()
        app.wait()
        await works(code, origin)


LEFT = ["config.lock", "packed-refs.lock", "refs/orc/task/orc/issue-7.lock", "HEAD.lock"]


@pytest.mark.parametrize("name", [*LEFT, "objects/pack/tmp_pack_x", "box-x/objects/y"])
async def test_what_a_killed_git_left_is_removed(
    name: str, code: GitCode, origin: Origin, tmp_path: Path
) -> None:
    await works(code, origin)
    left = tmp_path / "state/mirrors/5.git" / name
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_text("")
    (tmp_path / "state/mirrors/5.lock").write_text("!")
    origin.commit({"new": "1"})
    origin.commit({"new": "2"}, on=BRANCH)
    await works(code, origin)
    assert not left.exists()


@pytest.mark.parametrize(
    "broken", ["HEAD", "config", "objects", "refs"], ids=lambda name: f"without {name}"
)
async def test_a_half_made_mirror_is_made_anew(
    broken: str, code: GitCode, origin: Origin, tmp_path: Path
) -> None:
    await works(code, origin)
    path = tmp_path / "state/mirrors/5.git" / broken
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    await works(code, origin)


@pytest.mark.parametrize("pattern", ["objects/??/*", "refs/orc/base/*", "HEAD"])
async def test_a_damaged_mirror_is_made_anew(
    pattern: str, code: GitCode, origin: Origin, tmp_path: Path
) -> None:
    await works(code, origin)
    for file in (tmp_path / "state/mirrors/5.git").glob(pattern):
        file.chmod(0o644)
        file.write_bytes(b"")
    origin.commit({"new": "1"})
    await works(code, origin)
    await code.checkout(REPO, origin.base, tmp_path / "out")


async def test_a_lost_mirror_is_no_loss(
    code: GitCode, origin: Origin, agent: Agent, tmp_path: Path
) -> None:
    agent.write({"b": "1"})
    work = agent.bundle()
    first = await code.take(REPO, work, origin.base, MESSAGE)
    shutil.rmtree(tmp_path / "state")
    assert await code.take(REPO, work, origin.base, MESSAGE) == first


async def test_two_apps_at_once(origin: Origin, agent: Agent, tmp_path: Path) -> None:
    agent.write({"b": "1"})
    work = agent.bundle()
    apps = [another(origin, tmp_path) for _ in range(3)]

    async def use(code: GitCode, n: int) -> str:
        await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
        sha = await code.take(REPO, work, origin.base, MESSAGE)
        await code.checkout(REPO, sha, tmp_path / f"out{n}")
        await code.push(ISSUE, BRANCH, sha)
        return sha

    shas = await asyncio.gather(*(use(apps[n % 3], n) for n in range(9)))
    assert len(set(shas)) == 1
    assert origin.at() == shas[0]
    assert await apps[0].heads(ISSUE, BRANCH, "main", ISSUE.key) == Heads(origin.base, shas[0], 1)


async def test_a_cancelled_call_leaves_no_git(origin: Origin, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.hold = threading.Event()

        async def remote(_: RepoRef, *, fresh: bool = False) -> Remote:
            return Remote(server.url, server.token)

        code = GitCode(tmp_path / "state", remote, LIMITS)
        call = asyncio.create_task(code.heads(ISSUE, BRANCH, "main", ISSUE.key))
        assert await asyncio.to_thread(server.arrived.wait, 20)
        call.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await call
        assert not [argv for argv in all_argvs() if server.url.encode() in argv]
        server.hold.set()
    await works(another(origin, tmp_path), origin)


async def test_a_deadline_ends_git(code: GitCode, origin: Origin, tmp_path: Path) -> None:
    await works(code, origin)
    git = Git(tmp_path / "state/mirrors/5.git")
    with pytest.raises(GitError, match=r"longer than 0 s"):
        await git.run("-c", "alias.hang=!sleep 30", "hang", deadline=0.3)
    assert not [argv for argv in all_argvs() if argv == b"sleep\x0030\x00"]


async def test_a_flood_of_output_ends_git(code: GitCode, origin: Origin, tmp_path: Path) -> None:
    await works(code, origin)
    git = Git(tmp_path / "state/mirrors/5.git")
    with pytest.raises(GitError, match="more than 1000 bytes"):
        await git.run("-c", "alias.flood=!yes", "flood", cap=1000)


async def test_waiting_for_the_lock_has_an_end(
    code: GitCode, origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "WAIT", 0.05)
    async with code._mirrors.hold(REPO):
        with pytest.raises(GitError, match="in use by another process"):
            await another(origin, tmp_path).heads(ISSUE, BRANCH, "main", ISSUE.key)


async def test_many_packs_are_made_one(
    code: GitCode, origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.git.repository.untidy", lambda _: True)
    await works(code, origin)
    origin.commit({"new": "1"})
    await works(code, origin)
    assert len(list((tmp_path / "state/mirrors/5.git/objects/pack").glob("*.pack"))) == 1
