"""Our making of repositories: one for a request, whatever gets lost; never somebody else's."""

from __future__ import annotations

import asyncio
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.project import MadeProject, NameTaken, NewProject
from app.domain.ref import RepoRef
from app.engine.ports import Refused, Unanswered
from app.github.auth import Access, Purpose, access
from app.github.repositories import GitHubRepositories
from app.sandbox import Fault
from app.sandbox.records import FaultKind
from tests.flow.sandbox.client import Client, client
from tests.flow.sandbox.conftest import Hub
from tests.flow.sandbox.test_org_repositories import founder, project

__all__ = ["founder"]
KEY = b"a key"


def wanted(we: Client, name: str = "weather-bot") -> NewProject:
    return NewProject(name, private=True, summary="Tells the\nweather", request=we.issue())


def repositories_of(we: Client) -> GitHubRepositories:
    return GitHubRepositories(we.api, KEY, retry_seconds=0.0)


def names(hub: Hub) -> set[str]:
    return set(hub.sandbox.state.repositories) - {"web"}


async def push(we: Client, repo: RepoRef, work: Path) -> subprocess.CompletedProcess[str]:
    """As the scaffolder does, with a token for this repository and its workflows."""
    token = await we.api.token(access(repo, Purpose.SCAFFOLD))
    remote = we.hub.remote(token, repo=repo.name)
    return await asyncio.to_thread(
        we.hub.git, "push", "-q", remote, "HEAD:refs/heads/main", at=work, check=False
    )


async def test_from_nothing_to_a_protected_project(founder: Hub) -> None:
    async with client(founder) as we:
        here = repositories_of(we)
        made = await here.create(wanted(we))
        assert made.empty
        work = project(founder, "README.md", ".github/workflows/ci.yml")
        done = await push(we, made.repo, work)
        assert done.returncode == 0, done.stderr
        await here.add_topics(made.repo, ["orchestrated", "service"])
        await here.protect(made.repo, "main")
        again = await here.create(wanted(we), resumed=True)
    assert again == replace(made, empty=False)
    repo = founder.sandbox.repository("weather-bot")
    assert repo.description == wanted(we).description(KEY)
    assert repo.topics == ("orchestrated", "service")
    assert not repo.protections["main"].force_pushes
    assert repo.private


async def test_a_new_one_costs_one_request(founder: Hub) -> None:
    async with client(founder) as we:
        before = len(founder.sandbox.requests)
        await repositories_of(we).create(wanted(we))
        asked = we.asked(before)
    assert [(one.route, one.content) for one in asked] == [("/orgs/{org}/repos", 1)]


LOST: list[tuple[FaultKind, int]] = [
    ("fail", 1), ("write_then_fail", 1), ("write_then_drop", 1), ("fail", 3),
]  # fmt: skip


@pytest.mark.parametrize("resumed", [False, True], ids=["fresh", "resumed"])
@pytest.mark.parametrize(("kind", "times"), LOST, ids=[f"{k}-{n}" for k, n in LOST])
async def test_never_a_second_repository(
    founder: Hub, kind: FaultKind, times: int, resumed: bool
) -> None:
    founder.sandbox.inject(Fault("POST /orgs/*", kind, times=times))
    async with client(founder) as we:
        first = await repositories_of(we).create(wanted(we), resumed=resumed)
        second = await repositories_of(we).create(wanted(we))
    assert first == second
    assert names(founder) == {"weather-bot"}


async def test_a_name_that_is_somebody_elses(founder: Hub) -> None:
    founder.sandbox.create_repository("Weather-Bot")
    async with client(founder) as we:
        for resumed in (False, True):
            with pytest.raises(NameTaken, match="Choose another name"):
                await repositories_of(we).create(wanted(we), resumed=resumed)
        other = replace(wanted(we, "web-2"), request=we.issue(1))
        await repositories_of(we).create(other)
        with pytest.raises(NameTaken, match="made for something else"):
            await repositories_of(we).create(replace(other, request=we.issue(12)))
    assert names(founder) == {"Weather-Bot", "web-2"}


@pytest.mark.parametrize("change", [{"private": False}, {"archived": True}], ids=str)
async def test_one_of_ours_that_others_may_see_is_not_filled(
    founder: Hub, change: dict[str, bool]
) -> None:
    async with client(founder) as we:
        await repositories_of(we).create(wanted(we))
        founder.http.patch("/repos/acme/weather-bot", json=change)
        with pytest.raises(NameTaken, match="who sees it"):
            await repositories_of(we).create(wanted(we), resumed=True)


async def test_an_app_without_the_permission_says_which(founder: Hub) -> None:
    held = founder.sandbox.app.permissions
    held.pop("administration")
    async with client(founder) as we:
        with pytest.raises(Refused, match="not granted to this installation"):
            await repositories_of(we).create(wanted(we))
    assert names(founder) == set()


async def test_when_nothing_is_answered_it_says_so(founder: Hub) -> None:
    founder.sandbox.inject(Fault("POST /orgs/*", "fail", times=9))
    async with client(founder) as we:
        with pytest.raises(Unanswered):
            await repositories_of(we).create(wanted(we))


@pytest.mark.parametrize(("times", "made"), [(1, True), (9, False)], ids=["soon", "not soon"])
async def test_github_may_need_a_moment_for_its_tokens(
    founder: Hub, times: int, made: bool
) -> None:
    async with client(founder) as we:
        here = repositories_of(we)
        await we.api.token(Access(we.repo().installation, None, Purpose.FOUND))
        founder.sandbox.inject(Fault("POST */access_tokens", "fail", times=times, status=422))
        if made:
            await here.create(wanted(we))
        else:
            with pytest.raises(Unanswered, match="no tokens"):
                await here.create(wanted(we))
        founder.sandbox.clear_faults()
        await here.create(wanted(we), resumed=True)
    assert names(founder) == {"weather-bot"}


async def test_only_an_empty_one_of_ours_is_discarded(founder: Hub) -> None:
    founder.sandbox.create_repository("theirs")
    async with client(founder) as we:
        here = repositories_of(we)
        made = await here.create(wanted(we))
        founder.sandbox.inject(Fault("DELETE *", "write_then_fail"))
        assert await here.discard(wanted(we))
        assert not await here.discard(wanted(we))
        assert not await here.discard(wanted(we, "theirs"))
        again = await here.create(wanted(we))
        assert again.repo != made.repo
        await push(we, again.repo, project(founder))
        assert not await here.discard(wanted(we))
    assert names(founder) == {"theirs", "weather-bot"}


async def made_one(we: Client) -> MadeProject:
    made = await repositories_of(we).create(wanted(we))
    await push(we, made.repo, project(we.hub))
    return made


@pytest.mark.parametrize("kind", ["fail", "write_then_fail", "write_then_drop"])
async def test_topics_are_added_once_and_beside_peoples_own(founder: Hub, kind: FaultKind) -> None:
    async with client(founder) as we:
        made = await made_one(we)
        founder.http.put("/repos/acme/weather-bot/topics", json={"names": ["mine"]})
        founder.sandbox.inject(Fault("PUT */topics", kind))
        for _ in range(2):
            await repositories_of(we).add_topics(made.repo, ["orchestrated"])
    assert founder.sandbox.repository("weather-bot").topics == ("mine", "orchestrated")


@pytest.mark.parametrize("kind", ["fail", "write_then_fail", "write_then_drop"])
async def test_protection_is_set_once(founder: Hub, kind: FaultKind) -> None:
    founder.sandbox.inject(Fault("PUT */protection", kind))
    async with client(founder) as we:
        made = await made_one(we)
        here = repositories_of(we)
        await here.protect(made.repo, "main")
        puts = [one for one in founder.sandbox.requests if one.method == "PUT"]
        await here.protect(made.repo, "main")
        assert [one for one in founder.sandbox.requests if one.method == "PUT"] == puts
    assert "main" in founder.sandbox.repository("weather-bot").protections


async def test_a_plan_without_protection_is_noted_not_failed(founder: Hub) -> None:
    founder.sandbox.protects_private = False
    async with client(founder) as we:
        made = await made_one(we)
        await repositories_of(we).protect(made.repo, "main")
    assert not founder.sandbox.repository("weather-bot").protections


async def test_a_branch_that_is_not_there_is_an_error(founder: Hub) -> None:
    async with client(founder) as we:
        made = await repositories_of(we).create(wanted(we))
        with pytest.raises(Refused, match="Branch not found"):
            await repositories_of(we).protect(made.repo, "main")


async def test_tokens_are_for_the_one_repository(founder: Hub) -> None:
    async with client(founder) as we:
        made = await made_one(we)
        token = await we.api.token(access(made.repo, Purpose.FOUND))
        head = {"authorization": f"token {token}"}
        other = founder.http.put("/repos/acme/web/topics", json={"names": ["x"]}, headers=head)
        new = founder.http.post("/orgs/acme/repos", json={"name": "x"}, headers=head)
    assert (other.status_code, new.status_code) == (404, 403)
