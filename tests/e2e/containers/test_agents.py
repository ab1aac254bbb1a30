"""The real agents in real containers, talking to the fake models through the gateway."""

import pytest

from app.domain.stage import Stage
from app.sandbox.models import FakeModels
from tests.e2e.containers.conftest import MakeHouse, MakeModels
from tests.flow.house import REPO

AGENTS = {"claude": "anthropic", "codex": "openai", "droid": "anthropic"}


def settings(agent: str, models: FakeModels) -> dict[str, str]:
    provider = AGENTS[agent]
    return {f"{provider}_api_key": "canary-key", f"{provider}_url": models.url}


@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_writes_what_is_merged(
    agent: str, make_house: MakeHouse, make_models: MakeModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its own tools, a mistake first; every token that was sent stands on the issue."""
    monkeypatch.setattr("tests.flow.house.PATIENCE", 240.0)
    models = make_models()
    home = make_house(config={"agent": agent}, settings=settings(agent, models))
    home.start()
    number = home.ask()
    record = home.wait(number, Stage.DONE, Stage.BLOCKED)
    assert [(a.number, a.outcome) for a in record.attempts] == [(1, "failed"), (2, "passed")]
    assert home.sandbox.pull_requests(REPO)[0].merged
    sent = models.ledger.total()
    assert (record.usage.input, record.usage.output) == (sent.input, sent.output)
    assert record.usage.cached == sent.cached
    assert {entry.key for entry in models.ledger.entries} == {"canary-key"}
    answers = [text for entry in models.ledger.entries for text in entry.told]
    assert answers
    assert not [text for text in answers if "terminated by signal" in text]
