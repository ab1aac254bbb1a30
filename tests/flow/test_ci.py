"""The repository's own CI, which really runs: what is red on a task's head is mended."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.stage import Stage
from tests.flow.house import OWNER, REPO, House
from tests.flow.test_reviews import SCENARIOS

MakeHouse = Callable[..., House]
WORKFLOW = """\
name: ci
on: [push]
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: |
          if [ -e debug.log ]; then echo "debug.log must not be committed" >&2; exit 1; fi
"""
BROKEN = "      - run: exit 1\n"
SCENARIO = """\
name: careless
description: What our tests accept, the repository's own CI does not.
attempts:
  - - like: first-try
    - write: {path: debug.log, content: "x\\n"}
    - commit: Add a log
  - - delete: debug.log
    - commit: Take the log away
    - say: Took away debug.log.
"""
STUBBORN = SCENARIO.replace("delete: debug.log", 'write: {path: debug.log, content: "y\\n"}')


@pytest.fixture
def careless(make_house: MakeHouse, tmp_path: Path) -> Callable[..., House]:
    """With a workflow, and an agent that its CI does not like at first."""

    def make(scenario: str = SCENARIO, workflow: str = WORKFLOW, **config: object) -> House:
        file = tmp_path / "careless.yaml"
        file.write_text(scenario)
        (tmp_path / "first-try.yaml").write_text((SCENARIOS / "first-try.yaml").read_text())
        home = make_house(scenario=str(file), config={"merge": "by-person", **config})
        home.sandbox.write_file(REPO, ".github/workflows/ci.yml", workflow, by=OWNER)
        return home

    return make


def conclusions(home: House, number: int) -> list[str | None]:
    """Of the workflow runs on the issue's branch, the oldest first."""
    branch = f"orc/issue-{number}"
    return [run.conclusion for run in home.sandbox.runs(REPO) if run.head_branch == branch]


def test_red_ci_is_mended(careless: Callable[..., House]) -> None:
    home = careless()
    home.start()
    number = home.ask()
    home.until(lambda: conclusions(home, number) == ["failure", "success"])
    record = home.wait(number, Stage.REVIEW)
    assert [attempt.outcome for attempt in record.attempts] == ["passed", "passed"]
    assert record.repairs == 1
    (pull,) = home.sandbox.pull_requests(REPO)
    assert (pull.head_sha, pull.merged) == (record.verified, False)


def test_red_ci_is_found_by_a_sweep(careless: Callable[..., House]) -> None:
    home = careless(
        workflow=WORKFLOW.replace("      - run: |", "      - run: sleep 2\n      - run: |")
    )
    home.start()
    number = home.ask()
    home.wait(number, Stage.REVIEW)
    home.stop()
    home.until(lambda: conclusions(home, number) == ["failure"])
    home.start()
    home.until(lambda: conclusions(home, number) == ["failure", "success"])
    home.wait(number, Stage.REVIEW)


def test_red_ci_is_mended_so_often_and_no_more(careless: Callable[..., House]) -> None:
    home = careless(STUBBORN)
    home.start()
    number = home.ask()
    record = home.wait(number, Stage.BLOCKED)
    assert record.repairs <= 2
    assert "CI" in record.reason or "attempts are spent" in record.reason


def test_what_is_red_on_the_base_too_is_left_alone(careless: Callable[..., House]) -> None:
    home = careless(workflow=WORKFLOW + BROKEN)
    home.until(lambda: [run.conclusion for run in home.sandbox.runs(REPO)] == ["failure"])
    home.start()
    number = home.ask()
    home.until(lambda: "on the base branch too" in home.record(number).reason)
    record = home.wait(number, Stage.REVIEW)
    home.quiet(1.0)
    assert len(home.record(number).attempts) == 1
    assert record.pull_request is not None


@pytest.mark.parametrize(
    ("workflow", "conclusion", "name"),
    [
        (WORKFLOW.replace("jobs:", "concurrency: '${{ nope.x }}'\njobs:"), "startup_failure",
         "ci"),
        (WORKFLOW.replace("steps:", "stepz:"), "failure", ".github/workflows/ci.yml"),
    ],
    ids=["it fails to start", "its file is invalid"],
)  # fmt: skip
def test_what_ends_before_a_job_begins_is_a_persons(
    careless: Callable[..., House], workflow: str, conclusion: str, name: str
) -> None:
    """A developer could be told of no failure, and may not change workflows."""
    home = careless(workflow=workflow.replace("[push]", "{push: {branches: ['orc/**']}}"))
    home.start()
    number = home.ask()
    home.until(lambda: conclusions(home, number) == [conclusion])
    said = f"CI failed before any of its jobs began ({name})"
    home.until(lambda: said in home.record(number).reason)
    record = home.wait(number, Stage.REVIEW)
    home.quiet(1.0)
    assert len(home.record(number).attempts) == 1
    assert record.pull_request is not None
