"""What is sent to the command API: hostile bytes, headers, tokens; and what the log says of it."""

import asyncio
import json
import uuid
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message
from structlog.testing import capture_logs

from app.gateway.commands import api, body
from app.gateway.commands.ledger import Limits
from app.gateway.commands.refusal import Error, Refusal
from tests.unit.gateway_commands.world import RUN, World

HI = {"text": "Hi"}


@pytest.fixture
def world() -> World:
    return World()


def call_id() -> str:
    return str(uuid.uuid4())


def wrapped(**changes: Any) -> bytes:
    return json.dumps(
        {"command": "diagnose.api", "arguments": {}, "call": call_id(), **changes}
    ).encode()


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"command=respond",
    "no UTF-8": b'{"command": "\xff\xfe"}',
    "NUL": b"\x00",
    "a list": b"[]",
    "deep": b"[" * 30_000,
    "deep arguments": wrapped()[:-1] + b', "arguments": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001,
    "half a character": wrapped(command="\ud800"),
    "no call": b'{"command": "diagnose.api", "arguments": {}}',
    "a call that is no UUID": wrapped(call="1"),
    "a command that is none": wrapped(command="*"),
    "a command with a line break": wrapped(command="diagnose.api\n"),
    "a command's number": wrapped(command=1),
    "a long command": wrapped(command="a" * 65),
    "arguments that are none": wrapped(arguments=[]),
    "many arguments": wrapped(arguments={str(n): n for n in range(40)}),
    "one field more": wrapped(role="product-owner"),
    "not a number": wrapped(arguments={"seconds": float("nan")}, command="engineering.wait"),
    "half a text": wrapped(arguments={"text": "\ud800"}, command="respond"),
}


@pytest.mark.parametrize("raw", BODIES.values(), ids=BODIES)
async def test_bodies(raw: bytes, world: World) -> None:
    answer = await world.post(raw, world.token())
    assert answer.status_code == 400
    assert answer.json()["error"] == "ValidationError"
    assert len(answer.content) < 5_000
    assert world.said.asked + world.catalogue.calls == 0


async def test_a_large_body_is_not_read(world: World) -> None:
    answer = await world.post(b"x" * (body.MAX_BODY + 1), world.token())
    assert (answer.status_code, answer.json()["error"]) == (413, "TooLarge")


async def test_a_body_that_does_not_come(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_BODY_SECONDS", 0.01)

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    scope = {
        "type": "http",
        "method": "POST",
        "headers": [(b"authorization", f"Bearer {world.token()}".encode())],
    }
    assert (await world.api.answer(scope, never)).status == 400


@pytest.mark.parametrize("name", ["respond", "finish"])
@pytest.mark.parametrize(
    "secret", ["AKIA" + "IOSFODNN7EXAMPLQ", "ghp_" + "a1B2" * 9, "sk-ant-" + "x1" * 20]
)
async def test_credentials_are_not_said(secret: str, name: str, world: World) -> None:
    answer = await world.call(name, {"text": f"I found\n{secret} in a file"})
    assert (answer["error"], answer["status"]) == ("ValidationError", 400)
    assert "line 2" in answer["message"]
    assert secret not in str(answer)
    assert world.said.asked == 0


async def test_the_token_is_no_argument(world: World) -> None:
    token = world.token()
    answer = await world.call("respond", {"text": f"my token: {token}"}, token)
    assert answer["error"] == "ValidationError"
    assert token not in str(answer)
    assert world.said.asked == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_other_methods(method: str, world: World) -> None:
    assert (await world.post(b"", world.token(), method)).status_code == 400


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Basic cnVuOng=", "Bearer a.b.c"])
async def test_no_token(given: str, world: World) -> None:
    transport = httpx.ASGITransport(app=world.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        answer = await client.post("/", headers={"Authorization": given})
    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.binary() | _JSON.map(lambda said: json.dumps(said).encode()))
def test_any_bytes_are_a_request_or_refused(raw: bytes) -> None:
    try:
        read = body.read(raw)
    except Refusal as error:
        refusal = error
    else:
        assert read.call.hex in raw.decode().replace("-", "").lower()
        return
    assert refusal.error is Error.VALIDATION
    assert len(json.dumps(refusal.details)) < 5_000


@given(arguments=st.dictionaries(st.text(), _JSON))
async def test_any_arguments_are_answered(arguments: dict[str, Any]) -> None:
    world = World()
    for name in ("respond", "project.get", "engineering.wait", "infra.allocate"):
        raw = wrapped(command=name, arguments=arguments)
        answer = (await world.post(raw, world.token(role="devops"))).json()
        assert answer.keys() >= {"success", "message"}


async def test_a_run_that_an_app_just_started_does_not_know_yet(world: World) -> None:
    world.unknown.add(RUN)
    answer = await world.call("respond", HI)
    assert (answer["error"], answer["status"]) == ("Unanswered", 503)
    assert world.said.asked == 0


async def test_another_header_s_token_changes_nothing(world: World) -> None:
    """The gateway's models take theirs from x-api-key; the command goes by the one it is given."""
    over = world.token(run_id="11-7-1-0-developer")
    world.over.add("11-7-1-0-developer")
    transport = httpx.ASGITransport(app=world.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        headers = {"Authorization": f"Bearer {over}", "x-api-key": world.token()}
        answer = await client.post("/", content=wrapped(), headers=headers)
    assert answer.status_code == 401


# What is logged


async def test_refusals_are_logged_by_run_and_never_with_what_was_given(world: World) -> None:
    token = world.token("developer")
    with capture_logs() as logs:
        await world.call("finish", {"text": "canary"}, token)
        await world.call("respond", {"text": ""}, token)
        await world.call("engineering.status", {"issue": 8}, token)
        await world.post(b"canary", token)
    seen = [(log["run"], log["command"], log["error"]) for log in logs]
    assert seen == [
        (RUN, "finish", "PermissionDenied"),
        (RUN, "respond", "ValidationError"),
        (RUN, "engineering.status", "PermissionDenied"),
        (RUN, "", "ValidationError"),
    ]
    assert "canary" not in str(logs)
    assert token not in str(logs)


async def test_a_loop_does_not_fill_the_log() -> None:
    world = World(limits=Limits(per_minute=1))
    token = world.token()
    with capture_logs() as logs:
        for _ in range(100):
            await world.call("diagnose.api", {}, token)
    times = [log["times"] for log in logs if log["event"] == "command refused"]
    assert times == [1, 2, 4, 8, 16, 32, 64]
