"""`orc images` as operators call it, on a real engine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.images.images import Images
from tests.docker.lock import folder
from tests.integration.images.conftest import Workshop

ROOT = Path(__file__).parents[3]


def orc(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from app.cli.main import main; main()", "images", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def environ(workshop: Workshop) -> dict[str, str]:
    return {"ORC_STATE_DIR": str(workshop.state_dir), "ORC_BASE_IMAGE": workshop.base_image}


async def test_list_shows_what_there_is(workshop: Workshop, environ: dict[str, str]) -> None:
    tag = await workshop.images().ensure({"python"})
    said = orc("list", **environ)
    assert (said.returncode, said.stderr) == (0, "")
    heading, *rows = said.stdout.splitlines()
    assert heading.split("  ")[0] == "TAG"
    (row,) = [row for row in rows if row.startswith(tag)]
    assert row.endswith("today      git, python")
    (image,) = [
        each for each in json.loads(orc("list", "--json", **environ).stdout)["images"]
        if each["tag"] == tag
    ]  # fmt: skip
    assert image.keys() == {"tag", "capabilities", "size", "created", "used"}
    assert image["capabilities"] == ["git", "python"]


async def test_prune_removes_the_old_and_says_so(
    workshop: Workshop, environ: dict[str, str]
) -> None:
    tag = await workshop.images().ensure({"python"})
    said = orc("prune", **environ)
    assert (said.returncode, said.stdout) == (0, "No image has been unused for 7 days.\n")
    os.utime(workshop.state_dir / "images" / f"{tag[-12:]}.lock", (0, 0))
    assert json.loads(orc("prune", "--days", "30", "--json", **environ).stdout) == {
        "removed": [tag]
    }
    assert not workshop.there(tag)


async def test_build_prints_the_tag(
    agent_images: Images, base_image: str, extra_ca: Path | None
) -> None:
    environ = {"ORC_STATE_DIR": str(folder()), "ORC_BASE_IMAGE": base_image}
    if extra_ca:
        environ["ORC_EXTRA_CA"] = str(extra_ca)
    tag = await agent_images.ensure({"node"})
    said = orc("build", "node", **environ)
    assert (said.returncode, said.stdout) == (0, f"{tag}\n")
    said = orc("build", "node", "--json", **environ)
    capabilities = ["git", "python", "node"]
    assert json.loads(said.stdout) == {"tag": tag, "capabilities": capabilities}


def test_a_failed_build_is_an_error_with_its_log(tmp_path: Path) -> None:
    settings = {"ORC_STATE_DIR": str(tmp_path), "ORC_BASE_IMAGE": "127.0.0.1:1/no-such-base"}
    said = orc("build", "git", **settings)
    assert said.returncode == 1
    assert said.stdout == ""
    assert "orc: the image with git could not be built" in said.stderr
    assert f"All of it is in {tmp_path}/images/" in said.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("build",), "Missing argument", id="build nothing"),
        pytest.param(("build", "rust"), "there is no capability 'rust'; use some of: browser, ",
                     id="unknown capability"),
        pytest.param(("prune", "--days", "-1"), "--days", id="negative age"),
        pytest.param(("prune", "--days", "soon"), "--days", id="no number"),
        pytest.param(("burn",), "No such command 'burn'", id="unknown command"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said_without_asking_an_engine(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    said = orc(*arguments, DOCKER_HOST=f"unix://{tmp_path}/docker.sock")
    assert said.returncode == 2
    assert says in said.stderr


@pytest.mark.parametrize("arguments", [("list",), ("build", "git"), ("prune",)], ids=" ".join)
def test_without_an_engine_it_says_what_to_do(arguments: tuple[str, ...], tmp_path: Path) -> None:
    said = orc(
        *arguments, DOCKER_HOST=f"unix://{tmp_path}/docker.sock", ORC_STATE_DIR=str(tmp_path)
    )
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("orc: no Docker engine answers")
    assert "DOCKER_HOST" in said.stderr
