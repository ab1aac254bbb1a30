"""What no delivery told, or was given up, is found by a sweep, and by each that comes after it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app.domain.stage import Stage
from app.engine import clock
from app.engine.ports import Unanswered
from app.github import queries
from app.github.api import Api
from app.github.auth import Access
from app.sandbox import Fault
from tests.flow.house import REPO, WRITER, House

MakeHouse = Callable[..., House]
SLOW = {"agent": "10m", "idle": "10m"}


def surveys(home: House) -> int:
    return sum(request.operation == "Survey" for request in home.sandbox.requests)


def test_what_a_sweep_gave_up_is_taken_up_by_the_next(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub makes no labels for longer than a delivery and a sweep are tried."""
    monkeypatch.setattr("app.github.survey.OVERLAP", timedelta())
    home = make_house(settings={"sweep_seconds": 2.5, "retry_seconds": 0.01})
    home.start()
    home.sandbox.inject(Fault("graphql:CreateLabels", "fail", times=12))
    number = home.ask()
    home.until(lambda: not home.sandbox.pending_faults)
    assert home.stage(number) is None
    home.wait(number, Stage.DONE)


def test_one_repository_that_never_answers_keeps_no_other_from_being_swept(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Api.query

    async def slow(self: Api, access: Access, document: str, **given: object) -> object:
        if document == queries.SURVEY and given["name"] == ".github":
            raise Unanswered("Something went wrong while executing your query")
        return await query(self, access, document, **given)

    monkeypatch.setattr(Api, "query", slow)
    home = make_house()
    number = home.ask()
    home.start()
    home.wait(number, Stage.DONE)


def test_weeks_away(make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_house()
    asked = home.ask()
    other = home.sandbox.open_issue(REPO, by=WRITER, title="One more").number
    comment = home.say(other, "/retry")

    def later() -> datetime:
        return clock.now() + timedelta(days=20)

    monkeypatch.setattr("app.github.survey.now", later)
    home.start()
    home.wait(asked, Stage.DONE)
    home.until(lambda: home.reactions(other, comment) == ["rocket"])


def test_a_command_edited_while_the_app_was_down(make_house: MakeHouse) -> None:
    """Who edited it need not be who wrote it: it is not carried out, and that can be seen."""
    home = make_house()
    number = home.sandbox.open_issue(REPO, by=WRITER, title="One more endpoint").number
    comment = home.say(number, "/retyr")
    home.sandbox.edit_comment(REPO, comment, "/retry", by=WRITER)
    home.start()
    home.until(lambda: home.reactions(number, comment) == ["confused"])
    home.quiet()
    assert home.stage(number) is None


@pytest.fixture
def at_work(make_house: MakeHouse) -> tuple[House, int]:
    """A task that only a comment asked for, so that no label of a person's says so."""
    home = make_house(scenario="hang", config={"deadlines": SLOW})
    home.start()
    number = home.sandbox.open_issue(REPO, by=WRITER, title="One more endpoint").number
    home.say(number, "/retry")
    home.wait(number, Stage.BUILDING)
    home.until(lambda: bool(agents(home)))
    home.quiet()
    return home, number


def agents(home: House) -> set[str]:
    return {path.parent.name for path in (home.root / "state" / "runs").glob("*/job.json")}


@pytest.mark.parametrize("how", ["taken away", "another one set", "moved"])
def test_a_stage_label_is_mended_at_once(at_work: tuple[House, int], how: str) -> None:
    home, number = at_work
    if how != "taken away":
        home.sandbox.add_label(REPO, number, Stage.DONE.value, by=WRITER)
    if how != "another one set":
        home.sandbox.remove_label(REPO, number, Stage.BUILDING.value, by=WRITER)
    home.until(lambda: labels(home, number) == {Stage.BUILDING.value})
    home.quiet()
    assert labels(home, number) == {Stage.BUILDING.value}


def labels(home: House, number: int) -> set[str]:
    return set(home.sandbox.issue(REPO, number).labels)


@pytest.mark.parametrize("how", ["taken away", "moved"])
def test_a_stage_label_while_the_app_was_down(at_work: tuple[House, int], how: str) -> None:
    """Its agent's run is one of a task, and goes on."""
    home, number = at_work
    before = agents(home)
    home.stop()
    home.sandbox.remove_label(REPO, number, Stage.BUILDING.value, by=WRITER)
    if how == "moved":
        home.sandbox.add_label(REPO, number, Stage.DONE.value, by=WRITER)
    home.start()
    home.wait(number, Stage.BUILDING)
    home.quiet()
    assert agents(home) == before
