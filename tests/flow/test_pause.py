"""What is paused starts nothing, whatever happens, until somebody lets it go on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.stage import Stage
from tests.flow.house import WRITER, House
from tests.flow.test_commands import ACCEPTED, REFUSED, acknowledged
from tests.integration.demo.processes import of_folder

MakeHouse = Callable[..., House]
SLOW = {"deadlines": {"agent": "10m", "idle": "10m"}}
STUCK = """\
name: stuck
description: The first attempt fails its tests, the second never ends.
attempts:
  - - write: {path: notes.txt, content: "to be done\\n"}
    - commit: Take notes
  - - hang:
"""


@pytest.fixture
def stuck(make_house: MakeHouse, tmp_path: Path) -> tuple[House, int]:
    """A task whose first attempt is pushed, and whose second hangs."""
    file = tmp_path / "stuck.yaml"
    file.write_text(STUCK)
    home = make_house(scenario=str(file), config=SLOW)
    home.start()
    number = home.ask()
    home.until(lambda: bool(agents(home, "r1.2")))
    return home, number


def agents(home: House, run: str) -> list[Path]:
    return list((home.root / "state" / "runs").glob(f"*-{run}-developer-*/stdout"))


def pause(home: House, number: int) -> None:
    assert acknowledged(home, number, home.say(number, "/pause")) == ACCEPTED


def test_a_paused_task_goes_on_from_what_was_pushed(stuck: tuple[House, int]) -> None:
    """Also when the app was restarted meanwhile, whose first sweep finds it queued."""
    home, number = stuck
    pause(home, number)
    record = home.wait(number, Stage.QUEUED)
    assert (record.paused, record.reason) == (True, f"Paused by {WRITER}.")
    assert "⏸️ Paused — queued" in home.bot_comments(number)[0]
    assert [(a.number, a.outcome) for a in record.attempts] == [(1, "failed")]
    home.until(lambda: of_folder(home.root / "state") == [])
    home.stop()
    home.scenario = "default"
    home.start()
    home.quiet()
    assert home.stage(number) is Stage.QUEUED
    assert acknowledged(home, number, home.say(number, "/resume")) == ACCEPTED
    record = home.wait(number, Stage.DONE)
    assert [(a.number, a.outcome) for a in record.attempts] == [(1, "failed"), (2, "passed")]
    assert record.branch == f"orc/issue-{number}"
    assert len(home.sandbox.pull_requests("weather")) == 1


def test_retry_lets_it_go_on_as_well(stuck: tuple[House, int]) -> None:
    home, number = stuck
    pause(home, number)
    assert acknowledged(home, number, home.say(number, "/retry")) == ACCEPTED
    home.until(lambda: bool(agents(home, "r2.2")))
    record = home.record(number)
    assert (record.stage, record.paused, record.floor) == (Stage.BUILDING, False, 0)


def test_cancel_stops_it_for_good(stuck: tuple[House, int]) -> None:
    home, number = stuck
    pause(home, number)
    assert acknowledged(home, number, home.say(number, "/cancel")) == ACCEPTED
    record = home.wait(number, Stage.CANCELLED)
    assert "Paused" not in home.bot_comments(number)[0]
    assert acknowledged(home, number, home.say(number, "/resume")) == REFUSED
    home.quiet()
    assert home.record(number).stage is record.stage


def test_a_paused_task_gives_its_slot_to_the_next(make_house: MakeHouse) -> None:
    home = make_house(scenario="hang", config=SLOW, settings={"slots": 1})
    home.start()
    first = home.ask("First")
    home.wait(first, Stage.BUILDING)
    second = home.ask("Second")
    home.wait(second, Stage.QUEUED)
    pause(home, first)
    home.wait(second, Stage.BUILDING)
    assert acknowledged(home, first, home.say(first, "/resume")) == ACCEPTED
    home.quiet()
    assert home.stage(first) is Stage.QUEUED  # in the line again
    home.say(second, "/cancel")
    home.wait(first, Stage.BUILDING)


def test_a_queued_task_that_is_paused_leaves_the_line(make_house: MakeHouse) -> None:
    home = make_house(scenario="hang", config=SLOW, settings={"slots": 1})
    home.start()
    first = home.ask("First")
    home.wait(first, Stage.BUILDING)
    second, third = home.ask("Second"), home.ask("Third")
    home.wait(second, Stage.QUEUED)
    home.wait(third, Stage.QUEUED)
    pause(home, second)
    home.say(first, "/cancel")
    home.wait(third, Stage.BUILDING)
    assert home.stage(second) is Stage.QUEUED


def test_what_is_paused_is_not_merged(make_house: MakeHouse) -> None:
    """A person may merge it all the same."""
    home = make_house(scenario="first-try", config={"merge": "by-person"})
    home.start()
    number = home.ask()
    home.wait(number, Stage.REVIEW)
    pause(home, number)
    home.stop()
    home.configure({**home.config, "merge": "on-green", "test": {"command": "true"}})
    home.start()
    home.quiet()
    assert home.stage(number) is Stage.REVIEW
    home.say(number, "/resume")
    home.wait(number, Stage.DONE)
