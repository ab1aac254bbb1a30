"""The generated workflows, compose file and configuration are what their readers take."""

from pathlib import Path

import pytest
import yaml

from app.config import parse
from app.images.capability import available
from tests.templates import making

# A workflow says only which languages there are, so these are all there can be.
KINDS = (("backend",), ("frontend",), making.FULL)


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    room = tmp_path_factory.mktemp("kinds")
    return [making.make(room / making.name(modules), modules) for modules in KINDS]


def workflows(projects: list[Path]) -> list[str]:
    return [str(path) for project in projects for path in project.glob(".github/workflows/*.yml")]


def test_they_are_sound(projects: list[Path]) -> None:
    found = workflows(projects)
    assert len(found) == len(KINDS)
    making.run(projects[0], str(making.tool("zizmor")), "--offline", "--quiet", *found)


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [("github-workflows", ".github/workflows/*.yml"), ("compose-spec", "compose.yaml")],
)
def test_they_follow_the_schema(projects: list[Path], schema: str, pattern: str) -> None:
    files = [str(path) for project in projects for path in project.glob(pattern)]
    assert len(files) == len(KINDS)
    check = str(making.tool("check-jsonschema"))
    making.run(projects[0], check, "--builtin-schema", f"vendor.{schema}", *files)


def test_they_run_the_tests(projects: list[Path]) -> None:
    for workflow in workflows(projects):
        steps = yaml.safe_load(Path(workflow).read_text())["jobs"]["test"]["steps"]
        assert "make test" in [step.get("run") for step in steps]


def test_the_orchestrator_takes_its_configuration(projects: list[Path]) -> None:
    for project in projects:
        config = parse((project / ".github/orchestrator.yml").read_text(), "orchestrator.yml")
        assert config.test.command == 'make test REPORTS="$ORC_OUT"'
        assert config.capabilities is not None
        assert {"make"} < set(config.capabilities) <= set(available())
