import pytest

from app.tg_bot.handlers.greeting import HELP
from tests.tg_bot.telegram import answers_to


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("/start", [f"Hello, Ada! {HELP}"]),
        ("/help", [HELP]),
        ("good morning", ["good morning"]),
        (None, []),
    ],
    ids=["start", "help", "text", "no-text"],
)
def test_what_the_bot_answers(text: str | None, answers: list[str]) -> None:
    assert answers_to(text) == answers
