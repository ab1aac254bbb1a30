"""What a run used is counted to the token, whatever came between."""

import asyncio
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.domain.policy import Price
from app.domain.run import Usage
from app.gateway.price import DEFAULTS, Tokens
from tests.integration.gateway.conftest import RUN, House, admission
from tests.integration.gateway.upstream import (
    Reply,
    chat_stream,
    message,
    messages_stream,
    response,
    responses_stream,
)

USED = Tokens(input=1200, output=34, cached=1000, written=150)
PLAIN = Tokens(input=1200, output=34, cached=1000)
ASK: dict[str, Any] = {"model": "claude-sonnet-4-5", "max_tokens": 100, "messages": []}
GPT: dict[str, Any] = {"model": "gpt-5.2", "input": "hi"}
MESSAGES, RESPONSES, CHAT = (
    "/anthropic/v1/messages?beta=true",
    "/openai/v1/responses",
    "/openai/v1/chat/completions",
)


@pytest.mark.parametrize(
    ("path", "body", "reply", "used", "model"),
    [
        (MESSAGES, ASK, message(USED), USED, "claude-sonnet-4-5"),
        (MESSAGES, ASK, messages_stream(USED), USED, "claude-sonnet-4-5"),
        (RESPONSES, GPT, Reply((json.dumps(response(PLAIN)).encode(),)), PLAIN, "gpt-5.2"),
        (RESPONSES, GPT, responses_stream(PLAIN), PLAIN, "gpt-5.2"),
        (CHAT, GPT | {"stream": True}, chat_stream(PLAIN), PLAIN, "gpt-4.1"),
    ],
    ids=["messages", "messages streamed", "responses", "responses streamed", "chat streamed"],
)
async def test_an_answer_is_passed_on_and_counted(
    house: House, path: str, body: dict[str, Any], reply: Reply, used: Tokens, model: str
) -> None:
    house.fake.replies.append(reply)
    async with await house.client() as client:
        answer = await client.post(path, json=body)
    assert (answer.status_code, answer.content) == (200, b"".join(reply.pieces))
    found = await house.account()
    assert (found.calls, found.model) == (1, model)
    assert found.usage == DEFAULTS.usage(used, model)
    assert await house.gate.dismiss(RUN) == found.usage


async def test_retries_count_what_was_used_and_no_more(house: House) -> None:
    overloaded = Reply((b'{"type":"error"}',), 529, (("retry-after", "1"),))
    limited = Reply((b"{}",), 429, (("retry-after", "7"),))
    house.fake.replies.extend(
        (overloaded, limited, messages_stream(USED), message(USED), overloaded)
    )
    async with await house.client() as client:
        answers = [await client.post(MESSAGES, json=ASK) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [529, 429, 200, 200, 529]
    assert [answer.headers.get("retry-after") for answer in answers[:2]] == ["1", "7"]
    found = await house.account()
    assert (found.calls, found.input, found.output, found.cached) == (2, 2400, 68, 2000)


@pytest.mark.parametrize(
    ("kept", "counted"),
    [
        (0, Usage()),
        (1, Usage(1200, 1, 1000)),
        (3, Usage(1200, 1, 1000)),
        (4, Usage(1200, 34, 1000)),
    ],
    ids=["before anything", "after the start", "in the middle", "before the end"],
)
async def test_a_cut_stream_counts_what_came(house: House, kept: int, counted: Usage) -> None:
    whole = messages_stream(USED)
    house.fake.replies.append(Reply(whole.pieces[:kept], headers=whole.headers, cut=True))
    async with await house.client() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(MESSAGES, json=ASK)
    used = await house.gate.dismiss(RUN)
    assert (used.input, used.output, used.cached) == (
        counted.input,
        counted.output,
        counted.cached,
    )


async def test_a_run_that_hangs_up_is_counted_all_the_same(house: House) -> None:
    held = asyncio.Event()
    house.fake.replies.append(responses_stream(PLAIN, held=held))
    client = await house.client()
    async with client, client.stream("POST", RESPONSES, json=GPT) as answer:
        async for _ in answer.aiter_raw():
            break
    held.set()
    used = await house.gate.dismiss(RUN)
    assert (used.input, used.output) == (1200, 34)


async def test_bytes_go_on_before_the_answer_is_complete(house: House) -> None:
    held = asyncio.Event()
    reply = messages_stream(USED, held=held)
    house.fake.replies.append(reply)
    got = []
    client = await house.client()
    async with client, client.stream("POST", MESSAGES, json=ASK) as answer:
        async for piece in answer.aiter_raw():
            got.append(piece)
            if len(got) == 1:
                assert piece == reply.pieces[0]
                assert (await house.account()).input == 1200  # booked before it goes on
            held.set()
    assert b"".join(got) == b"".join(reply.pieces)


async def test_the_prices_of_the_configuration_come_first(house: House) -> None:
    own = (("claude-sonnet-*", Price(input=1, output=2, cached_input=3, cache_write=4)),)
    house.fake.replies.append(messages_stream(USED))
    access = await house.gate.admit(replace(admission(), prices=own))
    async with await house.client(access) as client:
        assert (await client.post(MESSAGES, json=ASK)).status_code == 200
    assert (await house.account()).cost_usd == Decimal("0.003718")


async def test_many_calls_at_once_add_up(house: House) -> None:
    house.fake.replies.extend(messages_stream(USED) for _ in range(12))
    async with await house.client() as client:
        answers = await asyncio.gather(*(client.post(MESSAGES, json=ASK) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {200}
    found = await house.account()
    assert (found.calls, found.input, found.output) == (12, 14_400, 408)
