"""What each command answers, and to whom what is shown."""

import uuid

import pytest

from app.domain.remark import Kind
from tests.unit.domain.make import ISSUE
from tests.unit.gateway_commands.world import OWN, PRIVATE, RUN, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("role", ["product-owner", "developer"])
async def test_projects_are_public_or_its_own(role: str, world: World) -> None:
    answer = await world.call("project.list", {}, world.token(role))
    assert [one["project"] for one in answer["data"]] == ["acme/weather", "acme/Open"]


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
