"""How often a task is asked for, and what is asked."""

from typing import Any

import pytest

from app.domain.policy import Policy
from app.domain.record import STATUS_MARKER, Record, sign
from app.domain.ref import IssueRef, RepoRef
from app.domain.task import PullRequest
from app.engine.ports import Refused, Setting
from app.github.board import GitHubBoard
from tests.unit.github.stub import Answer, StubApi
from tests.unit.github.test_opinions import pull

KEY = b"a key"
ISSUE = IssueRef(RepoRef(11, "acme", "weather", 3), 7)
LATER = f"{ISSUE.branch}-2"
NOTHING: dict[str, Any] = {"repository": None}


def status(branch: str) -> dict[str, Any]:
    body = f"{STATUS_MARKER}\n### It is so\n\n{sign(Record(branch=branch), ISSUE, KEY)}"
    return {"id": "IC_1", "viewerDidAuthor": True, "body": body}


def pulls(*numbers: int) -> dict[str, Any]:
    return {"pullRequests": {"nodes": [pull() | {"number": number} for number in numbers]}}


def page(*comments: dict[str, Any], more: str | None = None) -> dict[str, Any]:
    return {
        "repository": {
            "id": "R_1", "defaultBranchRef": {"name": "main"}, "labels": {"nodes": []},
            "trigger": None,
            "issue": {
                "id": "I_1", "title": "T", "body": None, "state": "OPEN", "author": None,
                "createdAt": "2026-03-04T05:06:07Z", "lastEditedAt": None, "editor": None,
                "renamed": {"nodes": []}, "labels": {"nodes": []},
                "comments": {
                    "nodes": list(comments),
                    "pageInfo": {"hasNextPage": more is not None, "endCursor": more},
                },
            },
            **pulls(1),
        }
    }  # fmt: skip


def stub(*pages: dict[str, Any], later: Answer | None = None) -> StubApi:
    left = list(pages)
    return StubApi({"Task": lambda **_: left.pop(0), "Pulls": later or NOTHING})


async def loaded(api: StubApi) -> PullRequest | None:
    board = GitHubBoard(api.as_api(), KEY)
    return (await board.load(ISSUE, Setting(Policy()))).pull_request


@pytest.mark.parametrize("branch", ["", ISSUE.branch], ids=["before a round", "first round"])
async def test_one_request_for_a_task(branch: str) -> None:
    api = stub(page(status(branch)))
    found = await loaded(api)
    assert (found and found.number, api.names) == (1, ["Task"])


async def test_a_later_round_asks_for_its_pull_requests_alone() -> None:
    """However many comments there are."""
    api = stub(page(status(LATER), more="c"), page(), later={"repository": pulls(2)})
    found = await loaded(api)
    assert (found and found.number, api.names) == (2, ["Task", "Task", "Pulls"])
    assert [asked.get("after") for _, _, asked in api.asked] == [None, "c", None]
    assert [asked["branch"] for _, _, asked in api.asked] == [ISSUE.branch, ISSUE.branch, LATER]


@pytest.mark.parametrize(
    "api",
    [
        stub(NOTHING),
        stub({"repository": {**page()["repository"], "issue": None}}),
        stub(page(status(LATER))),
    ],
    ids=["the repository", "the issue", "the repository, meanwhile"],
)
async def test_what_is_gone(api: StubApi) -> None:
    with pytest.raises(Refused) as refused:
        await loaded(api)
    assert refused.value.status == 404
