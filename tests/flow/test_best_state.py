"""A retry goes on from the best that there was, not from what came last."""

import json
from collections.abc import Callable
from pathlib import Path

from app.domain.stage import Stage
from tests.flow.house import QUICK_TESTS, House

MakeHouse = Callable[..., House]
SCENARIOS = Path("app/sandbox/scenarios").resolve()
SPOILT = [
    {"write": {"path": "src/weather/api.py", "content": "import nothing_of_that_name\n"}},
    {"commit": "Spoil it"},
]
# nothing is tested where this fails, so that an attempt can be worse than a failed test
TESTS = "PYTHONPATH=src python -S -c 'import weather.api' || exit 3\n"


def test_what_did_worse_is_taken_back(make_house: MakeHouse, tmp_path: Path) -> None:
    for name in ("default", "first-try"):
        (tmp_path / f"{name}.yaml").write_text((SCENARIOS / f"{name}.yaml").read_text())
    mended = [{"write": {"path": "NEWS.md", "content": "Soon.\n"}}, {"like": "first-try"}]
    attempts = [[{"like": "default#1"}], SPOILT, mended]
    scenario = tmp_path / "worse.yaml"
    said = {"name": "worse", "description": "d", "attempts": attempts}
    scenario.write_text(json.dumps(said))
    home = make_house(scenario=str(scenario), config={"attempts": 2})
    home.configure({"attempts": 2, "merge": "on-green", "test": {"command": TESTS + QUICK_TESTS}})
    home.start()
    number = home.ask()
    first, second = home.wait(number, Stage.BLOCKED).attempts
    assert (first.outcome, second.outcome) == ("failed", "no report")
    home.say(number, "/retry")
    record = home.wait(number, Stage.DONE)
    assert record.attempts[-1].outcome == "passed"
    assert record.attempts[-1].number == 3
    third, back = home.git("log", "--format=%H", "-2", str(record.attempts[-1].head)).split()
    assert home.git("log", "--no-walk", "--format=%s", back).strip() == "Go back to attempt 1"
    assert home.git("rev-parse", f"{back}^").strip() == second.head
    assert home.git("diff", "--stat", str(first.head), back) == ""
    assert third == record.attempts[-1].head
