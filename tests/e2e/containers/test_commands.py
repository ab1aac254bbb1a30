"""An agent in its container speaks through the `orchestrator` command, and only as it may."""

import json
from pathlib import Path

from app.domain.stage import Stage
from tests.e2e.containers.conftest import MakeHouse

SCENARIO = """\
name: talker
description: It says something on the issue, tries what it may not, and does its work.
gateway: true
attempts:
  - - orchestrator: [respond, "I begin with the endpoint. /cancel @olivia"]
    - orchestrator: [deploy, start]
    - orchestrator: [project, get]
    - like: first-try
"""


def answers(root: Path) -> list[dict[str, object]]:
    """The answers of the commands, as the agent printed them."""
    logs = [path.read_text() for path in (root / "state/runs").glob("*-developer-*/stdout")]
    lines = [json.loads(line) for line in "".join(logs).splitlines() if line.startswith("{")]
    return [json.loads(line["output"]) for line in lines if "orchestrator" in line]


def test_an_agent_says_something_once_and_goes_on(make_house: MakeHouse, tmp_path: Path) -> None:
    scenario = tmp_path / "talker.yaml"
    scenario.write_text(SCENARIO)
    good = Path(__file__).parents[3] / "app/sandbox/scenarios/first-try.yaml"
    (tmp_path / "first-try.yaml").write_text(good.read_text())
    home = make_house(scenario=str(scenario))
    home.start()
    number = home.ask()
    record = home.wait(number, Stage.DONE, Stage.BLOCKED)
    assert record.stage is Stage.DONE, record.reason
    said = [text for text in home.bot_comments(number) if "I begin with the endpoint" in text]
    assert len(said) == 1
    assert "developer" in said[0].lower()
    told = answers(tmp_path)
    assert [answer["success"] for answer in told] == [True, False, True]
    assert told[1]["error"] == "PermissionDenied"
    home.quiet()
    assert home.stage(number) is Stage.DONE  # what it said was no command
