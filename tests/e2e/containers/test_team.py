"""The real Claude Code plays the whole team, from a vague request to a merge by a person."""

from collections import Counter

import pytest

from app.agents.scenario import load_scenario
from app.domain.record import Attempt, Record
from app.domain.stage import Stage
from app.sandbox import LineComment
from app.sandbox.models import FakeModels, builtin_scripts, load_script
from app.sandbox.scenario_list import builtin_scenarios
from tests.e2e.containers.conftest import MakeHouse, MakeModels
from tests.e2e.containers.test_agents import settings
from tests.flow.house import OWNER, REPO, WRITER, House
from tests.flow.test_reviews import threads

TEAM = load_scenario(builtin_scenarios()["team-change"])
SCRIPT = load_script(builtin_scripts()["team-change"])
BUILT = [Stage.QUEUED, Stage.BUILDING, Stage.REVIEW]


@pytest.fixture
def models(make_models: MakeModels) -> FakeModels:
    return make_models(SCRIPT)


@pytest.fixture
def home(make_house: MakeHouse, models: FakeModels, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("tests.flow.house.PATIENCE", 240.0)
    config = {**TEAM.config, "agent": "claude"}
    home = make_house(config=config, settings=settings("claude", models))
    for path, content in TEAM.files.items():
        home.sandbox.write_file(REPO, path, content, by=OWNER)
    return home


@pytest.mark.long
def test_from_two_vague_lines_to_a_merge(home: House, models: FakeModels) -> None:
    home.start()
    number = planned(home)
    home.approve(number)
    pull = mended(home, number)
    remarked(home, number, pull)
    home.sandbox.merge_pull_request(REPO, pull, by=WRITER)
    record = home.wait(number, Stage.DONE)
    assert [attempt.outcome for attempt in record.attempts] == [
        *("failed", "changes requested", "passed", "passed", "passed")
    ]
    assert stages(record) == [
        *(Stage.QUEUED, Stage.INTAKE, Stage.NEEDS_INFO),
        *(Stage.QUEUED, Stage.INTAKE, Stage.PLAN_REVIEW),
        *(BUILT * 3),
        Stage.DONE,
    ]
    assert home.sandbox.pull_requests(REPO)[0].merged
    used, sent = record.usage, models.ledger.total()
    assert (used.input, used.output, used.cached) == (sent.input, sent.output, sent.cached)
    assert played(models) == {**dict.fromkeys(range(len(SCRIPT.cases)), 1), REVIEWER: 4}
    assert gone_on(models) == {ANSWERED, *DEVELOPER_AGAIN}


# Cases of the script.
ANSWERED, REVIEWER, DEVELOPER_AGAIN = 0, 4, range(5, 9)


def planned(home: House) -> int:
    """The issue, whose question was asked and answered; its plan waits."""
    assert TEAM.issue is not None
    number = home.ask(TEAM.issue.title, TEAM.issue.body)
    record = home.wait(number, Stage.NEEDS_INFO, Stage.BLOCKED)
    assert "the warmest city, or the driest one?" in record.question, record.reason
    home.say(number, "The warmest, please.")
    record = home.wait(number, Stage.PLAN_REVIEW, Stage.BLOCKED)
    assert record.spec is not None, record.reason
    assert len(record.spec.checks) == 3  # the analyst's
    return number


def mended(home: House, number: int) -> int:
    """The pull request, whose CI was red and is green."""
    home.until(lambda: len(home.record(number).attempts) == 4, lambda: home.record(number).reason)
    record = home.wait(number, Stage.REVIEW, Stage.BLOCKED)
    assert "Look twice" in record.plan  # the architect's
    assert (record.repairs, record.verified) == (1, record.attempts[3].head)
    home.until(lambda: conclusion(home, record.attempts[3]) == "success")
    assert conclusion(home, record.attempts[2]) == "failure"
    assert record.pull_request is not None
    return record.pull_request


def conclusion(home: House, attempt: Attempt) -> str | None:
    """Of the repository's own CI."""
    (run,) = [run for run in home.sandbox.runs(REPO) if run.head_sha == attempt.head]
    return run.conclusion


def remarked(home: House, number: int, pull: int) -> None:
    """A person asks for a change of a line; the commit that makes it settles the thread."""
    comments = [LineComment("README.md", 3, "Which reading is that?")]
    home.sandbox.review(
        REPO, pull, by=WRITER, state="REQUEST_CHANGES", body="Almost.", comments=comments
    )
    home.until(lambda: len(home.record(number).attempts) == 5)
    record = home.wait(number, Stage.REVIEW, Stage.BLOCKED)
    home.until(lambda: len(threads(home, pull)[0][1]) == 2, lambda: record.reason)
    ((resolved, said),) = threads(home, pull)
    assert resolved
    assert "The latest one" in said[1][1]
    assert f"Settled in {record.verified}." in said[1][1]


def stages(record: Record) -> list[Stage]:
    return [visit.stage for visit in record.history]


def played(models: FakeModels) -> Counter[int | None]:
    """How often each case of the script was begun."""
    begun = [one for one in models.ledger.entries if one.turn == 0]
    return Counter(one.case for one in begun)


def gone_on(models: FakeModels) -> set[int | None]:
    """The cases that were played in a session which knew what was said before."""
    return {one.case for one in models.ledger.entries if one.earlier}
