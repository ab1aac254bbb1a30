"""Configuration as people write it: in force after a push, told on the issue where it is wrong."""

from collections.abc import Callable

import pytest

from app.domain.record import Record
from app.domain.stage import Stage
from tests.flow.house import DEFAULTS, OWNER, REPO, STRANGER, WRITER, House

MakeHouse = Callable[..., House]
ENDED = (Stage.DONE, Stage.BLOCKED, Stage.PLAN_REVIEW)


@pytest.fixture
def home(make_house: MakeHouse) -> House:
    """One attempt that fails for want of a change: what is decided is not this file's matter."""
    made = make_house(scenario="nothing", config={"attempts": 1})
    made.start()
    return made


def push_project(home: House, text: str) -> None:
    home.sandbox.write_file(REPO, ".github/orchestrator.yml", text, by=WRITER)


def push_organization(home: House, text: str) -> None:
    home.sandbox.write_file(".github", "orchestrator.yml", text, by=OWNER)


def task(home: House) -> tuple[int, Record, str]:
    """A task that has ended; its number, record, and status comment."""
    home.sandbox.wait_idle()
    number = home.ask()
    record = home.wait(number, *ENDED)
    home.quiet()
    return number, record, home.bot_comments(number)[0]


@pytest.mark.parametrize(
    ("push", "text", "where"),
    [
        (push_project, "attempts: 2\nmerge: always\n", f"acme/{REPO}:.github/orchestrator.yml"),
        (push_organization, "attempts: 2\nmerge: always\n", "acme/.github:orchestrator.yml"),
    ],
    ids=["project", "organisation"],
)
def test_a_wrong_file_is_told_and_the_last_good_one_stays(
    push: Callable[[House, str], None], text: str, where: str, home: House
) -> None:
    push(home, text)
    _, record, comment = task(home)
    assert f"{where}, line 2: merge: " in comment
    assert "'by-person' or 'on-green'" in comment
    assert "The last good one stays in force." in comment
    assert "> [!WARNING]" in comment
    assert len(record.attempts) == 1  # as the last good one says


def test_corrected_by_a_push_it_is_in_force_without_a_restart(home: House) -> None:
    push_project(home, "attempts: many\n")
    _, _, comment = task(home)
    assert "line 1: attempts: " in comment
    push_project(home, "attempts: 2\n")
    _, record, comment = task(home)
    assert "> [!WARNING]" not in comment
    assert len(record.attempts) == 2


def test_the_warning_goes_from_a_task_that_goes_on(home: House) -> None:
    push_project(home, "attempts: many\n")
    number, _, comment = task(home)
    assert "> [!WARNING]" in comment
    push_project(home, "attempts: 1\n")
    home.sandbox.wait_idle()
    home.say(number, "/retry")
    home.until(lambda: home.record(number).round == 2)
    home.wait(number, Stage.BLOCKED)
    home.until(lambda: "> [!WARNING]" not in home.bot_comments(number)[0])


def test_wrong_from_the_beginning_lets_nobody_work_unasked(make_house: MakeHouse) -> None:
    """What it would have forbidden is not known; `on-green` of the other file does not hold."""
    home = make_house(scenario="first-try")
    push_project(home, "who: nobody\n")
    home.start()
    number = home.sandbox.open_issue(
        REPO, by=OWNER, title="One more endpoint", labels=["orchestrate"]
    ).number
    home.wait(number, Stage.PLAN_REVIEW)
    home.quiet()
    (comment,) = home.bot_comments(number)
    assert f"acme/{REPO}:.github/orchestrator.yml, line 1: who: " in comment
    assert "Correct it and push." in comment
    assert home.stage(number) is Stage.PLAN_REVIEW


def test_wrong_from_the_beginning_is_told_once_to_people_who_could_ask(
    make_house: MakeHouse,
) -> None:
    home = make_house(scenario="nothing", config={"attempts": 1})
    push_project(home, "who: nobody\n")
    home.start()
    number = home.ask(by=WRITER)
    home.until(lambda: len(home.bot_comments(number)) == 1)
    home.say(number, "@orc please")
    home.say(number, "@orc I am nobody", by=STRANGER)
    home.quiet()
    (comment,) = home.bot_comments(number)
    assert f"acme/{REPO}:.github/orchestrator.yml, line 1: who: " in comment
    assert home.stage(number) is None
    push_project(home, "who: write\n")
    home.sandbox.wait_idle()
    home.say(number, "@orc now")
    home.wait(number, Stage.BLOCKED)


def test_wrong_from_the_beginning_is_not_told_to_strangers(make_house: MakeHouse) -> None:
    home = make_house()
    push_project(home, "who: nobody\n")
    home.start()
    number = home.sandbox.open_issue(REPO, by=STRANGER, title="@orc please").number
    home.say(number, "/retry", by=STRANGER)
    home.quiet(1.0)
    assert not home.bot_comments(number)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("triggers: {label: go", "not valid YAML"),
        ("a: &a [x]\nb: *a\n", "line 2: not valid YAML: aliases are not taken"),
        ("merg: on-green\n", "line 1: merg: no such key; see the list of keys"),
        ("attempts: 3\nattempts: 4\n", "line 2: not valid YAML: attempts is there twice"),
    ],
)
def test_what_is_told_says_what_to_do(text: str, words: str, home: House) -> None:
    push_project(home, text)
    _, _, comment = task(home)
    assert words in comment


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("agent: gandalf\n", "line 1: agent: there is no agent 'gandalf'; write one of: scripted"),
        ("roles: {lead: {agent: gandalf}}\n", "roles.lead.agent: there is no agent 'gandalf'"),
        ("capabilities: [cobol]\n", "there is no capability 'cobol'; write one of: browser"),
    ],
    ids=["agent", "agent of a role", "capability"],
)
def test_what_does_not_exist_is_told_and_the_last_good_file_stays(
    text: str, words: str, home: House
) -> None:
    push_project(home, text)
    _, record, comment = task(home)
    assert words in comment
    assert "The last good one stays in force." in comment
    assert len(record.attempts) == 1


def test_a_trigger_label_of_one_s_own(home: House) -> None:
    push_organization(home, "attempts: 1\ntriggers: {label: build it}\n")
    home.sandbox.wait_idle()
    old = home.ask()
    new = home.sandbox.open_issue(REPO, by=WRITER, title="Another", labels=["build it"]).number
    home.wait(new, Stage.BLOCKED)
    home.quiet()
    assert home.stage(old) is None
    home.say(old, "/help")
    home.until(lambda: any("the label `build it`" in text for text in home.bot_comments(old)))


NO_REPORT = {
    "says nothing": "true",
    "fails without a report": "echo tests are broken; exit 3",
    "is not there": "no-such-runner --all",
    "writes it elsewhere": "echo '<testsuite/>' > elsewhere.xml",
}


@pytest.mark.parametrize("case", NO_REPORT)
def test_a_test_command_without_a_report_is_never_green(case: str, make_house: MakeHouse) -> None:
    config = {"attempts": 1, "test": {"command": NO_REPORT[case]}}
    home = make_house(scenario="first-try", config=config)
    home.start()
    number, record, comment = task(home)
    assert record.stage is Stage.BLOCKED
    (attempt,) = record.attempts
    assert attempt.outcome == "no report"
    assert "JUnit XML" in record.reason
    assert "❌ no report" in comment
    (check,) = home.sandbox.check_runs(REPO)
    assert check.conclusion == "failure"
    assert home.sandbox.pull_requests(REPO) == []
    assert home.sandbox.issue(REPO, number).state == "open"


def test_reports_where_the_project_writes_them(make_house: MakeHouse) -> None:
    command = (
        "mkdir -p build/a && printf '<testsuite><testcase name=\"t\"/></testsuite>' > build/a/t.xml"
    )
    test = {"command": command, "reports": ["build/**/*.xml"]}
    home = make_house(scenario="first-try", config={"test": test})
    home.start()
    _, record, _ = task(home)
    assert record.stage is Stage.DONE
    assert record.attempts[-1].passed == 1


def test_the_project_overrides_the_organisation(make_house: MakeHouse) -> None:
    home = make_house(scenario="first-try", config=DEFAULTS)
    home.start()
    push_project(home, "plan_approval: always\nmerge: by-person\n")
    number, record, _ = task(home)
    assert record.stage is Stage.PLAN_REVIEW
    home.approve(number)
    home.wait(number, Stage.REVIEW)
    home.quiet()
    assert home.stage(number) is Stage.REVIEW


def test_only_the_default_branch_counts(home: House) -> None:
    home.sandbox.write_file(
        REPO, ".github/orchestrator.yml", "attempts: 2\n", by=WRITER, branch="my-idea"
    )
    _, record, _ = task(home)
    assert len(record.attempts) == 1


def test_a_lost_push_is_found_by_the_sweep(make_house: MakeHouse) -> None:
    home = make_house(scenario="nothing", config={"attempts": 1}, settings={"sweep_seconds": 0.3})
    home.start()
    home.sandbox.drop_deliveries(on=True)
    push_project(home, "attempts: 2\n")
    number = home.ask()
    assert len(home.wait(number, Stage.BLOCKED).attempts) == 2
