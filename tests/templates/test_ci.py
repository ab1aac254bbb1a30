"""The generated workflow really runs: green on what the template made, red on what breaks it."""

import sys
from collections.abc import Iterator

import pytest

from app.sandbox import Sandbox
from tests.templates import making

NAME = str(making.SAID["project_name"])
MANIFEST = {"default_permissions": {"contents": "write"}, "default_events": ["push"]}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """With the project as a repository, and runners that have an interpreter ready."""
    room = tmp_path_factory.mktemp("ci")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    project = making.make(room / "project", ["backend"], python_version=python)
    making.commit(project, "Begin")
    with Sandbox(room / "hub", manifest=MANIFEST) as hub:
        hub.create_repository(NAME, source=project)
        hub.add_person("ada")
        hub.grant(NAME, "ada", "write")
        hub.set_variable(None, "PYTHON", sys.executable)
        hub.actions.environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        yield hub


@pytest.mark.parametrize(
    ("path", "content", "conclusion"),
    [
        ("NEWS.md", "# News\n", "success"),
        ("app/backend/health.py", "raise RuntimeError('broken')\n", "failure"),
    ],
    ids=["green", "red"],
)
def test_a_push_is_tested(hub: Sandbox, path: str, content: str, conclusion: str) -> None:
    hub.write_file(NAME, path, content, by="ada")
    run = hub.wait_for_runs(NAME)[-1]
    said = hub.run_log(NAME, run.id)
    assert run.conclusion == conclusion, said
    assert ("RuntimeError: broken" in said) == (conclusion == "failure")
    (job,) = hub.jobs(NAME, run.id)
    steps = {step.name: step.conclusion for step in job.steps}
    assert steps["Run make test"] == conclusion
    assert steps["Run make check"] == ("success" if conclusion == "success" else "skipped")
