"""Who can start what: people with write access, by the configured triggers, nobody else."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from app.domain.stage import Stage
from tests.flow.house import OWNER, REPO, STRANGER, WRITER, House

TRIAGER = "tara"  # may label, may not write


def opened(home: House, by: str, body: str = "") -> int:
    return home.sandbox.open_issue(REPO, by=by, title="A request", body=body).number


def labelled(home: House, by: str) -> int:
    number = opened(home, STRANGER)
    home.sandbox.add_label(REPO, number, "orchestrate", by=by)
    return number


def commented(home: House, by: str, body: str) -> int:
    number = opened(home, STRANGER)
    home.say(number, body, by=by)
    return number


def add_bug(home: House) -> int:
    number = opened(home, WRITER)
    home.sandbox.add_label(REPO, number, "bug", by=WRITER)
    return number


@dataclass(frozen=True)
class Case:
    id: str
    act: Callable[[House], int]


STARTS = [
    Case("label by a writer", lambda home: labelled(home, WRITER)),
    Case("opened with the label", lambda home: home.ask(by=WRITER)),
    Case("mention in a body", lambda home: opened(home, WRITER, "@orc please")),
    Case("mention in a comment", lambda home: commented(home, WRITER, "@orc please")),
    Case("command", lambda home: commented(home, OWNER, "/retry")),
]
STARTS_NOTHING = [
    Case("plain issue by a writer", lambda home: opened(home, WRITER)),
    Case("another label", add_bug),
    Case("label by someone who may only label", lambda home: labelled(home, TRIAGER)),
    Case("mention in a body by a stranger", lambda home: opened(home, STRANGER, "@orc please")),
    Case("mention by a stranger", lambda home: commented(home, STRANGER, "@orc please")),
    Case("command by a stranger", lambda home: commented(home, STRANGER, "/retry\n/plan")),
    Case("question by a stranger", lambda home: commented(home, STRANGER, "/status\n/help")),
    Case("command by someone who may only label", lambda home: commented(home, TRIAGER, "/retry")),
    Case("quoted command by a writer", lambda home: commented(home, WRITER, "> /retry")),
    Case("command in code by a writer", lambda home: commented(home, WRITER, "```\n/retry\n```")),
]


@pytest.fixture
def peopled(make_house: Callable[..., House]) -> House:
    home = make_house(scenario="nothing", config={"attempts": 1})
    home.sandbox.add_person(TRIAGER)
    home.sandbox.grant(REPO, TRIAGER, "triage")
    home.start()
    return home


@pytest.mark.parametrize("case", STARTS, ids=lambda case: case.id)
def test_starts(case: Case, peopled: House) -> None:
    peopled.wait(case.act(peopled), Stage.BLOCKED)


def test_starts_nothing_and_says_nothing(peopled: House) -> None:
    mark = len(peopled.sandbox.requests)
    numbers = {case.id: case.act(peopled) for case in STARTS_NOTHING}
    peopled.quiet()
    for case_id, number in numbers.items():
        assert peopled.stage(number) is None, case_id
        assert peopled.bot_comments(number) == [], case_id
        comments = peopled.sandbox.comments(REPO, number)
        assert not any(comment.reactions for comment in comments), case_id
    assert [r for r in peopled.sandbox.requests[mark:] if r.writes and "token" not in r.route] == []


def test_a_stranger_can_not_spend_our_requests(peopled: House) -> None:
    number = opened(peopled, STRANGER)
    mark = len(peopled.sandbox.requests)
    for _ in range(20):
        peopled.say(number, "/status", by=STRANGER)
    peopled.quiet()
    assert [r.route for r in peopled.sandbox.requests[mark:]][2:] == []


@pytest.mark.parametrize(("by", "starts"), [(WRITER, True), (STRANGER, False)])
def test_every_issue_of_an_intake_repository(
    by: str, starts: bool, make_house: Callable[..., House]
) -> None:
    config = {"triggers": {"intake": [REPO]}, "attempts": 1}
    home = make_house(scenario="nothing", config=config)
    home.start()
    number = opened(home, by)
    if starts:
        home.wait(number, Stage.BLOCKED)
    home.quiet()
    assert (home.stage(number) is not None) is starts


def test_a_stranger_does_not_disturb_a_task(make_house: Callable[..., House]) -> None:
    home = make_house(scenario="first-try", config={"merge": "by-person"})
    home.start()
    number = home.ask()
    home.wait(number, Stage.REVIEW)
    for body in ("/cancel", "/retry", "@orc again", "/plan"):
        home.say(number, body, by=STRANGER)
    home.sandbox.remove_label(REPO, number, "orchestrate", by=WRITER)
    home.sandbox.add_label(REPO, number, "orchestrate", by=WRITER)
    home.quiet()
    assert home.stage(number) is Stage.REVIEW
    assert len(home.bot_comments(number)) == 1


def test_what_the_app_does_itself_triggers_nothing(make_house: Callable[..., House]) -> None:
    """Its comments name commands and itself; its labels are labels."""
    home = make_house(scenario="nothing", config={"attempts": 1})
    home.start()
    number = home.ask()
    home.wait(number, Stage.BLOCKED)
    home.quiet()
    record = home.record(number)
    bot = home.sandbox.app.bot_login
    home.sandbox.comment(REPO, number, "/retry\n\n@orc", by=bot)
    home.quiet()
    assert home.record(number) == record


def test_a_fork_s_branch_of_our_name_is_not_ours(make_house: Callable[..., House]) -> None:
    """A pull request that merely names its branch as ours ends nothing."""
    home = make_house(scenario="nothing", config={"attempts": 1})
    home.start()
    number = home.ask()
    record = home.wait(number, Stage.BLOCKED)
    assert record.pull_request is None
