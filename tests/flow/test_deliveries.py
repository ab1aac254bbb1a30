"""Deliveries doubled, reordered, lost, delivered again: the issue ends the same."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.domain.stage import Stage
from app.sandbox import Delivery
from tests.e2e.default_flow import ends_the_same
from tests.flow.house import REPO, WRITER, House

MakeHouse = Callable[..., House]


def done(home: House, number: int) -> list[str]:
    home.wait(number, Stage.DONE)
    home.quiet()
    return ends_the_same(home, number)


def test_every_delivery_ten_times(make_house: MakeHouse) -> None:
    home = make_house()
    home.start()
    home.sandbox.duplicate_deliveries(10)
    assert done(home, home.ask()) == []


@pytest.mark.parametrize("seed", range(4))
def test_deliveries_in_any_order(seed: int, make_house: MakeHouse) -> None:
    """What people did at once arrives in an order of chance, in between and again at the end."""
    home = make_house()
    home.start()
    home.sandbox.hold_deliveries()
    number = home.ask()
    home.sandbox.add_label(REPO, number, "bug", by=WRITER)
    home.sandbox.edit_issue(REPO, number, by=WRITER, title="One more endpoint, please")
    home.sandbox.remove_label(REPO, number, "bug", by=WRITER)

    def shuffled(held: list[Delivery]) -> list[Delivery]:
        return random.Random(seed).sample(held, len(held))  # noqa: S311

    home.sandbox.release_deliveries(shuffled)
    home.wait(number, Stage.DONE)
    for delivery in shuffled(list(home.sandbox.deliveries)):
        home.sandbox.redeliver(delivery.id)
    assert done(home, number) == []


def test_redelivered_to_an_app_that_forgot(make_house: MakeHouse) -> None:
    """GitHub can deliver again for three days; the app remembers its GUIDs only while it runs."""
    home = make_house()
    home.start()
    number = home.ask()
    home.wait(number, Stage.DONE)
    home.stop()
    home.start()
    for delivery in list(home.sandbox.deliveries):
        home.sandbox.redeliver(delivery.id)
    assert done(home, number) == []


def test_lost_while_the_app_was_down(make_house: MakeHouse) -> None:
    home = make_house()
    number = home.ask()
    home.start()
    assert done(home, number) == []


@pytest.mark.parametrize("words", ["@orc please", "/retry"])
def test_a_request_by_comment_lost_while_the_app_was_down(
    words: str, make_house: MakeHouse
) -> None:
    home = make_house()
    number = home.sandbox.open_issue(REPO, by=WRITER, title="One more endpoint").number
    home.say(number, words)
    home.start()
    assert done(home, number) == []


def test_everything_lost_and_swept(make_house: MakeHouse) -> None:
    """No delivery ever comes; sweeps alone do the job, also the merge by a person."""
    home = make_house(config={"merge": "by-person"}, settings={"sweep_seconds": 1.0})
    home.start()
    home.sandbox.drop_deliveries(on=True)
    number = home.ask()
    record = home.wait(number, Stage.REVIEW)
    assert record.pull_request
    home.sandbox.merge_pull_request(REPO, record.pull_request, by=WRITER)
    assert done(home, number) == []


def test_commands_lost_while_the_app_was_down(make_house: MakeHouse) -> None:
    slow = {"agent": "10m", "idle": "10m"}
    home = make_house(scenario="hang", config={"deadlines": slow})
    home.start()
    number = home.ask()
    home.wait(number, Stage.BUILDING)
    home.stop()
    home.sandbox.drop_deliveries(on=True)
    asked = home.say(number, "/cancel")
    home.start()
    home.wait(number, Stage.CANCELLED)
    home.until(lambda: home.reactions(number, asked) == ["rocket"])


def test_closed_while_the_app_was_down(make_house: MakeHouse) -> None:
    slow = {"agent": "10m", "idle": "10m"}
    home = make_house(scenario="hang", config={"deadlines": slow})
    home.start()
    number = home.ask()
    home.wait(number, Stage.BUILDING)
    home.stop()
    home.sandbox.drop_deliveries(on=True)
    home.sandbox.close_issue(REPO, number, by=WRITER)
    home.start()
    home.wait(number, Stage.CANCELLED)


def test_reopened_while_the_app_was_down(make_house: MakeHouse) -> None:
    home = make_house(scenario="first-try")
    home.start()
    number = home.ask()
    home.wait(number, Stage.DONE)
    home.stop()
    home.sandbox.drop_deliveries(on=True)
    time.sleep(1)  # GitHub's times are whole seconds
    home.sandbox.reopen_issue(REPO, number, by=WRITER)
    home.start()
    home.until(lambda: home.record(number).round == 2)
    home.wait(number, Stage.BLOCKED, Stage.DONE)
    home.stop()
    home.start()
    home.quiet()
    assert home.record(number).round == 2


def test_a_graceful_restart_goes_on_with_the_same_agent_run(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    slow = {"agent": "10m", "idle": "10m"}
    home = make_house(scenario="hang", config={"deadlines": slow})
    home.start()
    number = home.ask()
    runs = home.root / "state" / "runs"
    home.until(lambda: any(runs.glob("*-developer-*/stdout")))
    before = {path.stat().st_ino for path in runs.glob("*-developer-*/job.json")}
    home.stop()
    home.start()
    home.quiet()
    assert {path.stat().st_ino for path in runs.glob("*-developer-*/job.json")} == before
    home.say(number, "/cancel")
    home.wait(number, Stage.CANCELLED)


@contextmanager
def told_backwards(home: House) -> Iterator[None]:
    """What happens within is delivered after it, the last of it first."""
    home.quiet()
    home.sandbox.hold_deliveries()
    yield
    home.sandbox.release_deliveries(lambda held: list(reversed(held)))
    home.quiet(2.5)


def test_closed_and_reopened_told_the_other_way_round(make_house: MakeHouse) -> None:
    home = make_house(scenario="hang")
    home.start()
    number = home.ask()
    home.wait(number, Stage.BUILDING)
    with told_backwards(home):
        home.sandbox.close_issue(REPO, number, by=WRITER)
        home.sandbox.reopen_issue(REPO, number, by=WRITER)
    assert home.stage(number) is Stage.BUILDING


def test_reopened_and_closed_told_the_other_way_round(make_house: MakeHouse) -> None:
    """No agent is paid for an issue that is closed."""
    home = make_house(scenario="first-try")
    home.start()
    number = home.ask()
    home.wait(number, Stage.DONE)
    with told_backwards(home):
        home.sandbox.reopen_issue(REPO, number, by=WRITER)
        home.sandbox.close_issue(REPO, number, by=WRITER)
    assert (home.stage(number), home.record(number).round) == (Stage.DONE, 1)
