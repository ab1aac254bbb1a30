"""The base moved where the task's branch did: one merge settles it, and nobody is asked again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.record import Record
from app.domain.stage import Stage
from tests.flow.house import REPO, House
from tests.flow.test_complaints import (
    BY_PERSON,
    FIRST_TRY,
    NOTE,
    SETTLED,
    begun,
    behind,
    change_base,
    in_review,
    scenario,
    started,
)

MakeHouse = Callable[..., House]


def settled(home: House, number: int, attempts: int = 2) -> Record:
    home.until(lambda: len(home.record(number).attempts) == attempts)
    return home.wait(number, Stage.REVIEW, Stage.DONE)


def merges(home: House, sha: str | None) -> list[str]:
    """The commits that a commit of a branch merges."""
    return home.git("show", "-s", "--format=%P", str(sha)).split()


def test_a_conflict_is_settled_in_one_merge_and_asks_nobody(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    """Not with another approval either; and markers that are left go back to the agent."""
    file = scenario(tmp_path, [FIRST_TRY], NOTE, SETTLED)
    home, number = in_review(make_house, file, {**BY_PERSON, "plan_approval": "always"})
    before = home.record(number)
    change_base(home)
    record = settled(home, number, 3)
    (told,) = (home.root / "state" / "runs").glob("*.2-developer-*/job/prompt.md")
    assert "conflicts with your work in README.md" in " ".join(told.read_text().split())
    assert "tests passed" not in told.read_text()  # what passed is nothing to be mended
    assert [attempt.outcome for attempt in record.attempts] == ["passed", "refused", "passed"]
    assert record.approved == before.approved
    assert record.pull_request == before.pull_request
    base = home.sandbox.branches(REPO)["main"]
    assert merges(home, record.verified) == [before.verified, base]


def test_a_conflict_that_arises_while_the_agent_works_is_settled_before_the_merge(
    make_house: MakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sweep is needed: GitHub refuses the merge."""
    behind(tmp_path / "door", monkeypatch)
    home = started(make_house, scenario=scenario(tmp_path, [FIRST_TRY], SETTLED))
    number = home.ask()
    begun(home, number)
    change_base(home)
    (tmp_path / "door").touch()
    record = home.wait(number, Stage.DONE)
    assert [attempt.outcome for attempt in record.attempts] == ["passed", "passed"]


def test_what_people_have_settled_meanwhile_costs_no_agent(
    make_house: MakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the task waits for the slot; then git can merge it alone, and the tests are run."""
    door = tmp_path / "door"
    behind(door, monkeypatch)
    door.touch()
    home, number = in_review(make_house, scenario(tmp_path, [FIRST_TRY], SETTLED))
    before = home.record(number)
    door.unlink()
    other = home.ask("Another")
    home.wait(other, Stage.BUILDING)
    change_base(home)
    home.wait(number, Stage.QUEUED)
    change_base(home, branch=before.branch)
    moved = home.sandbox.branches(REPO)[before.branch]
    home.say(other, "/cancel")
    record = settled(home, number)
    assert record.attempts[-1].outcome == "passed"
    assert record.total == before.total
    assert merges(home, record.verified) == [moved, home.sandbox.branches(REPO)["main"]]
