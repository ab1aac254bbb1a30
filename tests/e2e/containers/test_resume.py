"""Claude Code asks, a person answers in a comment, and it goes on in its own session."""

import shutil
from pathlib import Path

import pytest

from app.domain.stage import Stage
from app.sandbox.models import FakeModels, Script, builtin_scripts, load_script
from app.sandbox.models.script import Case, Tokens, Turn
from tests.e2e.containers.conftest import MakeHouse, MakeModels
from tests.flow.house import REPO, House

ANSWER = "@orc the city with the highest temperature, in Celsius"
QUESTION = "Is it the air or the water that counts?"
ASKS, ANSWERED, TOLD_ALL = 2, 1, 0  # cases of the script


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.flow.house.PATIENCE", 120.0)


def asking() -> Script:
    """It asks, and does what the built-in script's last case does once there is an answer.

    An agent that starts afresh is told the whole request with the answer.
    """
    script = load_script(builtin_scripts()["default"])
    result = f'<result>{{"verdict": "question", "text": "{QUESTION}"}}</result>'
    asks = Turn(text=f"I must ask. {result}", usage=Tokens(input=900, output=40, cached=100))
    right = script.cases[0].turns
    answered = Case(when=("highest temperature, in Celsius",), turns=right)
    afresh = Case(when=("You are the developer of this repository",), turns=(asks,))
    told_all = Case(when=("Please tell us.\n</request>\n\nWhat people have said",), turns=right)
    return script.model_copy(update={"cases": (told_all, answered, afresh)})


def claude_house(make_house: MakeHouse, models: FakeModels) -> House:
    settings = {"anthropic_api_key": "canary-key", "anthropic_url": models.url}
    return make_house(config={"agent": "claude"}, settings=settings)


def asked(home: House) -> int:
    """An issue whose agent has asked what it must know."""
    home.start()
    number = home.ask(body="Please tell us.")
    record = home.wait(number, Stage.BLOCKED)
    assert record.question == QUESTION, record.reason
    return number


def merged_with_every_token_counted(home: House, number: int, models: FakeModels) -> None:
    record = home.wait(number, Stage.DONE)
    assert [(a.number, a.outcome) for a in record.attempts] == [
        (1, "asked a question"),
        (2, "passed"),
    ]
    assert home.sandbox.pull_requests(REPO)[0].merged
    used, sent = record.usage, models.ledger.total()
    assert (used.input, used.output, used.cached) == (sent.input, sent.output, sent.cached)


def earlier(models: FakeModels, case: int) -> set[int]:
    """How many answers the conversation held before the prompt that this case answers."""
    return {one.earlier for one in models.ledger.entries if not one.side and one.case == case}


def test_the_answer_goes_on_in_the_same_session(
    make_house: MakeHouse, make_models: MakeModels
) -> None:
    models = make_models(asking())
    home = claude_house(make_house, models)
    number = asked(home)
    assert earlier(models, ASKS) == {0}
    home.say(number, ANSWER)
    merged_with_every_token_counted(home, number, models)
    assert earlier(models, ANSWERED) == {1}
    assert earlier(models, TOLD_ALL) == set()


def homes(home: House) -> Path:
    (folder,) = (home.root / "state" / "homes").glob("*/claude")
    return folder


@pytest.mark.parametrize("lost", ["all of it", "its files"])
def test_without_its_session_it_starts_afresh_with_the_thread(
    make_house: MakeHouse, make_models: MakeModels, lost: str
) -> None:
    """Claude Code itself says that it does not know a session whose files are gone."""
    models = make_models(asking())
    home = claude_house(make_house, models)
    number = asked(home)
    shutil.rmtree(homes(home) / ("home" if lost == "its files" else ""))
    if lost == "its files":
        (homes(home) / "home").mkdir()
    home.say(number, ANSWER)
    merged_with_every_token_counted(home, number, models)
    assert earlier(models, TOLD_ALL) == {0}
    assert earlier(models, ANSWERED) == set()
