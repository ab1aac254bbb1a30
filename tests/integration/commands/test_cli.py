"""The agent's command as a process, against the gateway as it is served."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.domain.stage import Stage
from tests.integration.commands.served import Cli, application, serving
from tests.unit.gateway_commands.table import TABLE
from tests.unit.gateway_commands.world import HOUR, RUN, World


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[World, str]]:
    """One gateway for all tests that leave nothing behind; every test is a run of its own."""
    world = World()
    with serving(application(world)) as url:
        yield world, url


@pytest.fixture
def run_id(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


@pytest.fixture
def world(shared: tuple[World, str]) -> World:
    return shared[0]


@pytest.fixture
def cli(shared: tuple[World, str], run_id: str, tmp_path: Path) -> Cli:
    world, url = shared
    return Cli(url, world.token(run_id=run_id), tmp_path)


def as_role(cli: Cli, world: World, role: str, run_id: str) -> Cli:
    return Cli(cli.url, world.token(role, run_id=run_id), cli.folder)


@pytest.mark.parametrize("name", TABLE)
def test_every_command(name: str, cli: Cli, world: World) -> None:
    row = TABLE[name]
    ended = cli(*row.argv)
    assert (ended.code, ended.answer.get("error")) == (1 if row.fails else 0, row.fails)


@pytest.mark.parametrize("name", TABLE)
def test_every_command_denied(name: str, cli: Cli, world: World, run_id: str) -> None:
    tester = as_role(cli, world, "tester", run_id)
    ended = tester(*TABLE[name].argv)
    assert (ended.code, ended.answer["error"]) == (1, "PermissionDenied")
    assert ended.answer["details"] == {"role": "tester", "allowed": []}


BAD_TOKENS = ("expired", "forged", "of a run that is over", "of a run not known yet")


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_bad_tokens(kind: str, cli: Cli, world: World, run_id: str) -> None:
    before = len(world.said.remarks)
    if kind == "expired":
        cli = Cli(cli.url, world.token(seconds=-1.0, run_id=run_id), cli.folder)
    elif kind == "forged":
        cli = Cli(cli.url, world.forged(), cli.folder)
    elif kind == "of a run that is over":
        world.over.add(run_id)
    else:
        world.unknown.add(run_id)
    ended = cli("respond", "Hi")
    error = "Unanswered" if kind == "of a run not known yet" else "Unauthorized"
    assert (ended.code, ended.answer["error"]) == (1, error)
    assert len(world.said.remarks) == before


def test_another_task(cli: Cli, world: World) -> None:
    ended = cli("engineering", "status", "--issue", "8")
    assert (ended.code, ended.answer["error"]) == (1, "PermissionDenied")


def test_a_remark_arrives_as_it_was_given(cli: Cli, world: World) -> None:
    text = 'Grüße "你好"\n\n`rm -rf` $HOME \\ 👋'
    ended = cli("respond", "--session", text)
    assert (ended.code, ended.answer["data"]) == (0, {"issue": 7, "kind": "progress"})
    assert world.said.remarks[-1][2].text == text


def test_a_remark_from_stdin(cli: Cli, world: World) -> None:
    assert cli("respond", "-", stdin="Two\nlines ✓".encode()).code == 0
    assert world.said.remarks[-1][2].text == "Two\nlines ✓"


def test_two_remarks_of_the_same_words_are_two(cli: Cli, world: World) -> None:
    before = len(world.said.remarks)
    assert [cli("respond", "Hi").code for _ in range(2)] == [0, 0]
    assert len(world.said.remarks) == before + 2


def test_waiting_takes_as_long_as_it_takes(cli: Cli, world: World) -> None:
    world.catalogue.stages = [Stage.BUILDING, Stage.REVIEW]
    ended = cli("engineering", "wait", "--seconds", "1")
    assert ended.answer["data"]["ended"] is True


def test_what_an_agent_put_beside_it_is_not_imported(cli: Cli) -> None:
    for name in ("typer.py", "json.py", "agent_image.py"):
        (cli.folder / name).write_text("raise SystemExit('taken over')")
    assert cli("diagnose", "api").code == 0


def test_a_client_that_lies_gets_no_further(cli: Cli, world: World, run_id: str) -> None:
    """No check of the client's is needed: these come past it."""
    token = world.token("developer", run_id=run_id)
    call = "0b7d4a52-41f7-4f0b-8a6e-3f6c1f0f3a11"
    lies = [
        ({"command": "finish", "arguments": {"text": "x"}, "call": call}, 403),
        ({"command": "respond", "arguments": {"text": "x" * 5_000}, "call": call}, 400),
        ({"command": "respond", "arguments": {"text": "x", "issue": 8}, "call": call}, 400),
        ({"command": "engineering.status", "arguments": {"issue": 8}, "call": call}, 403),
        ({"command": "respond", "arguments": {"text": "x"}, "call": call, "role": "admin"}, 400),
        ({"command": "project.private", "arguments": {}, "call": call}, 403),
    ]
    before = len(world.said.remarks)
    for body, status in lies:
        connection = http.client.HTTPConnection(urlsplit(cli.url).netloc, timeout=10)
        headers = {"Authorization": f"Bearer {token}", "X-Orc-Role": "product-owner"}
        connection.request("POST", "/v1/command", json.dumps(body), headers)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["success"]) == (status, False)
        connection.close()
    assert len(world.said.remarks) == before


def test_the_token_s_time_is_the_gateway_s(tmp_path: Path) -> None:
    world = World()
    with serving(application(world)) as url:
        cli = Cli(url, world.token(), tmp_path)
        assert cli("diagnose", "api").answer["data"]["run"] == RUN
        world.now += HOUR
        assert cli("diagnose", "api").answer["error"] == "Unauthorized"
