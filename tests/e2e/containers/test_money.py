"""What agents use is counted to the token, and held to what the issue may cost."""

import asyncio

import pytest

from app.db.session import Sessions
from app.domain.ref import IssueRef, RepoRef
from app.domain.stage import Stage
from app.sandbox.models import FakeModels, Script, builtin_scripts, load_script
from tests.e2e.containers.conftest import MakeHouse, MakeModels
from tests.flow.house import OWNER, REPO, House

# A dollar for a million tokens: the first call costs about a cent and a half.
PRICES = {"*": {"input": 1.0, "output": 1.0, "cached_input": 1.0, "cache_write": 1.0}}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.flow.house.PATIENCE", 120.0)


def claude_house(make_house: MakeHouse, models: FakeModels, **config: object) -> House:
    settings = {"anthropic_api_key": "canary-key", "anthropic_url": models.url}
    return make_house(config={"agent": "claude", "prices": PRICES, **config}, settings=settings)


def told_and_sent(home: House, number: int, models: FakeModels) -> tuple[object, object]:
    """Input, output and cached tokens as the status comment has them, and as the model sent them;
    the sum of the first two is in the session rows."""
    used, sent = home.record(number).usage, models.ledger.total()
    assert asyncio.run(in_session_rows(home, number)) == used.tokens
    return (used.input, used.output, used.cached), (sent.input, sent.output, sent.cached)


async def in_session_rows(home: House, number: int) -> int:
    """Tokens of all rounds of the issue."""
    repository = home.sandbox.repository(REPO)
    issue = IssueRef(RepoRef(repository.id, "acme", REPO, 1), number)
    sessions = Sessions(home.database_url, "test")
    try:
        rounds = range(1, home.record(number).round + 1)
        rows = [await sessions.get(issue, each) for each in rounds]
    finally:
        await sessions.close()
    return sum(row.tokens for row in rows if row is not None)


def test_a_spent_budget_stops_the_run_and_more_money_lets_it_go_on(
    make_house: MakeHouse, make_models: MakeModels
) -> None:
    models = make_models()
    home = claude_house(make_house, models, budget_usd=0.02)
    home.start()
    number = home.ask()
    record = home.wait(number, Stage.BLOCKED)
    assert record.over_budget, record.reason
    calls = [entry for entry in models.ledger.entries if entry.status == 200]
    assert len(calls) == 2  # 0.015 USD, then one call that goes beyond 0.02
    told, sent = told_and_sent(home, number, models)
    assert told == sent
    assert record.usage.cost_usd == pytest.approx((told[0] + told[1]) / 1e6)  # type: ignore[index]
    home.say(number, "/budget +0.17", by=OWNER)
    record = home.wait(number, Stage.DONE)
    assert home.sandbox.pull_requests(REPO)[0].merged
    told, sent = told_and_sent(home, number, models)
    assert told == sent


def hindered() -> Script:
    """The built-in script, where the first call meets 529s and the second a cut stream."""
    script = load_script(builtin_scripts()["default"])
    faults = ({"status": 529, "times": 2}, {"cut": 3, "times": 1})
    cases = list(script.cases)
    turns = list(cases[-1].turns)
    for number, fault in enumerate(faults):
        turns[number] = turns[number].model_validate(
            {**turns[number].model_dump(exclude_none=True), "fault": fault}
        )
    cases[-1] = cases[-1].model_copy(update={"turns": tuple(turns)})
    return script.model_copy(update={"cases": tuple(cases)})


def test_every_token_is_counted_over_failures_and_retries(
    make_house: MakeHouse, make_models: MakeModels
) -> None:
    models = make_models(hindered())
    home = claude_house(make_house, models)
    home.start()
    number = home.ask()
    home.wait(number, Stage.DONE)
    assert {entry.status for entry in models.ledger.entries} == {200, 529}
    assert not all(entry.complete for entry in models.ledger.entries if entry.status == 200)
    told, sent = told_and_sent(home, number, models)
    assert told == sent
