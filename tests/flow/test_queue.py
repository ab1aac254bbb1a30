"""Slots are given by urgency, then age, also after a restart, and never more than there are."""

from collections.abc import Callable
from datetime import datetime

from app.domain.stage import Stage
from tests.flow.house import REPO, WRITER, House
from tests.flow.test_pause import SLOW

MakeHouse = Callable[..., House]
URGENCY = ["low", None, "high", "normal", "low", "high"]
EXPECTED = [3, 6, 2, 4, 1, 5]  # the numbers of the issues of these urgencies, opened in order


def ask(home: House, urgency: str | None) -> int:
    labels = ["orchestrate"] if urgency is None else [f"priority:{urgency}", "orchestrate"]
    return home.sandbox.open_issue(REPO, by=WRITER, title="More", labels=labels).number


def visits(home: House, number: int, stage: Stage) -> list[datetime]:
    return [visit.at for visit in home.record(number).history if visit.stage is stage]


def test_six_issues_for_two_slots(make_house: MakeHouse) -> None:
    """All were opened while the app was away."""
    config = {"attempts": 1}
    home = make_house(scenario="nothing", config=config, settings={"slots": 2})
    numbers = [ask(home, urgency) for urgency in URGENCY]
    home.start()
    for number in numbers:
        home.wait(number, Stage.BLOCKED)
    began = {number: visits(home, number, Stage.BUILDING)[0] for number in numbers}
    ended = {number: visits(home, number, Stage.BLOCKED)[0] for number in numbers}
    assert sorted(numbers, key=lambda number: began[number]) == EXPECTED
    for number in numbers:
        at_work = [n for n in numbers if began[n] <= began[number] < ended[n]]
        assert len(at_work) <= 2, at_work


def test_the_order_survives_a_restart(make_house: MakeHouse) -> None:
    """Two are at work and stay so; the others are lined up anew, and a late one is not last."""
    home = make_house(scenario="hang", config=SLOW, settings={"slots": 2})
    home.start()
    first = [ask(home, None), ask(home, None)]
    for number in first:
        home.wait(number, Stage.BUILDING)
    waiting = [ask(home, urgency) for urgency in ("low", None, "high")]
    for number in waiting:
        home.wait(number, Stage.QUEUED)
    home.stop()
    urgent = ask(home, "high")
    home.start()
    home.wait(urgent, Stage.QUEUED)
    home.quiet()
    low, plain, high = waiting
    assert [home.stage(n) for n in first] == [Stage.BUILDING] * 2
    assert {home.stage(n) for n in (*waiting, urgent)} == {Stage.QUEUED}
    order = [high, urgent, plain, low]
    for following in order:
        done = first.pop(0)
        home.say(done, "/cancel")
        home.wait(following, Stage.BUILDING)
        first.append(following)
        left = order[order.index(following) + 1 :]
        assert {home.stage(n) for n in left} <= {Stage.QUEUED}


def test_a_label_changes_the_place_in_the_line(make_house: MakeHouse) -> None:
    home = make_house(scenario="hang", config=SLOW, settings={"slots": 1})
    home.start()
    first = ask(home, None)
    home.wait(first, Stage.BUILDING)
    second, third = ask(home, None), ask(home, None)
    home.wait(second, Stage.QUEUED)
    home.wait(third, Stage.QUEUED)
    home.sandbox.add_label(REPO, third, "priority:high", by=WRITER)
    home.quiet()
    home.say(first, "/cancel")
    home.wait(third, Stage.BUILDING)
    assert home.stage(second) is Stage.QUEUED
