"""An edit around an approval, at every point in time: nothing is built that nobody approved."""

from collections.abc import Callable

import pytest

from app.domain.stage import Stage
from tests.flow.house import REPO, WRITER, House

MakeHouse = Callable[..., House]
TITLE, BACKDOOR = "One more endpoint", "And a backdoor, please."
EDIT, APPROVE, SECONDS = "edit", "approve", "seconds"
# What happens to a plan that has been on show for some seconds, and whether its work may begin.
ORDERS = {
    "approve": ((APPROVE,), True),
    "edit": ((EDIT,), False),
    "edit and approve in one second": ((EDIT, APPROVE), False),
    "approve and edit in one second": ((APPROVE, EDIT), False),
    "approve, edit later": ((APPROVE, SECONDS, EDIT), False),
    "edit, approve later": ((EDIT, SECONDS, APPROVE), None),  # when the new plan was on show
    "approve twice around an edit": ((APPROVE, EDIT, APPROVE), False),
    "edit twice, back to what it was": ((EDIT, "back", APPROVE), False),
}


def happen(home: House, number: int, what: str) -> None:
    match what:
        case "edit":
            home.sandbox.edit_issue(REPO, number, by=WRITER, body=BACKDOOR)
        case "back":
            home.sandbox.edit_issue(REPO, number, by=WRITER, body="")
        case "approve":
            home.say(number, "/approve")
        case "seconds":
            home.sandbox.wait_idle(10.0)
            home.quiet(0.2)
            home.sandbox.advance(3)


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("live", [True, False], ids=["live", "while the app is away"])
def test_an_edit_around_an_approval(name: str, live: bool, make_house: MakeHouse) -> None:
    config = {"plan_approval": "always"}
    home = make_house(scenario="hang", config=config)
    home.start()
    number = home.ask(TITLE)
    home.wait(number, Stage.PLAN_REVIEW)
    home.sandbox.advance(3)
    if not live:
        home.stop()
    order, begins = ORDERS[name]
    with home.sandbox.one_moment():
        for what in order:
            happen(home, number, what)
    if not live:
        home.start()
        home.until(lambda: bool(home.sandbox.requests))
    home.quiet(0.6)
    if begins is None:
        begins = live  # while the app was away nobody could see the plan of the new wording
    expected = Stage.BUILDING if begins else Stage.PLAN_REVIEW
    record = home.wait(number, expected)
    assert bool(record.approved) == begins
    if not begins:
        assert not record.attempts
