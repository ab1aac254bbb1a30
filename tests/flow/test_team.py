"""The whole team: a vague request, a question, a plan, code, a review that sends it back."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.agents.scenario import load_scenario
from app.domain.record import Record
from app.domain.spec import Kind
from app.domain.stage import Stage
from app.sandbox.scenario_list import builtin_scenarios
from tests.flow.house import REPO, STRANGER, WRITER, House

MakeHouse = Callable[..., House]
TEAM = load_scenario(builtin_scenarios()["team-change"])
ANSWER = TEAM.people[0].say or ""


def stages(record: Record) -> list[Stage]:
    return [visit.stage for visit in record.history]


@pytest.fixture
def home(make_house: MakeHouse) -> House:
    return make_house(scenario="team-change", config={**TEAM.config, "merge": "on-green"})


def asked(home: House) -> int:
    """An issue whose question waits."""
    assert TEAM.issue is not None
    number = home.ask(TEAM.issue.title, TEAM.issue.body)
    home.wait(number, Stage.NEEDS_INFO)
    return number


def planned(home: House) -> int:
    number = asked(home)
    home.say(number, ANSWER)
    home.wait(number, Stage.PLAN_REVIEW)
    return number


def test_from_two_vague_lines_to_a_merge(home: House) -> None:
    home.start()
    number = asked(home)
    home.until(lambda: len(home.bot_comments(number)) == 2)
    question = home.bot_comments(number)[1]
    assert f"@{WRITER}" in question
    assert "the driest one" in question
    home.say(number, ANSWER)
    record = home.wait(number, Stage.PLAN_REVIEW)
    assert record.spec is not None
    assert record.spec.kind is Kind.CHANGE
    assert len(record.spec.checks) == 3  # the analyst's
    home.approve(number)
    record = home.wait(number, Stage.DONE)
    assert [attempt.outcome for attempt in record.attempts] == [
        *("failed", "changes requested", "passed")
    ]
    assert "Look twice" in record.plan
    assert stages(record) == [
        *(Stage.QUEUED, Stage.INTAKE, Stage.NEEDS_INFO),
        *(Stage.QUEUED, Stage.INTAKE, Stage.PLAN_REVIEW),
        *(Stage.QUEUED, Stage.BUILDING, Stage.REVIEW, Stage.DONE),
    ]
    (pull,) = home.sandbox.pull_requests(REPO)
    assert pull.merged
    told = sum(4100 + 160 + 4900 + 310 + 3800 + 220 + 6200 + 280 for _ in range(1))
    assert record.tokens > told


def test_only_who_is_asked_answers(home: House) -> None:
    home.start()
    number = asked(home)
    home.say(number, "The driest!", by=STRANGER)
    home.quiet()
    assert home.stage(number) is Stage.NEEDS_INFO
    assert home.record(number).intakes == 1


def test_whoever_opened_the_issue_may_answer(home: House) -> None:
    """Also a stranger, whose request somebody else took up."""
    home.start()
    number = home.sandbox.open_issue(REPO, by=STRANGER, title="The screen").number
    home.sandbox.add_label(REPO, number, "orchestrate", by=WRITER)
    home.wait(number, Stage.NEEDS_INFO)
    home.say(number, ANSWER, by=STRANGER)
    record = home.wait(number, Stage.PLAN_REVIEW)
    assert record.intakes == 2


def test_an_answer_while_the_app_was_away(home: House) -> None:
    home.start()
    number = asked(home)
    home.stop()
    home.say(number, ANSWER)
    home.start()
    home.wait(number, Stage.PLAN_REVIEW)


def test_a_comment_on_the_plan_makes_another(home: House) -> None:
    home.start()
    number = planned(home)
    home.say(number, f"@{home.sandbox.app.slug} in Fahrenheit, please")
    home.until(lambda: home.record(number).intakes == 3)
    record = home.wait(number, Stage.PLAN_REVIEW)
    assert record.approved == ""


def test_an_edit_of_the_request_makes_another_plan(home: House) -> None:
    home.start()
    number = planned(home)
    before = home.record(number).spec
    home.sandbox.edit_issue(REPO, number, by=WRITER, body="Which city is the driest?")
    home.until(lambda: home.record(number).intakes == 3)
    record = home.wait(number, Stage.PLAN_REVIEW)
    assert before is not None
    assert record.spec is not None
    assert replace(record.spec, request="") == replace(before, request="")
    assert record.spec.request != before.request
