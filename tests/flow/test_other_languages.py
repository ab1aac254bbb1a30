"""A repository in a language that we can't test by ourselves: told before anything is spent."""

from collections.abc import Callable
from pathlib import Path

import yaml

from app.domain.record import Record
from app.domain.run import UNUSED
from app.domain.stage import Stage, standing
from app.wiring import read_record
from tests.flow.house import OWNER, WRITER, House

SHIPS = "ships"
SCENARIO = """\
name: ships
description: A change in whatever language.
attempts:
  - - write: {path: ship.go, content: "package ship\\n"}
    - commit: Add a ship
"""
PASSED = 'echo \'<testsuite><testcase name="floats"/></testsuite>\' > "$ORC_OUT/junit.xml"'


def ended(home: House, number: int, stage: Stage) -> Record:
    """The record of an issue there, once it is at `stage`."""
    home.until(lambda: standing(home.sandbox.issue(SHIPS, number).labels) is stage)
    home.quiet()
    repository, secret = home.sandbox.repository(SHIPS), home.sandbox.app.webhook_secret
    texts = [comment.body for comment in home.sandbox.comments(SHIPS, number)]
    found = [read_record(text, repository.id, number, secret) for text in texts]
    (record,) = filter(None, found)
    return record


def test_a_person_says_how_it_is_tested(make_house: Callable[..., House], tmp_path: Path) -> None:
    scenario = tmp_path / "ships.yaml"
    scenario.write_text(SCENARIO)
    home = make_house(scenario=str(scenario), config={"test": {}})
    home.sandbox.create_repository(SHIPS, private=False)
    home.sandbox.grant(SHIPS, OWNER, "admin")
    home.sandbox.grant(SHIPS, WRITER, "write")
    home.sandbox.write_file(SHIPS, "go.mod", "module ships\n", by=WRITER)
    home.start()
    labels = ["orchestrate"]
    number = home.sandbox.open_issue(SHIPS, by=WRITER, title="A ship", labels=labels).number

    record = ended(home, number, Stage.BLOCKED)
    assert "This is a Go project (go.mod)" in record.reason
    assert "`test.command`" in record.reason
    assert (record.attempts, record.total) == ((), UNUSED)

    said = yaml.safe_dump({"test": {"command": PASSED}})
    home.sandbox.write_file(SHIPS, ".github/orchestrator.yml", said, by=WRITER)
    home.sandbox.wait_idle()
    home.sandbox.comment(SHIPS, number, "/retry", by=WRITER)
    assert [one.outcome for one in ended(home, number, Stage.DONE).attempts] == ["passed"]
