"""How calls are taken: once each, not too many, and nothing that should not be seen comes out."""

import asyncio
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message
from structlog.testing import capture_logs

from app.domain.stage import Stage
from app.engine.ports import Postponed, Refused, Unanswered
from app.gateway.commands import api, body, engineering
from app.gateway.commands.ledger import Limits
from app.gateway.commands.refusal import Error, Refusal
from tests.unit.gateway_commands.world import RUN, World

HI = {"text": "Hi"}


@pytest.fixture
def world() -> World:
    return World()


def call_id() -> str:
    return str(uuid.uuid4())


# Once


async def test_two_at_the_same_time_do_it_once(world: World) -> None:
    world.said.gate = asyncio.Event()
    call, token = call_id(), world.token()
    both = [asyncio.create_task(world.call("respond", HI, token, call)) for _ in range(2)]
    await world.said.reached.wait()
    world.said.gate.set()
    first, second = await asyncio.gather(*both)
    assert first == second
    assert first["success"]
    assert world.said.asked == 1


async def test_who_hangs_up_does_not_undo_it(world: World) -> None:
    world.said.gate = asyncio.Event()
    call, token = call_id(), world.token()
    gone = asyncio.create_task(world.call("respond", HI, token, call))
    await world.said.reached.wait()
    gone.cancel()
    again = asyncio.create_task(world.call("respond", HI, token, call))
    world.said.gate.set()
    assert (await again)["success"]
    assert world.said.asked == 1


async def test_after_a_restart_the_marker_decides(world: World) -> None:
    """Memory is gone: the port is asked again, with the same key."""
    call, token = call_id(), world.token()
    first = await world.call("respond", HI, token, call)
    world.restart()
    assert await world.call("respond", HI, token, call) == first
    assert world.said.asked == 2
    assert len(world.said.remarks) == 1


@pytest.mark.parametrize(
    "error", [Unanswered("lost"), Postponed(datetime(2026, 1, 1, tzinfo=UTC), "limit")], ids=repr
)
async def test_what_passes_is_not_kept(error: Exception, world: World) -> None:
    world.said.fails = [error]
    call, token = call_id(), world.token()
    first = await world.call("respond", HI, token, call)
    assert (first["error"], first["status"]) == ("Unanswered", 503)
    assert (await world.call("respond", HI, token, call))["success"]
    assert len(world.said.remarks) == 1


@pytest.mark.parametrize(("status", "error"), [(404, "NotFound"), (403, "Refused")])
async def test_what_github_refuses_is_final(status: int, error: str, world: World) -> None:
    world.said.fails = [Refused(status, "comment", "no")]
    call, token = call_id(), world.token()
    first = await world.call("respond", HI, token, call)
    assert first["error"] == error
    assert await world.call("respond", HI, token, call) == first
    assert world.said.asked == 1


async def test_a_crash_is_an_answer_and_tells_nothing(world: World) -> None:
    world.said.fails = [KeyError("hush")]
    with capture_logs() as logs:
        answer = await world.call("respond", HI)
    assert (answer["error"], answer["status"]) == ("InternalError", 500)
    assert "hush" not in str(answer)
    assert [log["run"] for log in logs if log["event"] == "command failed"] == [RUN]


async def test_answers_are_forgotten_in_the_end() -> None:
    world = World(limits=Limits(per_minute=1_000, kept=3))
    call, token = call_id(), world.token()
    await world.call("diagnose.health", {}, token, call)
    for _ in range(3):
        await world.call("diagnose.health", {}, token)
    before = world.catalogue.calls
    await world.call("diagnose.health", {}, token, call)
    assert world.catalogue.calls == before + 1


# Limits


async def test_calls_in_a_minute() -> None:
    world = World(limits=Limits())
    for _ in range(30):
        assert (await world.call("diagnose.api"))["success"]
    answer = await world.call("diagnose.api")
    assert (answer["error"], answer["status"]) == ("RateLimited", 429)
    assert answer["details"] == {"retry_after_seconds": 61}
    other = await world.call("diagnose.api", token=world.token(run_id="11-7-1-2-developer"))
    assert other["success"]
    world.now += 60
    assert (await world.call("diagnose.api"))["success"]


async def test_what_is_refused_counts_too() -> None:
    world = World(limits=Limits(per_minute=3))
    token = world.token("tester")
    errors = [(await world.call("respond", HI, token))["error"] for _ in range(4)]
    assert errors == ["PermissionDenied"] * 3 + ["RateLimited"]


async def test_remarks_of_a_run(world: World) -> None:
    for _ in range(10):
        assert (await world.call("respond", HI))["success"]
    answer = await world.call("respond", HI)
    assert answer["error"] == "Refused"
    assert (await world.call("diagnose.api"))["success"]
    assert len(world.said.remarks) == 10
    assert (await world.call("finish", {"text": "The last word has its place."}))["success"]
    assert (await world.call("finish", {"text": "But only one."}))["error"] == "Refused"


async def test_a_remark_that_comes_again_counts_once(world: World) -> None:
    world.said.fails = [Unanswered("lost")] * 20
    call = call_id()
    for _ in range(20):
        await world.call("respond", HI, call=call)
    assert (await world.call("respond", HI))["success"]


async def test_only_one_of_two_last_words_at_the_same_time(world: World) -> None:
    world.said.gate = asyncio.Event()
    first = asyncio.create_task(world.call("finish", {"text": "One"}))
    await world.said.reached.wait()
    assert (await world.call("finish", {"text": "Two"}))["error"] == "Refused"
    world.said.gate.set()
    assert (await first)["success"]


async def test_a_last_word_that_was_not_said_is_none(world: World) -> None:
    world.said.fails = [Unanswered("lost"), Refused(403, "comment", "locked")]
    errors = [(await world.call("finish", {"text": "x"}))["error"] for _ in range(2)]
    assert errors == ["Unanswered", "Refused"]
    assert (await world.call("respond", HI))["success"]


async def test_calls_at_a_time() -> None:
    world = World(limits=Limits(at_once=1))
    world.said.gate = asyncio.Event()
    held = asyncio.create_task(world.call("respond", HI))
    await world.said.reached.wait()
    assert (await world.call("diagnose.api"))["error"] == "RateLimited"
    world.said.gate.set()
    assert (await held)["success"]
    assert (await world.call("diagnose.api"))["success"]


async def test_runs_are_forgotten() -> None:
    world = World(limits=Limits(runs=3))
    for number in range(10):
        await world.call("diagnose.api", token=world.token(run_id=f"run-{number}"))
    assert len(world.ledger) == 3
    await world.api.end("run-9")
    assert len(world.ledger) == 2


# Waiting


async def test_waiting_ends_when_the_work_does(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engineering, "LOOK_SECONDS", 0.001)
    world.catalogue.stages = [Stage.QUEUED, Stage.BUILDING, Stage.BUILDING, Stage.BLOCKED]
    answer = await world.call("engineering.wait", {"seconds": 60})
    assert answer["data"]["ended"] is True
    assert answer["message"] == "The work has ended: blocked."
    assert world.catalogue.calls == 4


async def test_waiting_ends_when_the_time_does(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_seconds: float) -> None: ...

    monkeypatch.setattr(engineering.asyncio, "sleep", at_once)  # type: ignore[attr-defined]
    world.catalogue.stages = [Stage.BUILDING]
    answer = await world.call("engineering.wait", {"seconds": 25})
    assert (answer["success"], answer["data"]["ended"]) == (True, False)
    assert world.catalogue.calls == 4


async def test_what_is_under_way_need_not_be_started(world: World) -> None:
    world.catalogue.stages = [Stage.BUILDING]
    answer = await world.call("engineering.start")
    assert answer["message"] == "The work is under way already: building."


# Bodies


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
    "one field more": wrapped(role="product_owner"),
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
