"""Every command: done, denied, invalid, expired, forged, repeated, and for another task."""

import uuid

import pytest
from structlog.testing import capture_logs

from app.gateway.commands.registry import COMMANDS
from tests.unit.gateway_commands.table import TABLE
from tests.unit.gateway_commands.world import HOUR, RUN, World

every = pytest.mark.parametrize("name", TABLE)


@pytest.fixture
def world() -> World:
    return World()


def touched(world: World) -> int:
    """How often anything outside was asked for."""
    return world.said.asked + world.catalogue.calls


def test_the_table_has_them_all() -> None:
    assert [command.name for command in COMMANDS] == list(TABLE)


@every
async def test_done_or_honestly_not(name: str, world: World) -> None:
    row = TABLE[name]
    answer = await world.call(name, row.good)
    if row.fails is None:
        assert (answer["success"], answer["status"]) == (True, 200)
        assert answer.keys() == {"success", "data", "message", "status"}
    else:
        assert (answer["success"], answer["error"], answer["status"]) == (False, row.fails, 501)
        assert answer.keys() == {"success", "error", "message", "details", "status"}


@every
@pytest.mark.parametrize("role", ["tester", "nobody"])
async def test_denied(name: str, role: str, world: World) -> None:
    """Also with arguments that are wrong: who may nothing learns nothing of what is taken."""
    for arguments in (TABLE[name].good, TABLE[name].bad):
        answer = await world.call(name, arguments, world.token(role))
        assert (answer["error"], answer["status"]) == ("PermissionDenied", 403)
        assert answer["details"] == {"role": role, "allowed": []}
    assert touched(world) == 0


@every
async def test_denied_lists_what_is_allowed(name: str, world: World) -> None:
    others = frozenset(TABLE) - {name}
    answer = await world.call(name, TABLE[name].good, world.token(commands=others))
    assert answer["error"] == "PermissionDenied"
    assert set(answer["details"]["allowed"]) == others
    assert touched(world) == 0


@every
async def test_invalid(name: str, world: World) -> None:
    for bad in (TABLE[name].bad, {**TABLE[name].good, "surprise": 1}):
        answer = await world.call(name, bad)
        assert (answer["error"], answer["status"]) == ("ValidationError", 400)
        assert all(problem.keys() == {"field", "problem"} for problem in answer["details"])
    assert touched(world) == 0


@every
async def test_expired_token(name: str, world: World) -> None:
    token = world.token()
    world.now += HOUR
    answer = await world.call(name, TABLE[name].good, token)
    assert (answer["error"], answer["status"]) == ("Unauthorized", 401)
    assert "expired" in answer["message"]
    assert touched(world) == 0


@every
async def test_token_of_a_run_that_is_over(name: str, world: World) -> None:
    token = world.token()
    world.over.add(RUN)
    answer = await world.call(name, TABLE[name].good, token)
    assert (answer["error"], answer["status"]) == ("Unauthorized", 401)
    assert touched(world) == 0


@every
async def test_forged_token(name: str, world: World) -> None:
    with capture_logs() as logs:
        answer = await world.call(name, TABLE[name].good, world.forged())
    assert (answer["error"], answer["status"]) == ("Unauthorized", 401)
    assert [log["run"] for log in logs] == ["unknown"]
    assert touched(world) == 0


@every
async def test_the_same_call_again_is_answered_alike_and_done_once(name: str, world: World) -> None:
    call, token = str(uuid.uuid4()), world.token()
    first = await world.call(name, TABLE[name].good, token, call)
    before = touched(world)
    world.catalogue.up = {}
    assert await world.call(name, TABLE[name].good, token, call) == first
    assert touched(world) == before
    assert len(world.said.remarks) <= 1


@every
async def test_a_call_used_for_something_else(name: str, world: World) -> None:
    call, token = str(uuid.uuid4()), world.token()
    await world.call(name, TABLE[name].good, token, call)
    before = touched(world)
    other = "diagnose.api" if name != "diagnose.api" else "diagnose.health"
    answer = await world.call(other, {}, token, call)
    assert (answer["error"], answer["status"]) == ("Conflict", 409)
    assert touched(world) == before


@every
async def test_a_call_of_another_run_is_its_own(name: str, world: World) -> None:
    """The same UUID from another run neither sees the answer nor spoils it."""
    call = str(uuid.uuid4())
    own = await world.call(name, TABLE[name].good, world.token(), call)
    before = touched(world)
    other = await world.call(name, TABLE[name].good, world.token(run_id="11-7-1-2-x"), call)
    assert other["success"] == own["success"]
    if own["success"] and name != "diagnose.api":
        assert touched(world) > before


@every
async def test_another_task_s_token(name: str, world: World) -> None:
    """All but project.list-like reads, which the token must grant."""
    elsewhere = TABLE[name].elsewhere
    if elsewhere is None:
        assert await world.call(name, TABLE[name].good), "it has no way to name another"
        return
    token = world.token(commands=frozenset({name, "project.list"}))
    answer = await world.call(name, elsewhere, token)
    if name in {"project.get", "project.tasks"}:
        # granted, but what is private is not shown: the words are those for what is not there
        assert (answer["error"], answer["status"]) == ("NotFound", 404)
        answer = await world.call(name, elsewhere, world.token(commands=frozenset({name})))
    assert (answer["error"], answer["status"]) == ("PermissionDenied", 403)
    assert answer["details"] == {"project": "acme/weather", "issue": 7}
    assert world.said.asked == 0
