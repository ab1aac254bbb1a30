"""A blocked task calls the people whom the configuration names, once, and is blocked anyway."""

from collections.abc import Callable

from app.domain.stage import Stage
from tests.flow.house import REPO, WRITER, House

MakeHouse = Callable[..., House]


def blocked(make_house: MakeHouse, **escalate: list[str]) -> tuple[House, int]:
    home = make_house(scenario="nothing", config={"attempts": 1, "escalate": escalate})
    home.start()
    number = home.ask()
    home.wait(number, Stage.BLOCKED)
    home.quiet()
    return home, number


def calls(home: House, number: int) -> list[str]:
    return [said for said in home.bot_comments(number) if "a person is needed here" in said]


def test_people_are_assigned_and_told_once_for_each_time(make_house: MakeHouse) -> None:
    home, number = blocked(make_house, assign=[WRITER, "ghost"], mention=["acme/on-call"])
    (told,) = calls(home, number)
    assert told.startswith(f"@acme/on-call @{WRITER} @ghost — a person is needed here.")
    assert home.sandbox.issue(REPO, number).assignees == (WRITER,)
    assert "GitHub did not assign `ghost`" in home.record(number).reason
    home.stop()
    home.start()
    home.quiet()
    assert len(calls(home, number)) == 1
    home.say(number, "/retry")
    home.until(lambda: len(calls(home, number)) == 2)
    home.wait(number, Stage.BLOCKED)


def test_a_block_that_calls_nobody_costs_nothing_more(make_house: MakeHouse) -> None:
    home, number = blocked(make_house)
    assert calls(home, number) == []
    assert home.sandbox.issue(REPO, number).assignees == ()
    assert not any("assignees" in request.path for request in home.sandbox.requests)
