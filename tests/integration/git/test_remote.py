"""The remote over HTTP: where the token goes, and what each kind of refusal becomes."""

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.ref import RepoRef
from app.engine.ports import Unanswered
from app.git import transfer
from app.git.error import BranchMoved, GitError, PushRejected, RemoteRefused, RemoteUnreachable
from app.git.repository import GitCode
from app.git.run import Git, Remote
from app.graphs.ports import GivenUp, Heads
from tests.integration.git.conftest import BRANCH, ISSUE, LIMITS, MESSAGE, REPO, Agent, Origin, git
from tests.integration.git.server import Server, serving


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(transfer, "_PAUSES", (0.0, 0.0))
    with serving(tmp_path) as started:
        yield started


@pytest.fixture
def code(server: Server, origin: Origin, tmp_path: Path) -> GitCode:
    async def remote(_: RepoRef, *, fresh: bool = False) -> Remote:
        return Remote(server.url, server.token)

    return GitCode(tmp_path / "state", remote, LIMITS)


@pytest.fixture
async def work(code: GitCode, origin: Origin, agent: Agent) -> str:
    """The sha of a commit of ours on the base."""
    agent.write({"b.txt": "two\n"})
    return await code.take(REPO, agent.bundle(), origin.base, MESSAGE)


async def test_the_whole_way(code: GitCode, origin: Origin, work: str) -> None:
    await code.push(ISSUE, BRANCH, work)
    assert origin.at() == work
    assert await code.heads(ISSUE, BRANCH, "main", ISSUE.key) == Heads(origin.base, work, 1)


async def test_the_token_is_in_no_argument_and_no_file(
    code: GitCode, server: Server, work: str, tmp_path: Path
) -> None:
    await code.push(ISSUE, BRANCH, work)
    encoded = base64.b64encode(f"x-access-token:{server.token}".encode())
    secrets = (server.token.encode(), encoded)
    assert any(b"git" in argv for argv in server.argvs)
    assert not [argv for argv in server.argvs for secret in secrets if secret in argv]
    for folder in (tmp_path / "state", tmp_path / "workspace"):
        for file in folder.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                assert not any(secret in content for secret in secrets), file


async def test_a_fetch_is_one_exchange(code: GitCode, server: Server) -> None:
    await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    server.requests.clear()
    await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    assert len(server.requests) == 2  # what there is, and the refs; nothing new to be fetched


KINDS = [
    (401, RemoteRefused),
    (403, RemoteRefused),
    (404, RemoteRefused),
    (429, RemoteUnreachable),
    (500, RemoteUnreachable),
    (502, RemoteUnreachable),
    (503, RemoteUnreachable),
]


@pytest.mark.parametrize(("status", "kind"), KINDS, ids=[str(status) for status, _ in KINDS])
async def test_answers_that_are_errors(
    status: int, kind: type[GitError], code: GitCode, server: Server, work: str
) -> None:
    server.status = status
    for call in (code.heads(ISSUE, BRANCH, "main", ISSUE.key), code.push(ISSUE, BRANCH, work)):
        with pytest.raises(kind) as caught:
            await call
        assert type(caught.value) is kind
        assert server.token not in str(caught.value)
    assert issubclass(kind, Unanswered if status >= 429 else GivenUp)


async def test_a_wrong_token(code: GitCode, server: Server) -> None:
    server.token, given = "another", server.token

    async def remote(_: RepoRef, *, fresh: bool = False) -> Remote:
        return Remote(server.url, given)

    code._transfers._remote = remote
    with pytest.raises(RemoteRefused, match="contents permission") as caught:
        await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    assert given not in str(caught.value)


async def test_an_expired_token_is_renewed_once(
    code: GitCode, server: Server, origin: Origin
) -> None:
    async def remote(_: RepoRef, *, fresh: bool = False) -> Remote:
        return Remote(server.url, server.token if fresh else "expired")

    code._transfers._remote = remote
    assert (await code.heads(ISSUE, BRANCH, "main", ISSUE.key)).base == origin.base


async def test_a_server_that_is_not_there(code: GitCode, server: Server) -> None:
    server.url = "http://127.0.0.1:1/octo/shop.git"
    with pytest.raises(RemoteUnreachable, match="Try again later"):
        await code.heads(ISSUE, BRANCH, "main", ISSUE.key)


async def test_a_push_whose_answer_is_lost(
    code: GitCode, origin: Origin, server: Server, work: str
) -> None:
    server.fail_once_after_write = True
    await code.push(ISSUE, BRANCH, work)
    assert origin.at() == work


async def test_pushing_again_pushes_nothing(code: GitCode, server: Server, work: str) -> None:
    await code.push(ISSUE, BRANCH, work)
    server.requests.clear()
    await code.push(ISSUE, BRANCH, work)
    assert not [request for request in server.requests if "receive-pack" in request]


async def test_a_branch_that_a_person_moved(code: GitCode, origin: Origin, work: str) -> None:
    theirs = origin.commit({"mine.txt": "hands off\n"}, on=BRANCH)
    with pytest.raises(BranchMoved, match="somebody pushed"):
        await code.push(ISSUE, BRANCH, work)
    assert origin.at() == theirs


async def test_a_branch_that_moves_while_we_push(
    code: GitCode, origin: Origin, work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our look and the server's."""
    look, theirs = code._transfers._at, ""

    async def late(git: Git, repo: RepoRef, ref: str) -> str:
        nonlocal theirs
        found = await look(git, repo, ref)
        theirs = theirs or await asyncio.to_thread(origin.commit, {"m": "1"}, on=BRANCH)
        return found

    monkeypatch.setattr(code._transfers, "_at", late)
    with pytest.raises(BranchMoved, match="meanwhile"):
        await code.push(ISSUE, BRANCH, work)
    assert origin.at() == theirs


async def test_a_deleted_branch_comes_back(code: GitCode, origin: Origin, work: str) -> None:
    await code.push(ISSUE, BRANCH, work)
    git(origin.bare, "update-ref", "-d", f"refs/heads/{BRANCH}")
    await code.push(ISSUE, BRANCH, work)
    assert origin.at() == work


async def test_a_push_that_the_rules_forbid(code: GitCode, origin: Origin, work: str) -> None:
    hook = origin.bare / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'GH013: rule violations' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(PushRejected, match="branch rules"):
        await code.push(ISSUE, BRANCH, work)
    assert origin.at() is None


async def test_an_unknown_commit_is_not_pushed(code: GitCode, work: str) -> None:
    with pytest.raises(GitError):
        await code.push(ISSUE, BRANCH, "e" * 40)


async def test_an_address_with_a_password_is_refused_and_not_repeated(code: GitCode) -> None:
    async def remote(_: RepoRef, *, fresh: bool = False) -> Remote:
        return Remote("http://user:hunter2@127.0.0.1:1/octo/shop.git")

    code._transfers._remote = remote
    with pytest.raises(GitError) as caught:
        await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["ext::sh -c true", "ssh://h/r.git", "--upload-pack=x", "git://h/r"]
)
async def test_other_transports_are_off(code: GitCode, url: str) -> None:
    async def remote(_: RepoRef, *, fresh: bool = False) -> Remote:
        return Remote(url)

    code._transfers._remote = remote
    with pytest.raises(GitError):
        await code.heads(ISSUE, BRANCH, "main", ISSUE.key)
