"""Which models a run may call."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.policy import Price
from app.gateway.price import Tokens
from tests.integration.gateway.conftest import House, admission
from tests.integration.gateway.upstream import message

MESSAGES, RESPONSES = "/anthropic/v1/messages", "/openai/v1/responses"
ASK: dict[str, Any] = {"model": "claude-sonnet-4-5", "max_tokens": 10, "messages": []}
USED = Tokens(input=10, output=5)


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (MESSAGES, "claude-search-5"),
        (MESSAGES + "/count_tokens", "m"),
        (RESPONSES, "gpt-5-search-api"),
        ("/openai/v1/chat/completions", "gpt-4o-search-preview-2025-03-11"),
    ],
)
async def test_a_model_that_does_more_than_write_is_refused(
    house: House, path: str, model: str
) -> None:
    """It would search the web for the agent, past what it may reach."""
    async with await house.client() as client:
        answer = await client.post(path, json=ASK | {"model": model})
    assert answer.status_code == 400
    text = answer.json()["error"]["message"]
    assert text.startswith(f"orc: the model {model!r} is not let through. These are, N being any")
    assert "claude-sonnet-N, " in text
    assert "`prices` of orchestrator.yml" in text
    assert house.fake.asked == []
    assert (await house.account()).calls == 0


async def test_a_model_with_a_price_of_its_own_is_let_through(house: House) -> None:
    house.fake.replies.append(message(USED, "gpt-5-search-api"))
    own = (("gpt-5-search-api", Price(1, 2, 3, 4)),)
    access = await house.gate.admit(replace(admission(), prices=own))
    async with await house.client(access) as client:
        answer = await client.post(MESSAGES, json=ASK | {"model": "gpt-5-search-api"})
    assert answer.status_code == 200
    assert (await house.account()).usage.cost_usd == pytest.approx((10 + 5 * 2) / 1e6)
