"""What was found in a change stands on the pull request and in its check run, harmless."""

from pathlib import Path

import yaml

from app.domain.stage import Stage
from tests.contract.checker import GitHubContract
from tests.flow.house import REPO, House

API = """
from weather.stations import READINGS


def answer(path):
    return 200, {"city": "Lisbon", "status": "ok"}
"""
TESTS = """
import os


def test_health():
    assert True or "`@wanda` <!-- --> #1"


def test_cities():
    os._exit(0)
"""
SCENARIO = {
    "name": "cheats",
    "description": "It takes tests out and empties others.",
    "issue": {"title": "Warmest", "body": "Please."},
    "attempts": [
        [
            {"write": {"path": "src/weather/api.py", "content": API}},
            {"write": {"path": "tests/test_api.py", "content": TESTS}},
            {"commit": "Add it"},
            {"say": "Done."},
        ]
    ],
}


def test_a_change_that_weakens_tests_says_so(
    tmp_path: Path, database_url: str, github_contract: GitHubContract
) -> None:
    script = tmp_path / "cheats.yaml"
    script.write_text(yaml.safe_dump(SCENARIO))
    house = House(
        tmp_path,
        database_url,
        config={"merge": "by-person"},
        scenario=str(script),
        contract=github_contract,
    )
    with house as home:
        home.start()
        home.wait(home.ask(), Stage.REVIEW)
        (pull,) = home.sandbox.pull_requests(REPO)
        (check,) = home.sandbox.check_runs(REPO)
    assert check.conclusion == "success"
    assert "to look at" in str(check.output_title)
    for text in (str(pull.body), str(check.output_summary)):
        assert "### Changes to look at" in text
        assert "- a test is gone (`tests/test_api.py`): `test_weather_of_a_city`" in text
        assert "(`tests/test_api.py`, line 10): `os._exit(0)`" in text
        assert "`assert True or \"'@wanda' <!-- --> #1\"`" in text
