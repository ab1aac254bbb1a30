"""At most one call goes beyond the budget, and raising it lets the run go on."""

import asyncio
from decimal import Decimal

import httpx
import pytest

from app.gateway.price import DEFAULTS, Tokens
from tests.integration.gateway.conftest import ISSUE, RUN, House, admission
from tests.integration.gateway.upstream import Reply, message, messages_stream, responses_stream

MODEL = "claude-sonnet-4-5"
CENT = Tokens(input=0, output=1000)  # at $15 a million: 1.5 cents
ASK = {"model": MODEL, "max_tokens": 1000, "messages": []}
MESSAGES, RESPONSES = "/anthropic/v1/messages", "/openai/v1/responses"


async def test_a_spent_budget_is_refused_in_words_agents_show(house: House) -> None:
    async with await house.client(spent=2.0, budget=2.0) as client:
        anthropic = await client.post(MESSAGES, json=ASK)
        openai = await client.post(RESPONSES, json={"model": "gpt-5", "input": "hi"})
    text = "orc: the budget of $2.00 is spent; a person can raise it with /budget +N"
    assert (anthropic.status_code, anthropic.json()) == (
        400,
        {"type": "error", "error": {"type": "invalid_request_error", "message": text}},
    )
    assert (openai.status_code, openai.json()) == (
        400,
        {
            "error": {
                "message": text,
                "type": "invalid_request_error",
                "param": None,
                "code": "budget_spent",
            }
        },
    )
    assert anthropic.headers["x-should-retry"] == "false"
    assert house.fake.asked == []


async def test_one_call_goes_beyond_and_no_second(house: House) -> None:
    house.fake.replies.extend(message(CENT) for _ in range(5))
    async with await house.client(spent=1.0, budget=1.02) as client:
        statuses = [(await client.post(MESSAGES, json=ASK)).status_code for _ in range(4)]
    assert statuses == [200, 200, 400, 400]
    assert (await house.account()).cost_usd == Decimal("0.03")


async def test_raising_it_takes_effect_on_the_next_call(house: House) -> None:
    house.fake.replies.extend(message(CENT) for _ in range(5))
    async with await house.client(spent=1.0, budget=1.0) as client:
        assert (await client.post(MESSAGES, json=ASK)).status_code == 400
        await house.accounts.raise_budget(ISSUE, 1.01)
        assert (await client.post(MESSAGES, json=ASK)).status_code == 200
        assert (await client.post(MESSAGES, json=ASK)).status_code == 400


@pytest.mark.parametrize("budget", [0.001, 0.014, 0.016, 0.05, 0.1])
async def test_with_many_calls_at_once_too(house: House, budget: float) -> None:
    house.fake.replies.extend(messages_stream(CENT) for _ in range(12))
    async with await house.client(budget=budget) as client:
        answers = await asyncio.gather(*(client.post(MESSAGES, json=ASK) for _ in range(12)))
    statuses = [answer.status_code for answer in answers]
    spent = (await house.account()).cost_usd
    assert set(statuses) == {200, 400}
    assert spent >= Decimal(repr(budget))
    assert spent - Decimal("0.015") < Decimal(repr(budget))


async def test_calls_wait_until_one_has_shown_what_they_cost(house: House) -> None:
    first, rest = asyncio.Event(), asyncio.Event()
    house.fake.replies.append(messages_stream(CENT, before=first))
    house.fake.replies.extend(messages_stream(CENT, before=rest) for _ in range(2))
    async with await house.client(budget=100) as client:
        calls = [asyncio.create_task(client.post(MESSAGES, json=ASK)) for _ in range(3)]
        await house.fake.until_asked(1)
        assert house.fake.at_once == 1
        first.set()
        await house.fake.until_asked(3)
        assert house.fake.at_once == 2
        rest.set()
        assert {(await call).status_code for call in calls} == {200}


async def test_without_a_budget_nothing_waits(house: House) -> None:
    go = asyncio.Event()
    house.fake.replies.extend(messages_stream(CENT, before=go) for _ in range(3))
    async with await house.client() as client:
        calls = [asyncio.create_task(client.post(MESSAGES, json=ASK)) for _ in range(3)]
        await house.fake.until_asked(3)
        go.set()
        assert {(await call).status_code for call in calls} == {200}


async def test_a_call_that_may_cost_much_waits_for_the_others(house: House) -> None:
    """Its ceiling is what it asks for, not what it will use."""
    first, go = asyncio.Event(), asyncio.Event()
    first.set()
    house.fake.replies.extend(messages_stream(CENT, before=go) for _ in range(3))
    house.fake.replies.appendleft(messages_stream(CENT))
    big = ASK | {"max_tokens": 100_000}  # up to $1.50
    async with await house.client(budget=1.5) as client:
        assert (await client.post(MESSAGES, json=ASK)).status_code == 200
        calls = [asyncio.create_task(client.post(MESSAGES, json=big)) for _ in range(2)]
        await house.fake.until_asked(2)
        assert house.fake.at_once == 1
        go.set()
        assert {(await call).status_code for call in calls} == {200}
    assert house.fake.most_at_once == 1


async def test_errors_cost_nothing_and_let_the_next_one_in(house: House) -> None:
    house.fake.replies.extend((Reply(status=529), Reply(status=500), message(CENT)))
    async with await house.client(budget=1) as client:
        calls = [asyncio.create_task(client.post(MESSAGES, json=ASK)) for _ in range(3)]
        statuses = sorted([(await call).status_code for call in calls])
    assert statuses == [200, 500, 529]
    assert (await house.account()).usage == DEFAULTS.usage(CENT, MODEL)


async def test_a_caller_that_gives_up_waiting_frees_its_place(house: House) -> None:
    go = asyncio.Event()
    house.fake.replies.append(messages_stream(CENT, before=go))
    house.fake.replies.append(messages_stream(CENT))
    async with await house.client(budget=100) as client:
        first = asyncio.create_task(client.post(MESSAGES, json=ASK))
        await house.fake.until_asked(1)
        with pytest.raises(httpx.ReadTimeout):
            await client.post(MESSAGES, json=ASK, timeout=0.05)
        go.set()
        assert (await first).status_code == 200
    assert (await house.gate.dismiss(RUN)).output in (1000, 2000)


async def test_dismissing_wakes_those_who_wait(house: House) -> None:
    go = asyncio.Event()
    house.fake.replies.append(messages_stream(CENT, before=go))
    async with await house.client(budget=100) as client:
        first = asyncio.create_task(client.post(MESSAGES, json=ASK))
        await house.fake.until_asked(1)
        second = asyncio.create_task(client.post(RESPONSES, json={"model": "gpt-5"}))
        dismissed = asyncio.create_task(house.gate.dismiss(RUN))
        assert (await second).status_code == 401
        go.set()
        assert (await first).status_code == 200
        assert (await dismissed).output == 1000


async def test_reopening_goes_on_where_it_stopped(house: House) -> None:
    house.fake.replies.extend((message(CENT), responses_stream(CENT)))
    async with await house.client(budget=0.02) as client:
        assert (await client.post(MESSAGES, json=ASK)).status_code == 200
    await house.gate.dismiss(RUN)
    access = await house.gate.admit(admission(budget=0.02))
    async with await house.client(access) as client:
        gpt = {"model": "gpt-5.2", "input": "hi"}
        assert (await client.post(RESPONSES, json=gpt)).status_code == 200
        assert (await client.post(RESPONSES, json=gpt)).status_code == 400
    found = await house.account()
    assert (found.calls, found.output, found.model) == (2, 2000, "gpt-5.2")
