"""A project gets what is new in its template: by git alone, or with a developer for what collides.

The project is made from an older version of the real template, which is on the shelf.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.record import Record
from app.domain.spec import Kind
from app.domain.stage import Stage
from app.sandbox import Fault
from app.scaffold.recorded import ANSWERS_FILE, parse
from app.scaffold.template import digest, service
from tests.flow.house import OWNER, REPO, House
from tests.flow.updating import (
    MAKEFILE,
    NEW,
    PASSES,
    WORKFLOW,
    keep,
    made_project,
    older_template,
)

MakeHouse = Callable[..., House]
ASKED = {"kind": "template update", "checks": ["The tests pass."]}
OWNER_SAYS = {"product-owner": [[{"say": "The newest template."}, {"report": ASKED}]]}
MINE = "## List the targets, as I want it"


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return older_template(tmp_path_factory.mktemp("older"))


@pytest.fixture(scope="module")
def project(older: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_project(older, tmp_path_factory.mktemp("made") / "project")


@pytest.fixture
def made(
    make_house: MakeHouse,
    older: Path,
    project: Path,
    tmp_path: Path,
) -> Callable[..., House]:
    """A house whose repository is that project; what the developer does in each attempt."""

    def make(*attempts: list[dict[str, Any]]) -> House:
        said = {"name": "update", "description": "d", "roles": OWNER_SAYS}
        file = tmp_path / "update.yaml"
        file.write_text(json.dumps({**said, "attempts": list(attempts) or [[{"say": "No."}]]}))
        keep(tmp_path, older)
        team = ["product-owner", "architect"]
        config = {"team": team, "merge": "by-person", "test": {"command": PASSES}}
        return make_house(scenario=str(file), config=config, source=lambda _into: project)

    return make


def asked(home: House, *stages: Stage) -> tuple[int, Record]:
    number = home.ask("Take up the newest template")
    return number, home.wait(number, *stages)


def files(home: House, record: Record) -> dict[str, str]:
    """What the task's branch holds of what the template changed."""
    wanted = (WORKFLOW, MAKEFILE, NEW, ANSWERS_FILE)
    return {name: home.git("show", f"{record.branch}:{name}") for name in wanted}


def test_what_git_can_merge_costs_no_agent(made: Callable[..., House]) -> None:
    home = made()
    home.start()
    number, record = asked(home, Stage.REVIEW)
    assert record.spec is not None
    assert record.spec.kind is Kind.UPDATE
    assert [attempt.outcome for attempt in record.attempts] == ["passed"]
    assert list((home.root / "state" / "runs").glob("*-developer-*")) == []
    there = files(home, record)
    assert "## List the targets" in there[MAKEFILE]
    assert not there[WORKFLOW].startswith("# Old")
    assert parse(there[ANSWERS_FILE]).digest == digest(service())
    (pull,) = home.sandbox.pull_requests(REPO)
    assert "No agent has worked on this" in pull.body
    home.sandbox.merge_pull_request(REPO, pull.number, by=OWNER)
    home.wait(number, Stage.DONE)
    again, record = asked(home, Stage.DONE)
    assert record.attempts == ()
    said = home.bot_comments(again)[-1]
    assert "up to date with its template" in said
    assert digest(service()).removeprefix("sha256:")[:12] in said
    assert home.sandbox.issue(REPO, again).state == "closed"


def test_pushes_whose_answers_are_lost(made: Callable[..., House]) -> None:
    """Of what comes first, and of the rest."""
    home = made()
    home.start()
    home.sandbox.inject(Fault("git:push", "write_then_fail", times=2))
    _, record = asked(home, Stage.REVIEW)
    assert not home.sandbox.pending_faults
    assert [attempt.outcome for attempt in record.attempts] == ["passed"]
    log = home.git("log", "--format=%s", f"main..{record.branch}").splitlines()
    assert log == ["Take up the newest template", "Take up the template's workflows and settings"]


def test_what_collides_is_a_developers(made: Callable[..., House]) -> None:
    """It finds the update begun, and what it leaves undone comes back to it."""
    text = (service() / "project" / f"{MAKEFILE}.jinja").read_text()
    settled = {"write": {"path": MAKEFILE, "content": text.replace("## List the targets", MINE)}}
    home = made(
        [{"write": {"path": "NOTE.md", "content": "Later.\n"}}, {"commit": "Note"}],
        [settled, {"commit": "Settle"}],
    )
    source = home.git("show", f"main:{MAKEFILE}")
    ours = source.replace("## Say what there is", MINE)
    home.sandbox.write_file(REPO, MAKEFILE, ours, by=OWNER)
    home.start()
    _, record = asked(home, Stage.REVIEW)
    assert [attempt.outcome for attempt in record.attempts] == ["refused", "passed"]
    told = (home.root / "state" / "runs").glob("*.1-developer-*/job/prompt.md")
    assert "The template that this project was made from has moved" in next(told).read_text()
    there = files(home, record)
    assert MINE in there[MAKEFILE]
    assert not there[WORKFLOW].startswith("# Old")
    assert parse(there[ANSWERS_FILE]).digest == digest(service())
    log = home.git("log", "--format=%p", f"main..{record.branch}").splitlines()
    assert [len(line.split()) for line in log] == [1, 1]  # no merges of a history of its own


def test_a_project_of_nobodys_template_waits_for_a_person(made: Callable[..., House]) -> None:
    home = made()
    home.sandbox.write_file(REPO, ANSWERS_FILE, "_src_path: service\n", by=OWNER)
    home.start()
    _, record = asked(home, Stage.BLOCKED)
    assert "names no digest of a template" in record.reason
