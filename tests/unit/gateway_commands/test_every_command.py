"""Every command: done, denied, invalid, expired, forged, repeated, and for another task."""

import uuid

import pytest
from structlog.testing import capture_logs

from app.domain.remark import Kind
from app.gateway.commands.registry import COMMANDS
from tests.unit.domain.make import ISSUE
from tests.unit.gateway_commands.table import TABLE
from tests.unit.gateway_commands.world import HOUR, OWN, PRIVATE, RUN, World

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


# What each says


async def test_projects_of_a_developer_are_public_or_its_own(world: World) -> None:
    answer = await world.call("project.list", {}, world.token("developer"))
    assert [one["project"] for one in answer["data"]] == ["acme/weather", "acme/Open"]


async def test_projects_of_the_product_owner_are_all(world: World) -> None:
    answer = await world.call("project.list")
    assert [one["project"] for one in answer["data"]] == [
        "acme/weather",
        "acme/Open",
        "acme/payroll",
    ]


async def test_a_long_list_is_cut(world: World) -> None:
    world.catalogue.projects = (OWN,) * 150
    answer = await world.call("project.list")
    assert len(answer["data"]) == 100
    assert answer["message"] == "150 projects, of which 100 are listed."


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        (None, "acme/weather"),
        ("weather", "acme/weather"),
        ("ACME/Weather", "acme/weather"),
        ("open", "acme/Open"),
        ("acme/open", "acme/Open"),
        ("payroll", None),
        ("acme/payroll", None),
        ("nowhere", None),
        ("torvalds/linux", None),
        ("other/weather", None),
    ],
)
async def test_which_projects_a_developer_sees(
    wanted: str | None, seen: str | None, world: World
) -> None:
    arguments = {"project": wanted} if wanted else {}
    answer = await world.call("project.get", arguments, world.token("developer"))
    if seen is None:
        assert answer["error"] == "NotFound"
        assert PRIVATE.description not in str(answer)
    else:
        assert answer["data"]["project"] == seen


async def test_a_devops_sees_its_own_project_only(world: World) -> None:
    token = world.token("devops")
    assert (await world.call("project.get", {}, token))["success"]
    answer = await world.call("project.get", {"project": "open"}, token)
    assert answer["error"] == "PermissionDenied"


async def test_how_the_work_stands(world: World) -> None:
    data = (await world.call("engineering.status"))["data"]
    assert data["stage"] == "review"
    assert data["ended"] is True
    assert [one["outcome"] for one in data["attempts"]] == ["failed", "passed"]
    assert (data["issue"], data["project"]) == (7, "acme/weather")


async def test_logs_say_what_failed(world: World) -> None:
    data = (await world.call("diagnose.logs"))["data"]
    assert data[0]["failures"] == ["test_x — assert 1 == 2"]


async def test_health(world: World) -> None:
    answer = await world.call("diagnose.health")
    assert answer["data"] == {"database": True, "github": False}
    assert answer["message"] == "Down: github."


async def test_that_github_is_away_is_an_answer(world: World) -> None:
    assert (await world.call("diagnose.github"))["data"] == {"answers": True, "sees_project": True}
    world.catalogue.away = True
    answer = await world.call("diagnose.github")
    assert (answer["success"], answer["data"]["answers"]) == (True, False)


async def test_tasks_that_need_a_person(world: World) -> None:
    data = (await world.call("diagnose.projects"))["data"]
    assert data == {
        "project": "acme/weather",
        "tasks_by_stage": {"blocked": 1},
        "need_a_person": [7],
    }


@pytest.mark.parametrize("kind", ["answer", "question", "progress"])
async def test_remarks_are_made_on_the_token_s_issue(kind: str, world: World) -> None:
    await world.call("respond", {"text": "Hi", "kind": kind}, world.token("developer"))
    [(issue, key, remark)] = world.said.remarks
    assert issue == ISSUE
    assert key.startswith(f"{RUN}.")
    assert (remark.role, remark.kind, remark.text) == ("developer", Kind(kind), "Hi")


async def test_after_the_last_word_nothing_is_said(world: World) -> None:
    call = str(uuid.uuid4())
    first = await world.call("finish", {"text": "Done."}, call=call)
    again = await world.call("finish", {"text": "Done."}, call=call)
    assert first == again
    assert first["success"]
    for name in ("respond", "finish"):
        answer = await world.call(name, {"text": "And one more thing"})
        assert (answer["error"], answer["status"]) == ("Refused", 422)
    assert (await world.call("engineering.status"))["success"]
    assert len(world.said.remarks) == 1
