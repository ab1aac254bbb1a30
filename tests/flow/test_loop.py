"""The configured loop: the developer is started again within one attempt until it promises."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from app.domain.stage import Stage
from app.sandbox.scenario_list import builtin_scenarios
from tests.flow.house import House
from tests.flow.test_commands import acknowledged

MakeHouse = Callable[..., House]

LOOP = {"loop": {"times": 3, "until": "ALL DONE"}, "merge": "by-person"}


@pytest.mark.parametrize(
    ("last", "turns"),
    [("<promise>ALL DONE</promise>", 1), ("ALL DONE", 3)],
    ids=["it promises", "it does not"],
)
def test_turns_of_one_attempt(make_house: MakeHouse, tmp_path: Path, last: str, turns: int) -> None:
    content = yaml.safe_load(builtin_scenarios()["first-try"].read_text())
    content["attempts"][0][:0] = [{"say": "I take a turn."}, {"say": last}]
    scenario = tmp_path / "looping.yaml"
    scenario.write_text(yaml.safe_dump(content))
    home = make_house(scenario=str(scenario), config=LOOP)
    home.start()
    number = home.ask()
    record = home.wait(number, Stage.REVIEW)
    assert [attempt.number for attempt in record.attempts] == [1]
    acknowledged(home, number, home.say(number, "/logs"))
    assert home.bot_comments(number)[-1].count("I take a turn.") == turns
