"""Who works on a task, for how much, and what it printed, as people steer and ask."""

from collections.abc import Callable

import pytest

from app.domain.stage import Stage
from tests.flow.house import REPO, STRANGER, WRITER, House
from tests.flow.test_commands import ACCEPTED, REFUSED, acknowledged

MakeHouse = Callable[..., House]


@pytest.fixture
def blocked(make_house: MakeHouse) -> tuple[House, int]:
    """A house with a task that is blocked, in which a budget is set."""
    home = make_house(scenario="nothing", config={"attempts": 1, "budget_usd": 2.0})
    home.start()
    number = home.ask()
    home.wait(number, Stage.BLOCKED)
    return home, number


def answer(home: House, number: int, body: str) -> tuple[list[str], str]:
    """The reaction to a comment, and what is said in answer to it."""
    reactions = acknowledged(home, number, home.say(number, body))
    return reactions, home.bot_comments(number)[-1]


def test_a_budget_is_raised_and_told(blocked: tuple[House, int]) -> None:
    home, number = blocked
    assert acknowledged(home, number, home.say(number, "/budget +2.50")) == ACCEPTED
    assert home.record(number).budget_extra == 2.5
    (status,) = home.bot_comments(number)
    assert "$0.00 of $4.50 (0%, $2.50 of it added)" in status
    reactions, said = answer(home, number, "/budget")
    assert reactions == ACCEPTED
    assert said.startswith("$0.00 of $4.50")
    reactions, said = answer(home, number, "/budget +99")
    assert reactions == REFUSED
    assert said.startswith("`+99` can't be added.")
    assert home.record(number).budget_extra == 2.5


def test_a_stranger_raises_nothing(blocked: tuple[House, int]) -> None:
    home, number = blocked
    asked = home.say(number, "/budget +2\n/agent codex\n/logs", by=STRANGER)
    home.quiet()
    assert home.reactions(number, asked) == []
    assert len(home.bot_comments(number)) == 1
    assert home.record(number).budget_extra == 0.0


def test_another_agent_works_on_it_from_the_next_attempt_on(make_house: MakeHouse) -> None:
    config = {"agent": "claude", "plan_approval": "always"}
    home = make_house(scenario="first-try", config=config)
    home.start()
    number = home.ask()
    home.wait(number, Stage.PLAN_REVIEW)
    reactions, said = answer(home, number, "/agent everybody")
    assert reactions == REFUSED
    assert "There is no agent `everybody`." in said
    assert "`scripted`" in said
    home.sandbox.advance(2)  # not within the second in which the plan was shown
    asked = home.say(number, "/agent scripted\n/approve")
    assert home.wait(number, Stage.DONE).agent == "scripted"
    assert acknowledged(home, number, asked) == ACCEPTED
    assert "**Agent** `scripted`" in home.bot_comments(number)[0]


def test_logs_show_what_was_printed(make_house: MakeHouse) -> None:
    home = make_house(scenario="first-try", config={"merge": "by-person"})
    home.start()
    number = home.ask()
    home.wait(number, Stage.REVIEW)
    reactions, said = answer(home, number, "/logs")
    assert reactions == ACCEPTED
    assert "**developer, attempt 1** · `runs/" in said
    assert "**tester, attempt 1**" in said
    assert "GET /warmest" in said


def test_logs_of_a_plain_issue(home: House) -> None:
    number = home.sandbox.open_issue(REPO, by=WRITER, title="Just an issue").number
    reactions, said = answer(home, number, "/logs")
    assert (reactions, "No run of this issue has left a log" in said) == (ACCEPTED, True)
