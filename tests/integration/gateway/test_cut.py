"""A call that is cut when its run ends is charged as the most that it can have cost."""

import asyncio
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.gateway import budget
from app.gateway.models import proxy
from app.gateway.price import DEFAULTS, Tokens
from tests.integration.gateway.conftest import RUN, House
from tests.integration.gateway.upstream import Reply, messages_stream, responses_stream

MESSAGES, RESPONSES = "/anthropic/v1/messages", "/openai/v1/responses"
CLAUDE = "claude-sonnet-4-5"
USED = Tokens(input=10, output=20)
ASK: dict[str, Any] = {"model": CLAUDE, "max_tokens": 1000, "messages": []}
GPT: dict[str, Any] = {"model": "gpt-5.2", "max_output_tokens": 1000, "input": "hi"}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "PATIENCE", 0.01)


async def cut(house: House, path: str, body: dict[str, Any], pieces: int) -> Decimal:
    """The run ends when so many pieces have come; what it cost."""
    async with await house.client(budget=5) as client:
        try:
            async with client.stream("POST", path, json=body) as answer:
                got = answer.aiter_raw()
                for _ in range(pieces):
                    await anext(got)
                await house.gate.dismiss(RUN)
        except httpx.RemoteProtocolError:
            pass  # the answer is cut for the run, too
    found = await house.account()
    assert found.calls == 1
    return found.cost_usd


def ceiling(house: House, model: str) -> Decimal:
    price = DEFAULTS.of(model)
    dearest = max(price.input, price.cache_write * 2)
    sent = len(house.fake.asked[0].body)
    return Decimal(repr(round((sent * dearest + 1000 * price.output) / 1_000_000, 9)))


async def test_of_which_nothing_is_known(house: House) -> None:
    house.fake.replies.append(responses_stream(USED, held=asyncio.Event()))
    assert await cut(house, RESPONSES, GPT, 1) == pytest.approx(ceiling(house, "gpt-5.2"))


async def test_that_is_not_answered_at_all(house: House) -> None:
    house.fake.replies.append(responses_stream(USED, before=asyncio.Event()))
    async with await house.client(budget=5) as client:
        asking = asyncio.create_task(client.post(RESPONSES, json=GPT))
        await house.fake.until_asked(1)
        used = await house.gate.dismiss(RUN)
        assert (await asking).status_code == 401
    assert used.cost_usd == pytest.approx(float(ceiling(house, "gpt-5.2")))


async def test_whose_input_is_known(house: House) -> None:
    """What it may still write is added to that."""
    house.fake.replies.append(messages_stream(USED, held=asyncio.Event()))
    cost = await cut(house, MESSAGES, ASK, 1)
    price = DEFAULTS.of(CLAUDE)
    known = DEFAULTS.usage(Tokens(input=10, output=1), CLAUDE).cost_usd
    assert float(cost) == pytest.approx(known + 1000 * price.output / 1_000_000)


async def test_that_has_said_all_but_not_ended(house: House) -> None:
    whole = messages_stream(USED)
    held = Reply(
        (b"".join(whole.pieces[:4]), whole.pieces[4]), headers=whole.headers, held=asyncio.Event()
    )
    house.fake.replies.append(held)
    cost = await cut(house, MESSAGES, ASK, 1)
    assert float(cost) == pytest.approx(DEFAULTS.usage(USED, CLAUDE).cost_usd)


async def test_whose_error_was_not_read_to_its_end_costs_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = asyncio.Event()

    async def read(*_: object) -> None:
        reading.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(proxy, "_pass_error", read)
    house.fake.replies.append(Reply(status=500))
    async with await house.client(budget=5) as client:
        asking = asyncio.create_task(client.post(RESPONSES, json=GPT))
        await reading.wait()
        used = await house.gate.dismiss(RUN)
        assert (await asking).status_code == 401
    assert used.cost_usd == 0
