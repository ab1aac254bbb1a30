"""How a task's parts stand: what their own records say, and nothing that others wrote."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.part import MadePart
from app.domain.record import STATUS_MARKER, Record, sign
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import Usage
from app.domain.stage import Stage
from app.github.auth import Access, Purpose
from app.github.board import GitHubBoard
from tests.unit.github.stub import StubApi

KEY, REPO = b"a key", RepoRef(13, "acme", "menu", 3)
HOME = IssueRef(RepoRef(11, "acme", "requests", 3), 7)
PART = MadePart(IssueRef(REPO, 1), "all", "T", "d")
OTHER = MadePart(IssueRef(REPO, 2), "b", "T", "d")
DONE = Record(stage=Stage.DONE, usage=Usage(7, 1, 2, 0.5), merged="c" * 40)


def comment(record: Record, issue: IssueRef = PART.issue, key: bytes = KEY) -> dict[str, Any]:
    body = f"{STATUS_MARKER}\n### It is so\n\n{sign(record, issue, key)}"
    return {"body": body, "viewerDidAuthor": True}


def page(*nodes: dict[str, Any], more: str | None = None) -> dict[str, Any]:
    return {
        "issue": {
            "comments": {
                "nodes": list(nodes),
                "pageInfo": {"hasNextPage": more is not None, "endCursor": more},
            }
        }
    }


NOISE = {"body": "First!", "viewerDidAuthor": False}


class Pages(StubApi):
    async def query_each(self, access: Access, document: str, **variables: Any) -> Any:
        return self._answer("Parts", access, variables)


def board(*answers: dict[str, Any]) -> tuple[GitHubBoard, Pages]:
    left = list(answers)
    api = Pages({"Parts": lambda **_said: left.pop(0)})
    return GitHubBoard(api.as_api(), KEY), api


async def parts(here: GitHubBoard, *known: MadePart, stage: Stage = Stage.PARTS) -> Any:
    return await here._parts(HOME, Record(stage=stage, parts=known))


FORGED = {
    "another's comment": comment(DONE) | {"viewerDidAuthor": False},
    "another's key": comment(DONE, key=b"else"),
    "another issue's record": comment(DONE, OTHER.issue),
    "a repository of the same name": comment(DONE, IssueRef(replace(REPO, id=99), 1)),
    "an altered record": {
        "body": comment(DONE)["body"].replace("v1 ", "v1 A"),
        "viewerDidAuthor": True,
    },
    "no status comment": {"body": sign(DONE, PART.issue, KEY), "viewerDidAuthor": True},
}


async def test_its_own_record_says_it() -> None:
    here, api = board({"part0": page(NOISE, comment(DONE))})
    assert await parts(here, PART) == (
        replace(PART, stage=Stage.DONE, usage=DONE.usage, merged="c" * 40),
    )
    ((_, access, _),) = api.asked
    assert access == Access(3, None, Purpose.SURVEY)


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("stage", [None, Stage.REVIEW], ids=["not begun", "in review"])
async def test_what_we_did_not_sign_for_it_says_nothing(
    stage: Stage | None, forged: dict[str, Any]
) -> None:
    """It stands as it stood, be the comment spoilt or somebody else's."""
    here, _ = board({"part0": page(forged)})
    assert await parts(here, replace(PART, stage=stage)) == (replace(PART, stage=stage),)


@pytest.mark.parametrize("answer", [None, {"issue": None}], ids=["repository", "issue"])
async def test_what_is_gone_stands_as_it_stood_and_is_gone(answer: Any) -> None:
    here, _ = board({"part0": answer, "part1": page(comment(DONE, OTHER.issue))})
    first, second = await parts(here, replace(PART, stage=Stage.REVIEW), OTHER)
    assert first == replace(PART, stage=Stage.REVIEW, gone=True)
    assert (second.stage, second.gone) == (Stage.DONE, False)


async def test_what_can_be_seen_again_is_not_gone() -> None:
    here, _ = board({"part0": page()})
    assert await parts(here, replace(PART, gone=True)) == (PART,)


async def test_a_status_comment_far_down_is_found() -> None:
    """Whoever talks before a part is begun must not hide it."""
    here, api = board(
        {"part0": page(NOISE, more="c1"), "part1": page(comment(DONE, OTHER.issue))},
        {"part0": page(NOISE, more="c2")},
        {"part0": page(comment(DONE))},
    )
    assert [part.stage for part in await parts(here, PART, OTHER)] == [Stage.DONE] * 2
    asked = [said for _, _, said in api.asked]
    assert [said.get("after0") for said in asked] == [None, "c1", "c2"]
    assert ["number1" in said for said in asked] == [True, False, False]


async def test_a_part_that_was_not_begun_costs_no_more_pages() -> None:
    here, api = board({"part0": page(NOISE)})
    assert await parts(here, PART) == (PART,)
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("stage", "known", "requests"),
    [
        (Stage.PARTS, (PART,), 1),
        (Stage.BLOCKED, (PART,), 1),
        (Stage.PARTS, (), 0),
        (Stage.BLOCKED, (), 0),
        (Stage.DONE, (PART,), 0),
        (Stage.CANCELLED, (PART,), 0),
        (Stage.BUILDING, (), 0),
    ],
)
async def test_what_it_costs(stage: Stage, known: tuple[MadePart, ...], requests: int) -> None:
    here, api = board({"part0": page(comment(DONE))})
    seen = await parts(here, *known, stage=stage)
    assert len(api.asked) == requests
    assert len(seen) == len(known)
