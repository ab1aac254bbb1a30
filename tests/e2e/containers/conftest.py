"""Houses whose agents and tests run in real containers, with the fake model server beside them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import docker
import pytest

from app.sandbox.models import FakeModels, Script, builtin_scripts, load_script
from tests.contract.checker import GitHubContract
from tests.flow.house import House

MakeHouse = Callable[..., House]
MakeModels = Callable[..., FakeModels]


@pytest.fixture
def make_house(
    tmp_path: Path,
    database_url: str,
    github_contract: GitHubContract,
    docker_engine: docker.DockerClient,
    base_image: str,
    extra_ca: Path | None,
) -> Iterator[MakeHouse]:
    """A house with the options given, its app not started; what it left in the engine is ended."""
    with ExitStack() as stack:

        def make(*, settings: dict[str, Any] | None = None, **options: Any) -> House:
            given = {
                "executor": "docker",
                "base_image": base_image,
                "extra_ca": extra_ca,
                **(settings or {}),
            }
            house = House(
                tmp_path, database_url, contract=github_contract, settings=given, **options
            )
            return stack.enter_context(house)

        yield make
    for container in left(docker_engine, tmp_path / "state"):
        container.remove(force=True)


def left(client: docker.DockerClient, state_dir: Path) -> list[Any]:
    """The containers of one house, whatever their state."""
    home = str(state_dir / "runs")
    found = client.containers.list(all=True, ignore_removed=True)
    return [one for one in found if any(m["Source"].startswith(home) for m in one.attrs["Mounts"])]


@pytest.fixture
def make_models() -> Iterator[MakeModels]:
    """A fake model server with a script of ours, or of the test's own."""
    with ExitStack() as stack:

        def make(script: Script | None = None) -> FakeModels:
            models = FakeModels(script or load_script(builtin_scripts()["default"]))
            models.start()
            stack.callback(models.stop)
            return models

        yield make
