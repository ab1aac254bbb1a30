"""Who may what: GitHub's roles, an organisation's own, and strangers who ask again and again."""

from typing import Any

import pytest

from app.domain.policy import Role
from app.engine.ports import Refused, Unanswered
from app.github import roster as module
from app.github.roster import GitHubRoster
from tests.unit.github.conftest import REPO
from tests.unit.github.stub import Answer, StubApi

PATH = "/repos/acme/weather/collaborators/{}/permission"


def stub(answer: Answer, login: str = "alice") -> StubApi:
    return StubApi({PATH.format(login): answer})


@pytest.mark.parametrize(
    ("answer", "role"),
    [
        ({"permission": "admin", "role_name": "admin"}, Role.ADMIN),
        ({"permission": "write", "role_name": "maintain"}, Role.MAINTAIN),
        ({"permission": "write", "role_name": "write"}, Role.WRITE),
        ({"permission": "read", "role_name": "triage"}, Role.TRIAGE),
        ({"permission": "read", "role_name": "read"}, Role.READ),
        ({"permission": "none", "role_name": "none"}, Role.NONE),
        ({"permission": "none", "role_name": ""}, Role.NONE),
        ({"permission": "write", "role_name": "Release manager"}, Role.WRITE),
        ({"permission": "read", "role_name": "Security champion"}, Role.READ),
        ({"permission": "admin"}, Role.ADMIN),
        ({"permission": "something new", "role_name": "something new"}, Role.NONE),
        ({"permission": "write", "role_name": "Admin"}, Role.WRITE),
    ],
    ids=lambda value: value.get("role_name", "none given") if isinstance(value, dict) else None,
)
async def test_roles(answer: dict[str, Any], role: Role) -> None:
    assert await GitHubRoster(stub(answer).as_api()).role(REPO, "alice") is role


async def test_who_github_does_not_know_is_nobody() -> None:
    api = stub(Refused(404, "permission", "ghost is not a user"))
    assert await GitHubRoster(api.as_api()).role(REPO, "alice") is Role.NONE


@pytest.mark.parametrize("error", [Refused(403, "x", "y"), Unanswered("x")], ids=repr)
async def test_no_answer_is_no_permission_but_an_error(error: Exception) -> None:
    with pytest.raises(type(error)):
        await GitHubRoster(stub(error).as_api()).role(REPO, "alice")


async def test_a_login_can_not_leave_its_place_in_the_path() -> None:
    api = stub({"permission": "read"}, "..%2F..%2F..%3Fx%23")
    await GitHubRoster(api.as_api()).role(REPO, "../../..?x#")


async def test_people_with_rights_are_asked_for_each_time() -> None:
    """So that a right that was taken away is gone at once."""
    api = stub({"permission": "write", "role_name": "write"})
    roster = GitHubRoster(api.as_api())
    await roster.role(REPO, "alice")
    api.answers = stub({"permission": "none"}).answers
    assert await roster.role(REPO, "alice") is Role.NONE
    assert len(api.asked) == 2


async def test_a_stranger_is_asked_for_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    time = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: time[0])  # type: ignore[attr-defined]
    api = stub({"permission": "read", "role_name": "read"})
    roster = GitHubRoster(api.as_api())
    assert await roster.role(REPO, "alice") is Role.READ
    for _ in range(9):
        assert await roster.role(REPO, "alice") is Role.NONE
    assert len(api.asked) == 1
    time[0] += 61
    await roster.role(REPO, "alice")
    assert len(api.asked) == 2


async def test_strangers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    time = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: time[0])  # type: ignore[attr-defined]
    logins = [f"s{n}" for n in range(50)]
    api = StubApi({PATH.format(login): {"permission": "none"} for login in logins})
    roster = GitHubRoster(api.as_api())
    for login in logins:
        await roster.role(REPO, login)
        time[0] += 10
    assert len(roster._strangers) <= 6
