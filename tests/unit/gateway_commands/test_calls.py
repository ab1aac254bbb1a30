"""How calls are taken: once each, not too many, and nothing that should not be seen comes out."""

import asyncio
import uuid
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from app.domain.stage import Stage
from app.engine.ports import Postponed, Refused, Unanswered
from app.gateway.commands import engineering
from app.gateway.commands.ledger import Limits
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
