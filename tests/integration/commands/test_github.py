"""Remarks, projects and tasks on GitHub: what the commands read and leave there."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.domain.ref import IssueRef, RepoRef
from app.domain.remark import Kind, Remark, marker
from app.domain.stage import Stage
from app.engine.ports import Refused
from app.github.api import Api
from app.github.auth import AppKey
from app.github.board import GitHubBoard
from app.github.catalogue import GitHubProjects, GitHubTasks
from app.github.policies import GitHubPolicies
from app.github.remarks import GitHubRemarks
from app.manifest import manifest
from app.sandbox import Fault, Sandbox
from app.sandbox.records import FaultKind
from tests.contract.checker import GitHubContract
from tests.contract.fixtures import attach
from tests.integration.commands.served import Cli, application, serving
from tests.unit.gateway_commands.world import World

POST = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments"
KEY = "11-7-1-1-developer.0b7d4a52-41f7-4f0b-8a6e-3f6c1f0f3a11"
HI = Remark("developer", Kind.ANSWER, "Hi")


@pytest.fixture
def sandbox(tmp_path: Path, github_contract: GitHubContract) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path / "github", manifest=manifest())
    with attach(github_contract, made) as running:
        running.add_person("olivia")
        for name, private in (("weather", True), ("Open", False)):
            running.create_repository(name, private=private)
            running.grant(name, "olivia", "admin")
        running.open_issue("weather", by="olivia", title="One more endpoint")
        yield running


@asynccontextmanager
async def api_of(sandbox: Sandbox) -> AsyncIterator[Api]:
    key = AppKey(str(sandbox.app.id), sandbox.app.private_key)
    async with Api(sandbox.api_url, key, retry_seconds=0.01) as api:
        yield api


def issue_of(sandbox: Sandbox, number: int = 1) -> IssueRef:
    repository = sandbox.repository("weather")
    repo = RepoRef(repository.id, "acme", "weather", sandbox.app.installation_id)
    return IssueRef(repo, number)


def bodies(sandbox: Sandbox) -> list[str]:
    return [comment.body for comment in sandbox.comments("weather", 1)]


async def say(sandbox: Sandbox, *keys: str) -> None:
    """By an app that has just been started."""
    async with api_of(sandbox) as api:
        remarks = GitHubRemarks(api, retry_seconds=0.01)
        for key in keys:
            await remarks.comment(issue_of(sandbox), key, HI)


async def test_a_remark_is_a_comment(sandbox: Sandbox) -> None:
    await say(sandbox, KEY)
    assert bodies(sandbox) == [f"💬 **developer**\n\n> Hi\n\n{marker(KEY)}"]
    assert sandbox.comments("weather", 1)[0].author == sandbox.app.bot_login


async def test_a_key_is_said_once_and_another_is_another(sandbox: Sandbox) -> None:
    await say(sandbox, KEY, KEY, f"{KEY}2")
    await say(sandbox, KEY)
    assert len(bodies(sandbox)) == 2


WAYS: list[tuple[FaultKind, int]] = [
    ("write_then_fail", 1),
    ("write_then_drop", 1),
    ("fail", 1),
    ("fail", 2),
    ("unauthorized", 1),
]


@pytest.mark.parametrize(("kind", "times"), WAYS)
async def test_a_lost_answer_makes_no_second_comment(
    kind: FaultKind, times: int, sandbox: Sandbox
) -> None:
    sandbox.inject(Fault(POST, kind, times=times))
    await say(sandbox, KEY)
    assert len(bodies(sandbox)) == 1
    assert not sandbox.pending_faults


async def test_a_marker_that_somebody_else_wrote_counts_for_nothing(sandbox: Sandbox) -> None:
    sandbox.comment("weather", 1, f"Ha\n\n{marker(KEY)}", by="olivia")
    await say(sandbox, KEY)
    assert len(bodies(sandbox)) == 2


async def test_an_issue_that_is_gone(sandbox: Sandbox) -> None:
    async with api_of(sandbox) as api:
        with pytest.raises(Refused) as refused:
            await GitHubRemarks(api).comment(issue_of(sandbox, 99), KEY, HI)
    assert refused.value.status == 404


async def test_projects(sandbox: Sandbox) -> None:
    async with api_of(sandbox) as api:
        projects, repo = GitHubProjects(api), issue_of(sandbox).repo
        everything = await projects.all(repo)
        mark = len(sandbox.requests)
        assert await projects.all(repo) == everything
        assert len(sandbox.requests) == mark, "agents in a loop cost no requests"
        named = await projects.named(repo, "open")
        assert await projects.named(repo, "nowhere") is None
    assert {(one.full_name, one.private) for one in everything} == {
        ("acme/weather", True),
        ("acme/Open", False),
    }
    assert named in everything


async def test_tasks(sandbox: Sandbox) -> None:
    sandbox.open_issue("weather", by="olivia", title="No task")
    sandbox.open_issue("weather", by="olivia", title="Stuck", labels=[Stage.BLOCKED.value])
    async with api_of(sandbox) as api:
        board = GitHubBoard(api, b"k" * 32)
        tasks = GitHubTasks(api, board, GitHubPolicies(api))
        issue = issue_of(sandbox)
        lines = await tasks.listed(issue.repo, "weather")
        loaded = await tasks.load(issue)
        mark = len(sandbox.requests)
        assert await tasks.load(issue) == loaded
        assert len(sandbox.requests) == mark
        with pytest.raises(Refused):
            await tasks.listed(issue.repo, "nowhere")
    assert [(line.number, line.title, line.stage) for line in lines] == [
        (3, "Stuck", Stage.BLOCKED)
    ]
    assert (loaded.title, loaded.stage) == ("One more endpoint", None)


async def test_from_the_agent_s_command_to_the_issue(sandbox: Sandbox, tmp_path: Path) -> None:
    """Once, under the role's name, and without effect."""

    class Remarks:
        """The gateway has a loop of its own here, so each remark has an Api of its own."""

        async def comment(self, issue: IssueRef, key: str, remark: Remark) -> None:
            async with api_of(sandbox) as api:
                await GitHubRemarks(api, retry_seconds=0.01).comment(issue, key, remark)

    world = World(said=Remarks())  # type: ignore[arg-type]
    with serving(application(world)) as url:
        cli = Cli(url, world.token("developer", issue=issue_of(sandbox)), tmp_path)
        sandbox.inject(Fault(POST, "write_then_drop"))
        ended = await asyncio.to_thread(cli, "respond", "--question", "/retry, @olivia?")
    assert ended.code == 0
    (body,) = bodies(sandbox)
    assert body.startswith("❓ **developer** asks\n\n> \\/retry\\, \\@\u200bolivia\\?\n\n")
