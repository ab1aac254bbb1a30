"""What is said in a pull request's conversation begins nothing, and whoever may ask is told so."""

from collections.abc import Callable

from app.domain.stage import Stage
from tests.flow.house import STRANGER, WRITER, House

MakeHouse = Callable[..., House]
SAID = {
    "@orc please rename it": (WRITER, ["confused"]),
    "/cancel": (WRITER, ["confused"]),
    "Nice.": (WRITER, []),
    "/cancel, and that at once": (STRANGER, []),
}


def test_what_is_asked_on_the_pull_request(make_house: MakeHouse) -> None:
    home = make_house(scenario="first-try", config={"merge": "by-person"})
    home.start()
    number = home.ask()
    pull = home.wait(number, Stage.REVIEW).pull_request
    assert pull is not None
    said = {home.say(pull, text, by=by): reaction for text, (by, reaction) in SAID.items()}
    home.quiet()
    assert {comment: home.reactions(pull, comment) for comment in said} == said
    assert home.bot_comments(pull) == []
    assert home.stage(number) is Stage.REVIEW
