"""A request for a program of its own: a repository is made for it, and it is built there."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.record import Record
from app.domain.stage import Stage, standing
from app.wiring import read_record
from tests.flow.house import REPO, WRITER, House

MakeHouse = Callable[..., House]
NAME = "menu-board"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
# This interpreter has all that the project needs, and plugins that the project has not.
READY = {"PYTHON": sys.executable, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
CONFIG: dict[str, Any] = {
    "team": ["product-owner"],
    "plan_approval": "new-projects",
    "new_projects": {"repositories": [REPO], "python": PYTHON},
}
OWNER = [
    {"say": "`GET /menu` answers with the dishes of the day."},
    {
        "report": {
            "kind": "new project",
            "project": {"name": NAME, "modules": ["backend"]},
            "checks": ["GET /menu answers 200."],
        }
    },
]
TEST = """\
import pathlib


def test_the_menu_is_there() -> None:
    assert pathlib.Path("MENU.md").read_text() == "Soup\\n"
"""
DEVELOPER = [
    {"write": {"path": "MENU.md", "content": "Soup\n"}},
    {"write": {"path": "tests/test_menu.py", "content": TEST}},
    {"commit": "Serve soup"},
]


@pytest.fixture
def house(make_house: MakeHouse, tmp_path: Path) -> Callable[..., House]:
    def made(owner: Any = OWNER, **config: Any) -> House:
        said = {
            "name": "founding",
            "description": "d",
            "attempts": [DEVELOPER],
            "roles": {"product-owner": [owner]},
        }
        file = tmp_path / "founding.yaml"
        file.write_text(json.dumps(said))
        settings = {"run_environment": READY}
        home = make_house(scenario=str(file), config={**CONFIG, **config}, settings=settings)
        home.sandbox.actions.environment |= READY
        home.start()
        return home

    return made


def record_of(home: House, name: str, number: int) -> Record | None:
    sandbox = home.sandbox
    repository = sandbox.repository(name)
    for comment in sandbox.comments(name, number):
        record = read_record(comment.body, repository.id, number, sandbox.app.webhook_secret)
        if record is not None:
            return record
    return None


def stage_of(home: House, name: str, number: int) -> Stage | None:
    return standing(home.sandbox.issue(name, number).labels)


def names(home: House) -> set[str]:
    return {one.name for one in home.sandbox.state.repositories.values()}


def test_it_is_made_and_built_there(house: Callable[..., House]) -> None:
    home = house(merge="on-green")
    number = home.ask("A board with the menu", "For the canteen.")
    home.wait(number, Stage.PLAN_REVIEW)
    assert NAME not in names(home)
    home.approve(number)
    record = home.wait(number, Stage.DONE)
    stages = [visit.stage for visit in record.history]
    assert stages[-3:] == [Stage.BUILDING, Stage.PARTS, Stage.DONE]
    assert home.sandbox.issue(REPO, number).state == "closed"
    made = record_of(home, NAME, 1)
    assert made is not None
    assert made.parent is not None
    assert (made.parent.repo.name, made.parent.number) == (REPO, number)
    assert [attempt.outcome for attempt in made.attempts] == ["passed"]
    (pull,) = home.sandbox.pull_requests(NAME)
    assert pull.merged
    assert [(part.stage, part.merged) for part in record.parts] == [(Stage.DONE, made.merged)]
    repository = home.sandbox.repository(NAME)
    assert repository.private
    assert repository.roles[WRITER] == "write"
    assert {label.name for label in repository.labels.values()} >= {"orchestrate", *Stage}
