"""Merged when its tests have passed and enough people approve exactly that, and not before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.consent import HELD
from app.domain.stage import Stage
from app.sandbox.scenario_list import builtin_scenarios
from tests.flow.house import OWNER, REPO, STRANGER, WRITER, House

MakeHouse = Callable[..., House]
SCENARIO = """\
name: approved
description: The first attempt is right; what a reviewer asks for is done in the second.
attempts:
  - - like: first-try
  - - write: {path: docs/warmest.md, content: "Ask GET /warmest.\\n"}
    - commit: Explain the endpoint
"""
SCENARIOS = builtin_scenarios()["default"].parent


@pytest.fixture
def open_house(make_house: MakeHouse, tmp_path: Path) -> Callable[..., House]:
    """A house whose app is at work, with some of its configuration as said."""
    file = tmp_path / "approved.yaml"
    file.write_text(SCENARIO)
    (tmp_path / "first-try.yaml").write_text((SCENARIOS / "first-try.yaml").read_text())

    def opened(**config: object) -> House:
        home = make_house(scenario=str(file), config=config)
        home.start()
        return home

    return opened


def in_review(home: House) -> tuple[int, int]:
    """The numbers of an issue, which wanda asked for, and of its pull request."""
    number = home.ask()
    record = home.wait(number, Stage.REVIEW)
    assert record.pull_request is not None
    home.quiet()
    return number, record.pull_request


def approve(home: House, pull: int, by: str) -> int:
    return home.sandbox.review(REPO, pull, by=by, state="APPROVE").id


def waits(home: House, number: int) -> None:
    home.quiet()
    assert home.stage(number) is Stage.REVIEW
    assert "waits for 1 approving review" in home.bot_comments(number)[0]


def merged(home: House, number: int) -> None:
    record = home.wait(number, Stage.DONE)
    assert record.merged is not None
    assert home.sandbox.issue(REPO, number).state == "closed"


def test_another_person_s_approval_merges_it(open_house: Callable[..., House]) -> None:
    home = open_house(reviews=1)
    number, pull = in_review(home)
    waits(home, number)
    approve(home, pull, OWNER)
    merged(home, number)


@pytest.mark.parametrize("by", [WRITER, STRANGER], ids=["the requester", "a stranger"])
def test_whose_approval_is_not_enough(by: str, open_house: Callable[..., House]) -> None:
    home = open_house(reviews=1)
    number, pull = in_review(home)
    approve(home, pull, by)
    waits(home, number)
    approve(home, pull, OWNER)
    merged(home, number)


def test_who_edited_the_request_is_not_another_person(open_house: Callable[..., House]) -> None:
    home = open_house(reviews=1)
    number, pull = in_review(home)
    home.sandbox.edit_issue(REPO, number, by=OWNER, body="And one for the coldest.")
    approve(home, pull, OWNER)
    waits(home, number)


def test_an_approval_of_an_older_head_does_not_count(open_house: Callable[..., House]) -> None:
    home = open_house(reviews=2)
    number, pull = in_review(home)
    approve(home, pull, OWNER)
    home.sandbox.review(REPO, pull, by=WRITER, state="REQUEST_CHANGES", body="Explain it.")
    home.until(lambda: len(home.record(number).attempts) == 2)
    home.wait(number, Stage.REVIEW)
    approve(home, pull, WRITER)
    home.quiet()
    assert home.stage(number) is Stage.REVIEW
    approve(home, pull, OWNER)
    merged(home, number)


def test_an_approval_that_was_dismissed_does_not_count(open_house: Callable[..., House]) -> None:
    home = open_house(reviews=2)
    number, pull = in_review(home)
    review = approve(home, pull, OWNER)
    home.sandbox.dismiss_review(REPO, review, by=OWNER)
    approve(home, pull, WRITER)
    home.quiet()
    assert home.stage(number) is Stage.REVIEW
    approve(home, pull, OWNER)
    merged(home, number)


def test_an_approval_while_the_app_was_away_is_found(open_house: Callable[..., House]) -> None:
    home = open_house(reviews=1)
    number, pull = in_review(home)
    home.stop()
    approve(home, pull, OWNER)
    home.start()
    merged(home, number)


def test_what_github_itself_requires_is_waited_for(open_house: Callable[..., House]) -> None:
    """Nobody is blocked by a missing review; the approval is what goes on with it."""
    home = open_house()
    home.sandbox.protect_branch(REPO, "main", by=OWNER, reviews=1)
    number, pull = in_review(home)
    home.until(lambda: home.record(number).reason == HELD)
    assert home.stage(number) is Stage.REVIEW
    assert "waits for GitHub's own reviews" in home.bot_comments(number)[0]
    approve(home, pull, OWNER)
    merged(home, number)


def test_a_task_without_reviews_costs_no_request_more(open_house: Callable[..., House]) -> None:
    """An approval is worth no look where nothing waits for it."""
    home = open_house(merge="by-person")
    number, pull = in_review(home)
    before = len(home.sandbox.requests)
    approve(home, pull, OWNER)
    home.quiet()
    assert len(home.sandbox.requests) == before
    assert home.stage(number) is Stage.REVIEW


WORKFLOW = ".github/workflows/evil.yml"


@pytest.mark.parametrize(
    ("reviews", "path", "why"),
    [(1, WORKFLOW, WORKFLOW), (0, WORKFLOW, WORKFLOW), (1, "docs/note.md", "as its own")],
    ids=["a workflow", "a workflow, where nobody reviews", "a file"],
)
def test_what_somebody_has_pushed_is_not_merged_for_them(
    reviews: int, path: str, why: str, open_house: Callable[..., House]
) -> None:
    """A push and a remark of the same person begin a round that builds on the push."""
    home = open_house(reviews=1)
    number, pull = in_review(home)
    branch = home.record(number).branch
    home.sandbox.write_file(REPO, path, "on: push\n", by=OWNER, branch=branch)
    home.quiet()
    home.configure({"merge": "on-green", "reviews": reviews})
    home.sandbox.review(REPO, pull, by=OWNER, state="REQUEST_CHANGES", body="Explain it.")
    home.until(lambda: len(home.record(number).attempts) == 2)
    home.wait(number, Stage.REVIEW)
    home.quiet()
    approve(home, pull, OWNER)
    home.quiet()
    assert home.stage(number) is Stage.REVIEW
    said = home.bot_comments(number)[0]
    assert "a person merges it" in said
    assert why in said
    home.sandbox.merge_pull_request(REPO, pull, by=OWNER)
    merged(home, number)
