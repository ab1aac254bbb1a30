"""The team in part, and members that fail: each task ends, or says honestly why it can't."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.agents.scenario import load_scenario
from app.domain.record import ASKED
from app.domain.stage import Stage
from app.sandbox.scenario_list import builtin_scenarios
from tests.flow.house import REPO, WRITER, House

MakeHouse = Callable[..., House]
TEAM = load_scenario(builtin_scenarios()["team-change"])
SCENARIOS = Path("app/sandbox/scenarios").resolve()
TITLE, BODY = "One more endpoint", "Where is it warmest?"
GOOD = [[{"like": "first-try"}]]
SPEC: dict[str, Any] = {"kind": "change", "checks": ["GET /warmest says Lisbon."]}
APPROVES = [{"say": "Fine."}, {"report": {"review": "approve"}}]
REFUSES = [
    {"say": "No."}, {"report": {"review": "changes", "notes": ["api.py: call it /hottest"]}},
]  # fmt: skip


@pytest.fixture
def house(make_house: MakeHouse, tmp_path: Path) -> Callable[..., House]:
    def made(
        team: list[str],
        others: dict[str, Any] | None = None,
        developer: Any = GOOD,
        **config: Any,
    ) -> House:
        said = {"name": "part", "description": "d", "attempts": developer, "roles": others or {}}
        file = tmp_path / "part.yaml"
        file.write_text(json.dumps(said))
        first = tmp_path / "first-try.yaml"
        first.write_text((SCENARIOS / "first-try.yaml").read_text())
        home = make_house(scenario=str(file), config={"team": team, **config})
        home.start()
        return home

    return made


def stages(home: House, number: int) -> list[Stage]:
    return [visit.stage for visit in home.record(number).history]


# In part


@pytest.mark.parametrize(
    "team",
    [["architect"], ["reviewer"], ["analyst"], ["product-owner"], ["product-owner", "analyst"]],
    ids="+".join,
)
def test_a_team_in_part(team: list[str], house: Callable[..., House]) -> None:
    roles = {
        "product-owner": [[{"say": "GET /warmest."}, {"report": SPEC}]],
        "analyst": [[{"say": "Sharper."}, {"report": {"checks": ["It says Lisbon."]}}]],
        "architect": [[{"say": "One more case."}]],
        "reviewer": [APPROVES],
    }
    home = house(team, roles)
    number = home.ask(TITLE, BODY)
    record = home.wait(number, Stage.DONE)
    assert [attempt.outcome for attempt in record.attempts] == ["passed"]
    assert record.plan == ("One more case." if "architect" in team else "")
    owned = "product-owner" in team
    assert (Stage.INTAKE in stages(home, number)) is owned
    checks = record.spec.checks if record.spec else ()
    assert checks == (
        () if not owned else ("It says Lisbon.",) if "analyst" in team else tuple(SPEC["checks"])
    )


@pytest.mark.parametrize(
    ("kind", "stage"), [("change", Stage.DONE), ("new project", Stage.PLAN_REVIEW)]
)
def test_only_new_projects_need_a_plan(
    kind: str, stage: Stage, house: Callable[..., House]
) -> None:
    project = {"name": "warmest", "modules": ["backend"]}
    owner = [[{"say": "GET /warmest."}, {"report": {**SPEC, "kind": kind, "project": project}}]]
    policy = {"plan_approval": "new-projects", "new_projects": {"repositories": [REPO]}}
    home = house(["product-owner"], {"product-owner": owner}, **policy)
    home.wait(home.ask(TITLE, BODY), stage)


# Who can't


def test_a_reviewer_that_always_wants_changes_ends_it_with_its_notes(
    house: Callable[..., House],
) -> None:
    attempts = [
        [{"like": "first-try"}],
        [{"write": {"path": "docs/a.md", "content": "a\n"}}, {"commit": "Explain"}],
    ]
    home = house(["reviewer"], {"reviewer": [REFUSES]}, attempts, attempts=2)
    number = home.ask(TITLE, BODY)
    record = home.wait(number, Stage.BLOCKED)
    assert [one.outcome for one in record.attempts] == ["changes requested"] * 2
    assert record.reason == "All 2 attempts are spent. The last one ended with: changes requested."
    assert "call it /hottest" in home.bot_comments(number)[0]
    assert home.sandbox.pull_requests(REPO) == []


def test_a_reviewer_that_says_nothing_ends_it_unmerged(house: Callable[..., House]) -> None:
    home = house(["reviewer"], {"reviewer": [[{"crash": 3}]]})
    number = home.ask(TITLE, BODY)
    record = home.wait(number, Stage.BLOCKED)
    assert record.reason == "The tests passed, but the review ended with: no review."
    assert [one.outcome for one in record.attempts] == ["no review"]
    assert home.sandbox.pull_requests(REPO) == []


def test_a_product_owner_that_crashes_can_be_tried_again(house: Callable[..., House]) -> None:
    owner = [[{"crash": 3}], [{"say": "GET /warmest."}, {"report": SPEC}]]
    home = house(["product-owner"], {"product-owner": owner})
    number = home.ask(TITLE, BODY)
    record = home.wait(number, Stage.BLOCKED)
    assert record.reason.startswith("The product owner crashed.")
    assert record.attempts == ()
    home.say(number, "/retry")
    assert home.wait(number, Stage.DONE).intakes == 2


def test_an_architect_that_asks_is_answered_by_a_mention(house: Callable[..., House]) -> None:
    architect = [[{"ask": "Which scale?"}], [{"say": "Celsius."}]]
    home = house(["architect"], {"architect": architect})
    number = home.ask(TITLE, BODY)
    record = home.wait(number, Stage.BLOCKED)
    assert record.question == "Which scale?"
    assert "Which scale\\?" in home.bot_comments(number)[0]
    home.say(number, f"@{home.sandbox.app.slug} in Celsius")
    home.wait(number, Stage.DONE, Stage.BLOCKED)


# A question


def test_a_question_is_answered_and_the_issue_closed(house: Callable[..., House]) -> None:
    owner = [
        [{"say": "Lisbon, at 24 degrees."}, {"report": {"kind": "question"}}],
        [{"say": "GET /warmest."}, {"report": SPEC}],
    ]
    home = house(["product-owner"], {"product-owner": owner})
    number = home.ask("A question", "Where is it warmest?")
    record = home.wait(number, Stage.DONE)
    home.until(lambda: home.sandbox.issue(REPO, number).state == "closed")
    said = [text for text in home.bot_comments(number) if "Lisbon" in text]
    assert len(said) == 1
    assert f"@{WRITER}" in said[0]
    assert (record.attempts, record.pull_request, record.spec) == ((), None, None)
    home.sandbox.reopen_issue(REPO, number, by=WRITER)
    home.until(lambda: home.record(number).intakes == 2)
    record = home.wait(number, Stage.DONE)
    assert record.merged is not None
    assert ASKED not in [one.outcome for one in record.attempts]


def test_a_plan_that_was_asked_for_is_shown_after_the_answer(
    house: Callable[..., House],
) -> None:
    owner = [[{"ask": "Which?"}], [{"say": "GET /warmest."}, {"report": SPEC}]]
    home = house(["product-owner"], {"product-owner": owner})
    number = home.ask(TITLE, BODY)
    home.wait(number, Stage.NEEDS_INFO)
    home.say(number, "/plan")
    home.quiet(0.2)
    home.say(number, "The warmest.")
    home.wait(number, Stage.PLAN_REVIEW)


def test_an_edit_while_the_app_was_away_is_read_anew(house: Callable[..., House]) -> None:
    """The run that was begun with the old wording lives on, and what it finds is not believed."""
    owner = [
        [{"hang": 1.0}, {"say": "The old wording."}, {"report": SPEC}],
    ]
    home = house(["product-owner"], {"product-owner": owner}, plan_approval="always")
    number = home.ask(TITLE, BODY)
    home.wait(number, Stage.INTAKE)
    home.stop()
    home.sandbox.edit_issue(REPO, number, by=WRITER, body="Which is the driest?")
    home.start()
    record = home.wait(number, Stage.PLAN_REVIEW)
    assert stages(home, number)[-3:] == [Stage.QUEUED, Stage.INTAKE, Stage.PLAN_REVIEW]
    assert record.spec is not None
    assert record.round >= 3
