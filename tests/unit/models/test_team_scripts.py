"""The fake model's team says what the scripted one of the same scenario says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.agents.contract import Verdict, verdict
from app.agents.scenario import Scenario, Step, load_scenario
from app.domain.run import AgentOutcome
from app.sandbox import sample
from app.sandbox.models import Script, builtin_scripts, load_script
from app.sandbox.scenario_list import builtin_scenarios

TEAMS = ("team", "team-change")


def steps(scenario: Scenario) -> Iterator[Step]:
    for attempts in (scenario.attempts, *scenario.roles.values()):
        for attempt in attempts:
            yield from attempt


def endings(script: Script) -> list[str]:
    """What is said last in each case, with what is said instead of it."""
    last = [case.turns[-1] for case in script.cases]
    return [
        text for turn in last for text in (turn.text, turn.instead and turn.instead.text) if text
    ]


def verdicts(script: Script) -> list[Verdict]:
    return [said for said in map(verdict, endings(script)) if said is not None]


@pytest.mark.parametrize("name", TEAMS)
def test_every_case_ends_with_a_result(name: str) -> None:
    script = load_script(builtin_scripts()[name])
    assert len(verdicts(script)) == len(endings(script)) > len(script.cases)


@pytest.mark.parametrize("name", TEAMS)
def test_both_ask_and_report_the_same(name: str) -> None:
    scenario = load_scenario(builtin_scenarios()[name])
    said = verdicts(load_script(builtin_scripts()[name]))
    questions = [one.text for one in said if one.outcome is AgentOutcome.NEEDS_ANSWER]
    assert questions == [step.ask for step in steps(scenario) if step.ask]
    reports = [step.report for step in steps(scenario) if step.report]
    assert reports
    for report in reports:
        assert any(report.items() <= one.details.items() for one in said), report


def test_both_leave_the_same_readme() -> None:
    """Of the sample: the script's cases are in the order of who is asked last."""
    text = (Path(sample.__file__).parent / "samples/service/README.md").read_text()
    for case in reversed(load_script(builtin_scripts()["team-change"]).cases):
        for edit in (call.edit for turn in case.turns for call in turn.calls):
            if edit is not None and edit.path == "README.md":
                assert text.count(edit.old) == 1
                text = text.replace(edit.old, edit.new)
    scenario = load_scenario(builtin_scenarios()["team-change"])
    writes = [step.write for step in steps(scenario) if step.write]
    assert [one.content for one in writes if one.path == "README.md"][-1] == text
