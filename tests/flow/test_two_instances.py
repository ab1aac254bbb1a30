"""Two instances of the app at once, with one database: what one is told, the other holds to."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.domain.stage import Stage
from app.settings import Settings
from tests.flow.house import REPO, App, House

FAILS = {
    "name": "fails",
    "description": "The first attempt fails, the second passes.",
    "attempts": [
        [{"hang": 2}, {"write": {"path": "x.txt", "content": "bad\n"}}, {"commit": "Try"}],
        [{"hang": 3}, {"write": {"path": "x.txt", "content": "good\n"}}, {"commit": "Mend"}],
    ],
}
TEST = """
if ! grep -q good x.txt; then code=1; said='<failure message="bad"/>'; fi
printf '<testsuite><testcase classname="a" name="b">%s</testcase></testsuite>' "${said:-}" \\
  > "$ORC_OUT/junit.xml"
exit ${code:-0}
"""
MakeHouse = Callable[..., House]


@contextmanager
def second(home: House, *, apart: bool = True) -> Iterator[None]:
    """From here on it is the one that hears of everything; `apart`: on another machine."""
    plain = home.plain_settings()
    if apart:
        plain["state_dir"] = home.root / "state-of-the-second"
    app, first = App(Settings.model_validate(plain), None), home.sandbox.webhook_url
    app.start()
    home.sandbox.webhook_url = f"{app.url}/webhooks"
    try:
        yield
    finally:
        home.sandbox.webhook_url = first
        app.stop()


@pytest.mark.parametrize("apart", [True, False], ids=["machines of their own", "one machine"])
def test_what_one_has_cancelled_the_other_stops(
    apart: bool, make_house: MakeHouse, tmp_path: Path
) -> None:
    """At the latest when the progress of the attempt is shown at which it is."""
    scenario = tmp_path / "fails.yaml"
    scenario.write_text(json.dumps(FAILS))
    config, settings = {"test": {"command": TEST}}, {"progress_seconds": 1.0}
    home = make_house(scenario=str(scenario), config=config, settings=settings)
    home.start()
    number = home.ask()
    home.wait(number, Stage.BUILDING)
    home.quiet()
    with second(home, apart=apart):
        said = home.say(number, "/cancel")
        home.wait(number, Stage.CANCELLED)
        home.until(lambda: home.reactions(number, said) == ["rocket"])
        home.quiet(4.0)
    assert home.stage(number) is Stage.CANCELLED
    assert not home.sandbox.pull_requests(REPO)


def test_a_slot_for_what_the_other_has_begun_is_free_again(make_house: MakeHouse) -> None:
    home = make_house(scenario="hang", settings={"slots": 1})
    home.start()
    one = home.ask("One")
    home.wait(one, Stage.BUILDING)
    two = home.ask("Two")
    home.wait(two, Stage.QUEUED)
    home.quiet()
    first = home.sandbox.webhook_url
    with second(home):
        home.wait(two, Stage.BUILDING)
        home.quiet()
        home.sandbox.webhook_url, other = first, home.sandbox.webhook_url
        home.say(one, "/cancel")
        home.wait(one, Stage.CANCELLED)
        home.quiet()
        home.sandbox.webhook_url = other
        home.say(two, "/cancel")
        home.wait(two, Stage.CANCELLED)
        home.quiet()
    three = home.ask("Three")
    home.wait(three, Stage.BUILDING)
