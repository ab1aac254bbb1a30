"""The app killed while three containers are at work: it finds them again, and starts none twice."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from app.domain.stage import Stage
from app.executors.engine import Engine
from tests.e2e.containers.conftest import MakeHouse, left
from tests.e2e.containers.watch import Watch
from tests.e2e.forking import Nursery
from tests.flow.house import House, answers

ISSUES = 3


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made


@pytest.fixture
def home(make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("tests.flow.house.PATIENCE", 100.0)
    return make_house(scenario="patient")


class Apps:
    """The app in a process of its own, one after the other; `kill` is SIGKILL."""

    def __init__(self, nursery: Nursery, home: House) -> None:
        self._nursery = nursery
        self._home = home
        self._pid: int | None = None

    def start(self, name: str) -> None:
        folder = self._home.root / name
        folder.mkdir()
        settings = {
            key: str(value)
            for key, value in self._home.plain_settings().items()
            if value is not None
        }
        self._pid = self._nursery.fork({"folder": str(folder), "settings": settings})
        port = folder / "port"
        self._home.until(port.exists, lambda: (folder / "app.log").read_text()[-2000:])
        url = f"http://127.0.0.1:{port.read_text()}"
        self._home.until(lambda: answers(f"{url}/readyz"))
        self._home.sandbox.webhook_url = f"{url}/webhooks"

    def kill(self) -> None:
        if self._pid is not None:
            os.kill(self._pid, signal.SIGKILL)
            self._nursery.reap(self._pid)
            self._pid = None


@pytest.fixture
def apps(nursery: Nursery, home: House) -> Iterator[Apps]:
    made = Apps(nursery, home)
    yield made
    made.kill()


def at_work(client: docker.DockerClient, home: House) -> list[Any]:
    return [one for one in left(client, home.root / "state") if one.status == "running"]


@pytest.fixture
def watch(docker_engine: docker.DockerClient, home: House) -> Iterator[Watch]:
    """From before the first app: the engine itself remembers only its last events."""
    with Watch(Engine(home.root / "state" / "runs", docker_engine).name("")) as made:
        yield made


def created(watch: Watch, part: str) -> list[int]:
    """How often a container was made for each run of this part of an attempt."""
    return sorted(Counter(run for run in watch.runs if f"-{part}-" in run).values())


def ask_for_three(apps: Apps, home: House, client: docker.DockerClient) -> list[int]:
    """Three issues, whose agents are at work when the app is killed."""
    apps.start("first")
    numbers = [home.ask(f"Request {number}") for number in range(ISSUES)]
    home.until(
        lambda: len(at_work(client, home)) == ISSUES,
        lambda: (home.root / "first" / "app.log").read_text()[-3000:],
    )
    apps.kill()
    return numbers


def test_a_restarted_app_goes_on_with_the_same_containers(
    apps: Apps, home: House, docker_engine: docker.DockerClient, watch: Watch
) -> None:
    numbers = ask_for_three(apps, home, docker_engine)
    apps.start("second")
    for number in numbers:
        record = home.wait(number, Stage.DONE, Stage.BLOCKED)
        assert [(a.number, a.outcome) for a in record.attempts] == [(1, "passed")]
    assert created(watch, "developer") == [1] * ISSUES
    home.quiet()
    assert at_work(docker_engine, home) == []


def test_killed_containers_become_one_retry_each(
    apps: Apps, home: House, docker_engine: docker.DockerClient, watch: Watch
) -> None:
    numbers = ask_for_three(apps, home, docker_engine)
    for container in at_work(docker_engine, home):
        container.kill()
    apps.start("second")
    for number in numbers:
        record = home.wait(number, Stage.DONE, Stage.BLOCKED)
        assert [(a.number, a.outcome) for a in record.attempts] == [(1, "lost"), (2, "passed")]
    assert created(watch, "developer") == [1] * (2 * ISSUES)
