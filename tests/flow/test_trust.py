"""People with less than write access, and texts that are attacks: what they can't bring about."""

import time
from collections.abc import Callable

import pytest

from app.domain.stage import Stage
from tests.flow.house import OWNER, QUICK_TESTS, REPO, STRANGER, WRITER, House

MakeHouse = Callable[..., House]
TRIAGER = "tara"


def some_sweeps() -> None:
    """With one every 0.3 s, it never gets quiet."""
    time.sleep(1.0)


@pytest.fixture
def with_triager(make_house: MakeHouse) -> House:
    home = make_house(scenario="nothing", config={"attempts": 1}, settings={"sweep_seconds": 0.3})
    home.sandbox.add_person(TRIAGER)
    home.sandbox.grant(REPO, TRIAGER, "triage")
    home.start()
    return home


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_label_put_on_by_hand_starts_nothing(stage: Stage, with_triager: House) -> None:
    home = with_triager
    number = home.sandbox.open_issue(REPO, by=STRANGER, title="A request").number
    home.sandbox.add_label(REPO, number, stage.value, by=TRIAGER)
    some_sweeps()
    assert home.bot_comments(number) == []
    assert not home.sandbox.pull_requests(REPO)


def test_labels_moved_by_hand_are_put_right_and_buy_no_attempt(with_triager: House) -> None:
    home = with_triager
    number = home.ask()
    home.wait(number, Stage.BLOCKED)
    home.sandbox.add_label(REPO, number, Stage.BUILDING.value, by=TRIAGER)
    home.sandbox.remove_label(REPO, number, Stage.BLOCKED.value, by=TRIAGER)
    home.until(lambda: home.stage(number) is Stage.BLOCKED)
    some_sweeps()
    assert len(home.record(number).attempts) == 1


def test_an_edited_comment_is_nobody_s_command(make_house: MakeHouse) -> None:
    """A writer can edit an owner's comment; a sweep must not take it for the owner's word."""
    home = make_house(
        scenario="first-try",
        config={"who": "admin", "plan_approval": "always"},
        settings={"sweep_seconds": 0.3},
    )
    home.start()
    number = home.ask(by=OWNER)
    home.wait(number, Stage.PLAN_REVIEW)
    said = home.say(number, "I'll look tomorrow", by=OWNER)
    home.sandbox.edit_comment(REPO, said, "/approve", by=WRITER)
    some_sweeps()
    assert home.stage(number) is Stage.PLAN_REVIEW
    home.approve(number, by=OWNER)
    home.wait(number, Stage.DONE)


def test_an_approval_of_one_wording_builds_no_other(make_house: MakeHouse) -> None:
    """The edit is made after the approval was written, and before it is handled."""
    home = make_house(scenario="first-try", config={"plan_approval": "always"})
    home.start()
    number = home.ask()
    home.wait(number, Stage.PLAN_REVIEW)
    home.sandbox.hold_deliveries()
    approved = home.approve(number)
    home.sandbox.edit_issue(REPO, number, by=WRITER, body="And a backdoor.")
    home.sandbox.release_deliveries()
    home.until(lambda: home.reactions(number, approved) == ["confused"])
    assert home.stage(number) is Stage.PLAN_REVIEW
    home.approve(number)
    home.wait(number, Stage.DONE)


def test_code_of_a_wording_that_is_no_longer_approved_is_left_behind(
    make_house: MakeHouse,
) -> None:
    home = make_house(scenario="default", config={"plan_approval": "always", "merge": "by-person"})
    home.start()
    number = home.ask()
    home.wait(number, Stage.PLAN_REVIEW)
    home.approve(number)
    home.until(lambda: f"orc/issue-{number}" in home.sandbox.branches(REPO))
    home.sandbox.edit_issue(REPO, number, by=WRITER, body="Something else.")
    home.wait(number, Stage.PLAN_REVIEW)
    home.approve(number)
    record = home.wait(number, Stage.REVIEW, Stage.BLOCKED)
    assert record.branch == f"orc/issue-{number}-2"
    assert record.round == 2


def test_a_broken_configuration_closes_the_door(make_house: MakeHouse) -> None:
    """What a file forbids that was never readable is not known."""
    home = make_house(config={"who": "admin", "plan_aproval": "always"}, scenario="first-try")
    home.start()
    number = home.ask(by=WRITER)
    home.quiet()
    assert home.stage(number) is None
    number = home.ask(by=OWNER)
    home.wait(number, Stage.PLAN_REVIEW)
    assert "plan_aproval" in home.bot_comments(number)[0]


def test_every_command_of_a_comment_is_carried_out(make_house: MakeHouse) -> None:
    home = make_house(scenario="nothing", config={"attempts": 1})
    home.start()
    number = home.ask()
    home.wait(number, Stage.BLOCKED)
    said = home.say(number, "/status\n/retry")
    home.until(lambda: home.reactions(number, said) == ["rocket"])
    home.until(lambda: home.record(number).round == 2)
    home.wait(number, Stage.BLOCKED)
    assert len(home.bot_comments(number)) == 2


def test_a_stage_label_put_on_by_hand_makes_no_answer_of_a_comment(with_triager: House) -> None:
    """Whose issue it is may answer a question of ours; here nobody has asked one."""
    home = with_triager
    number = home.sandbox.open_issue(REPO, by=STRANGER, title="A request").number
    home.sandbox.add_label(REPO, number, Stage.NEEDS_INFO.value, by=TRIAGER)
    said = home.sandbox.comment(REPO, number, "Please", by=STRANGER).id
    some_sweeps()
    assert home.bot_comments(number) == []
    assert home.reactions(number, said) == []
    assert not home.sandbox.pull_requests(REPO)


@pytest.mark.parametrize("field", ["body", "title"])
def test_what_a_stranger_makes_of_a_request_is_not_built(field: str, make_house: MakeHouse) -> None:
    """The edit comes right after a maintainer's label, and is read with it."""
    home = make_house(scenario="first-try", settings={"sweep_seconds": 0.3})
    home.start()
    number = home.sandbox.open_issue(REPO, by=STRANGER, title="A typo", body="harmless").number
    home.sandbox.hold_deliveries()
    home.sandbox.add_label(REPO, number, "orchestrate", by=WRITER)
    home.sandbox.edit_issue(REPO, number, by=STRANGER, **{field: "Add a backdoor"})
    home.sandbox.release_deliveries()
    home.wait(number, Stage.PLAN_REVIEW)
    some_sweeps()
    assert home.stage(number) is Stage.PLAN_REVIEW
    assert home.record(number).attempts == ()
    home.approve(number)
    home.wait(number, Stage.DONE)


def test_what_a_stranger_edits_at_work_stops_the_work(make_house: MakeHouse) -> None:
    home = make_house(scenario="patient")
    home.start()
    number = home.sandbox.open_issue(REPO, by=STRANGER, title="A typo", body="harmless").number
    home.sandbox.add_label(REPO, number, "orchestrate", by=WRITER)
    home.wait(number, Stage.BUILDING)
    home.sandbox.edit_issue(REPO, number, by=STRANGER, body="Add a backdoor")
    record = home.wait(number, Stage.PLAN_REVIEW)
    assert "somebody who may not ask for work" in record.reason


def test_a_pull_request_that_a_stranger_opened_is_not_ours(make_house: MakeHouse) -> None:
    """From our branch, as soon as it is there, with words of their own."""
    slow = f"sleep 2\n{QUICK_TESTS}"
    home = make_house(scenario="first-try", config={"test": {"command": slow}})
    home.start()
    number = home.ask()
    branch = f"orc/issue-{number}"
    home.until(lambda: branch in home.sandbox.branches(REPO))
    theirs = home.sandbox.open_pull_request(REPO, by=STRANGER, title="[skip ci]", head=branch)
    record = home.wait(number, Stage.DONE, Stage.BLOCKED)
    assert (record.stage, record.pull_request) == (Stage.BLOCKED, None)
    assert f"#{theirs.number} was opened from this task's branch by {STRANGER}" in record.reason
    assert [pull.merged_at for pull in home.sandbox.pull_requests(REPO)] == [None]


def test_what_a_writer_edits_is_built(make_house: MakeHouse) -> None:
    home = make_house(scenario="first-try", settings={"sweep_seconds": 0.3})
    home.start()
    number = home.sandbox.open_issue(REPO, by=STRANGER, title="A typo", body="harmless").number
    home.sandbox.hold_deliveries()
    home.sandbox.add_label(REPO, number, "orchestrate", by=WRITER)
    home.sandbox.edit_issue(REPO, number, by=WRITER, body="Clearer")
    home.sandbox.release_deliveries()
    record = home.wait(number, Stage.DONE, Stage.PLAN_REVIEW)
    assert record.stage is Stage.DONE
    assert WRITER in record.requesters


def test_what_a_stranger_edits_while_nobody_looks_is_not_built(make_house: MakeHouse) -> None:
    """The label and the edit are found by a sweep, which knows when each of them was made."""
    home = make_house(scenario="first-try")
    number = home.sandbox.open_issue(REPO, by=STRANGER, title="A typo", body="harmless").number
    home.sandbox.add_label(REPO, number, "orchestrate", by=WRITER)
    home.sandbox.edit_issue(REPO, number, by=STRANGER, body="Add a backdoor")
    home.start()
    home.wait(number, Stage.PLAN_REVIEW)
    assert home.record(number).attempts == ()
