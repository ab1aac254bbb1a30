"""Which issue of a new repository is ours, and who is asked to be let in."""

from typing import Any, cast

import pytest

from app.domain.part import marker
from app.domain.ref import IssueRef, RepoRef
from app.engine.ports import Refused
from app.github.api import Api
from app.github.first_issues import GitHubFirstIssues
from app.github.repositories import GitHubRepositories
from tests.unit.github.stub import StubApi

PARENT = IssueRef(RepoRef(11, "acme", "requests", 3), 7)
REPO = RepoRef(13, "acme", "menu-board", 3)
OURS = f"Built here.\n\n{marker(PARENT, 'all')}"


def issue(number: int, body: str, *, ours: bool = True) -> dict[str, Any]:
    return {"number": number, "body": body, "viewerDidAuthor": ours}


@pytest.mark.parametrize(
    ("issues", "number"),
    [
        ([], None),
        ([issue(1, OURS)], 1),
        ([issue(1, OURS, ours=False)], None),
        ([issue(1, OURS, ours=False), issue(2, OURS)], 2),
        ([issue(1, "Ours, of another kind")], None),
        ([issue(1, f"{OURS}\nand more")], None),
        ([issue(1, OURS.replace("11-7", "11-8"))], None),
        ([issue(1, OURS.replace("11-7", "12-7"))], None),
        ([issue(3, OURS), issue(4, OURS)], 3),
    ],
    ids=["none", "ours", "forged", "forged before ours", "another", "not at its end",
         "another request's", "another repository's", "two"],
)  # fmt: skip
async def test_which_issue_is_ours(issues: list[dict[str, Any]], number: int | None) -> None:
    api = StubApi({"First": {"repository": {"issues": {"nodes": issues}}}})
    found = await GitHubFirstIssues(api.as_api()).find(PARENT, REPO)
    assert found == (IssueRef(REPO, number) if number else None)


async def test_a_repository_that_is_gone_is_told() -> None:
    api = StubApi({"First": {"repository": None}})
    with pytest.raises(Refused, match="the repository is gone"):
        await GitHubFirstIssues(api.as_api()).find(PARENT, REPO)


class Invites:
    """Notes where it is written to, and answers as it is told."""

    def __init__(self, answer: Exception | None = None) -> None:
        self.paths: list[str] = []
        self._answer = answer

    async def write(self, _access: object, method: str, path: str, _said: object) -> None:
        self.paths.append(f"{method} {path}")
        if self._answer is not None:
            raise self._answer


@pytest.mark.parametrize("login", ["../../keys", "a/b", "eve?x=1", "eve#x", "%2e"])
async def test_a_login_is_one_step_of_a_path(login: str) -> None:
    api = Invites()
    await GitHubRepositories(cast("Api", api), b"").invite(REPO, login)
    (path,) = api.paths
    rest = path.removeprefix("PUT /repos/acme/menu-board/collaborators/")
    assert not set("/?#") & set(rest)


@pytest.mark.parametrize("status", [400, 401, 409, 410])
async def test_a_refusal_of_another_kind_is_told(status: int) -> None:
    api = Invites(Refused(status, "PUT", "no"))
    with pytest.raises(Refused):
        await GitHubRepositories(cast("Api", api), b"").invite(REPO, "eve")
