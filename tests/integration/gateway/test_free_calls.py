"""Calls that cost nothing have an end, too."""

from typing import Any

import pytest

from app.gateway.models import pace, request
from tests.integration.gateway.conftest import House, admission
from tests.integration.gateway.upstream import Reply

ASK: dict[str, Any] = {"model": "claude-sonnet-4-5", "messages": []}
COUNT, MODELS = "/anthropic/v1/messages/count_tokens", "/openai/v1/models"


async def test_a_run_makes_so_many_and_others_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "BURST", 3)
    monkeypatch.setattr(pace, "SECONDS", 1000.0)
    house.fake.replies.extend(Reply() for _ in range(5))
    async with await house.client() as client:
        counted = [await client.post(COUNT, json=ASK) for _ in range(2)]
        listed = [await client.get(MODELS) for _ in range(2)]
        again = await client.post(COUNT, json=ASK)
    assert [answer.status_code for answer in (*counted, *listed)] == [200, 200, 200, 429]
    assert again.status_code == 429
    assert again.json()["error"]["message"].startswith("orc: this run counts tokens or lists")
    assert again.headers["x-should-retry"] == "true"
    assert 0 < int(again.headers["retry-after"]) <= 1000
    access = await house.gate.admit(admission("another"))
    async with await house.client(access) as other:
        assert (await other.post(COUNT, json=ASK)).status_code == 200
    assert len(house.fake.asked) == 4


async def test_a_call_of_many_parts_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "MOST_PARTS", 10_000)
    async with await house.client() as client:
        answer = await client.post(COUNT, json=ASK | {"messages": [[]] * 10_000})
    assert answer.status_code == 413
    assert answer.json()["error"]["message"] == "orc: the conversation has too many parts"
    assert house.fake.asked == []
