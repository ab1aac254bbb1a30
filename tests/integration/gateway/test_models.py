"""Who may call models, what reaches the provider, and that the key never comes back."""

import asyncio
import gzip
import json
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Any

import asyncpg
import httpx
import pytest
from structlog.testing import LogCapture

from app.db.account import Accounts
from app.domain.run import Access
from app.gateway.models import exchange, proxy
from app.gateway.price import Tokens as Counts
from app.gateway.server import GatewayConfig
from app.gateway.token import Tokens
from app.roles.permission import permitted
from tests.integration.gateway.conftest import (
    RUN,
    House,
    admission,
    gateway,
    providers,
)
from tests.integration.gateway.upstream import KEY, Reply, Upstream, message, messages_stream
from tests.postgres import empty_sessions

MESSAGES, RESPONSES = "/anthropic/v1/messages", "/openai/v1/responses"
ASK: dict[str, Any] = {"model": "claude-sonnet-4-5", "max_tokens": 10, "messages": []}
USED = Counts(input=10, output=5)


@pytest.mark.parametrize(
    ("path", "shown", "sent"),
    [
        (MESSAGES, "x-api-key", ("x-api-key", KEY)),
        (MESSAGES, "authorization", ("x-api-key", KEY)),
        (RESPONSES, "authorization", ("authorization", f"Bearer {KEY}")),
    ],
)
async def test_the_key_takes_the_place_of_the_token(
    house: House, path: str, shown: str, sent: tuple[str, str]
) -> None:
    house.fake.replies.append(message(USED))
    access = await house.gate.admit(admission())
    value = f"Bearer {access.token}" if shown == "authorization" else access.token
    headers = {shown: value, "cookie": "a=b", "anthropic-version": "2023-06-01"}
    async with httpx.AsyncClient(base_url=access.url, trust_env=False) as client:
        answer = await client.post(path, json=ASK, headers=headers, params={"beta": "true", "k": 1})
    assert answer.status_code == 200
    asked = house.fake.asked[0]
    assert asked.target == path.replace("/anthropic", "").replace("/openai", "") + "?beta=true"
    assert asked.headers[sent[0]] == sent[1]
    assert asked.headers["anthropic-version"] == "2023-06-01"
    assert "cookie" not in asked.headers
    assert access.token not in str(asdict(asked))
    assert asked.json == ASK
    assert "x-org" not in answer.headers


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/anthropic/v1/messages/count_tokens", "POST"),
        ("/anthropic/v1/models", "GET"),
        ("/openai/v1/models/gpt-5", "GET"),
    ],
)
async def test_what_costs_nothing_passes_and_is_not_counted(
    house: House, path: str, method: str
) -> None:
    house.fake.replies.append(Reply((b'{"input_tokens":99,"usage":{"input_tokens":5}}',)))
    async with await house.client(spent=5, budget=5) as client:
        answer = await client.request(method, path, json=ASK if method == "POST" else None)
    assert (answer.status_code, answer.json()["input_tokens"]) == (200, 99)
    assert (await house.account()).calls == 0


async def expired(house: House) -> Access:
    return await house.gate.admit(admission(seconds=-1))


async def dismissed(house: House) -> Access:
    access = await house.gate.admit(admission())
    await house.gate.dismiss(RUN)
    return access


async def foreign(house: House) -> Access:
    access = await house.gate.admit(admission())
    return Access(access.url, access.proxy, Tokens(b"x" * 32).issue(admission()))


async def garbled(house: House) -> Access:
    access = await house.gate.admit(admission())
    return Access(access.url, access.proxy, access.token[:-2])


async def empty(house: House) -> Access:
    access = await house.gate.admit(admission())
    return Access(access.url, access.proxy, "")


@pytest.mark.parametrize("shown", [expired, dismissed, foreign, garbled, empty])
async def test_who_is_not_let_in(house: House, shown: Any) -> None:
    async with await house.client(await shown(house)) as client:
        anthropic = await client.post(MESSAGES, json=ASK)
        openai = await client.post(RESPONSES, json=ASK)
    assert (anthropic.status_code, openai.status_code) == (401, 401)
    assert anthropic.json()["error"]["type"] == "authentication_error"
    assert anthropic.json()["error"]["message"].startswith("orc: ")
    assert openai.json()["error"]["message"] == anthropic.json()["error"]["message"]
    assert anthropic.headers["x-should-retry"] == "false"
    assert house.fake.asked == []


@pytest.mark.parametrize("path", [MESSAGES, RESPONSES, "/anthropic/v1/models"])
async def test_a_run_of_tests_has_no_model_to_pay_for(house: House, path: str) -> None:
    """What runs there is the agent's work, too: it may reach hosts, and no model."""
    async with await house.client(commands=permitted("tester")) as tester:
        asked = {"model": "m", "messages": [], "input": "x"}
        answer = await tester.request(
            "GET" if path.endswith("models") else "POST", path, json=asked
        )
    assert (answer.status_code, "may call no models" in answer.text) == (403, True)
    assert (await house.account()).calls == 0
    assert house.fake.asked == []


async def test_a_run_whose_account_is_lost_is_told_to_wait(house: House) -> None:
    house.fake.replies.append(message(USED))
    async with await house.client() as client:
        await empty_sessions(house.database_url)
        answer = await client.post(MESSAGES, json=ASK)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["error"]["type"] == "overloaded_error"
        await house.gate.admit(admission())
        assert (await client.post(MESSAGES, json=ASK)).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/anthropic/v1/files", 404),
        ("/openai/v1/embeddings", 404),
        ("/", 404),
    ],
)
async def test_there_is_nothing_else(house: House, path: str, status: int) -> None:
    async with await house.client() as client:
        assert (await client.post(path, json=ASK)).status_code == status
    assert house.fake.asked == []


async def test_a_provider_without_a_key_says_what_to_set(
    fake: Upstream, accounts: Accounts
) -> None:
    async with gateway(accounts, providers(fake.url, key=None)) as gate:
        access = await gate.admit(admission())
        async with httpx.AsyncClient(base_url=access.url, trust_env=False) as client:
            answer = await client.post(MESSAGES, json=ASK, headers={"x-api-key": access.token})
    assert answer.status_code == 401
    assert "ORC_ANTHROPIC_KEY" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {}, 400),
        (b"\xff", {}, 400),
        (b"x" * 2000, {}, 413),
        (gzip.compress(b"{}"), {"content-encoding": "gzip"}, 415),
    ],
    ids=["no model", "no JSON", "too large", "encoded"],
)
async def test_bodies_that_are_not_taken(
    house: House,
    content: bytes,
    headers: dict[str, str],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exchange, "MAX_REQUEST", 1000)
    async with await house.client() as client:
        answer = await client.post(MESSAGES, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"]["message"].startswith("orc: ")


async def test_an_error_is_passed_on_as_it_is(house: House) -> None:
    said = b'{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens"}}'
    house.fake.replies.append(Reply((said,), 400))
    async with await house.client() as client:
        answer = await client.post(MESSAGES, json=ASK)
    assert (answer.status_code, answer.content) == (400, said)


async def test_an_endless_error_is_cut(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "MAX_ERROR", 10)
    house.fake.replies.append(Reply((b"x" * 8, b"x" * 8), 500))
    async with await house.client() as client:
        answer = await client.post(MESSAGES, json=ASK)
    assert (answer.status_code, "endless" in answer.text) == (502, True)


async def test_a_body_that_does_not_come(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "BODY_SECONDS", 0.01)
    access = await house.gate.admit(admission())
    reader, writer = await asyncio.open_connection("127.0.0.1", int(access.url.split(":")[2]))
    head = f"POST {MESSAGES} HTTP/1.1\r\nHost: a\r\nX-Api-Key: {access.token}\r\n"
    writer.write(f"{head}Content-Length: 5\r\n\r\n".encode())
    assert (await reader.read()).startswith(b"HTTP/1.1 408")
    writer.close()


async def test_a_provider_that_is_away(fake: Upstream, accounts: Accounts) -> None:
    async with gateway(accounts, providers("http://127.0.0.1:1")) as gate:
        access = await gate.admit(admission())
        async with httpx.AsyncClient(base_url=access.url, trust_env=False) as client:
            answer = await client.post(MESSAGES, json=ASK, headers={"x-api-key": access.token})
    assert (answer.status_code, answer.json()["error"]["type"]) == (502, "api_error")
    assert "retry-after" in answer.headers


async def test_the_key_is_nowhere(house: House, logged: LogCapture) -> None:
    """Not even where a provider repeats it."""
    leaks = [
        Reply((f"Incorrect API key provided: {KEY}".encode(),), 401),
        Reply((f"bad key {KEY}".encode(),), 403),
        Reply((b"{}",), 500, (("x-request-id", "1"), ("x-echo", KEY))),
        messages_stream(USED, cut=True),
    ]
    house.fake.replies.extend(leaks)
    said = []
    async with await house.client() as client:
        for _ in leaks[:3]:
            answer = await client.post(MESSAGES, json=ASK)
            said.append((answer.status_code, answer.text, str(answer.headers)))
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(MESSAGES, json=ASK)
    assert [status for status, *_ in said] == [401, 403, 500]
    assert "ORC_ANTHROPIC_KEY" in said[0][1]
    assert said[1][1] == "bad key [key]"
    connection = await asyncpg.connect(house.database_url)
    rows = [dict(row) for row in await connection.fetch("select * from account")]
    await connection.close()
    assert rows
    everything = json.dumps([said, rows, logged.entries], default=repr)
    assert KEY not in everything
    assert KEY not in repr(providers("x"))
    assert KEY not in repr(GatewayConfig(providers("x")))


async def test_the_app_ends_while_an_answer_comes(fake: Upstream, accounts: Accounts) -> None:
    """What came is booked, the run sees a cut, and the next app takes its call."""
    fake.replies.append(messages_stream(USED, held=asyncio.Event()))
    fake.replies.append(message(USED))
    async with AsyncExitStack() as stack:
        opened = gateway(accounts, providers(fake.url))
        gate = await stack.enter_async_context(opened)
        access = await gate.admit(admission())
        headers = {"x-api-key": access.token}
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=access.url, headers=headers, trust_env=False)
        )
        async with client.stream("POST", MESSAGES, json=ASK) as answer:
            pieces = answer.aiter_raw()
            await anext(pieces)
            await opened.__aexit__(None, None, None)
            with pytest.raises(httpx.RemoteProtocolError):
                await anext(pieces)
    found = await accounts.get(RUN)
    assert found is not None
    assert (found.input, found.output) == (10, 1)
    async with gateway(accounts, providers(fake.url)) as gate:
        again = await gate.admit(admission())
        async with httpx.AsyncClient(
            base_url=again.url, headers=headers, trust_env=False
        ) as client:
            assert (await client.post(MESSAGES, json=ASK)).status_code == 200
        used = await gate.dismiss(RUN)
    assert (used.input, used.output) == (20, 6)
