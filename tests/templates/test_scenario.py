"""What the scripted team writes into a new project's files is what the template made, and more."""

from pathlib import Path

import pytest

from app.agents.scenario import load_scenario
from app.cli.demo.stand import PERSON
from app.sandbox.scenario_list import builtin_scenarios
from tests.templates import making

TEAM = load_scenario(builtin_scenarios()["team"])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert TEAM.issue is not None
    return making.make(
        tmp_path_factory.mktemp("lobby") / "project",
        ("backend",),
        project_name="lobby-menu",
        project_description=TEAM.issue.title,
        task_description=next(step.say for step in TEAM.roles["product-owner"][1] if step.say),
        author_name=PERSON,
        author_email=f"{PERSON}@users.noreply.github.com",
    )


@pytest.mark.parametrize("path", ["README.md", "app/backend/application.py"])
def test_no_line_of_the_template_is_lost(project: Path, path: str) -> None:
    writes = [step.write for attempt in TEAM.attempts for step in attempt if step.write]
    (content,) = {write.content for write in writes if write.path == path}
    gained = [line for line in content.splitlines() if "lunch" in line]
    left = [line.replace("health, lunch, notes", "health, notes") for line in content.splitlines()]
    made = (project / path).read_text().splitlines()
    assert gained
    assert [line for line in made if line not in left] == []
    assert len(content.splitlines()) <= len(made) + 2
