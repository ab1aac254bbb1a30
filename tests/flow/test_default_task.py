"""The main job: from an issue to a merged pull request whose tests passed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from app.domain.stage import Stage
from tests.flow.house import REPO, House

Record = Callable[[str, object], None]


def test_an_issue_becomes_a_merged_pull_request(home: House, tmp_path: Path) -> None:
    number = home.ask("Which city is the warmest?", "Please tell us.")
    record = home.wait(number, Stage.DONE)
    assert [(a.number, a.outcome, a.failed) for a in record.attempts] == [
        (1, "failed", 1),
        (2, "passed", 0),
    ]
    assert [visit.stage for visit in record.history] == [
        Stage.QUEUED,
        Stage.BUILDING,
        Stage.REVIEW,
        Stage.DONE,
    ]
    (pull,) = home.sandbox.pull_requests(REPO)
    (check,) = home.sandbox.check_runs(REPO)
    assert pull.merged
    assert pull.head_sha == record.verified == check.head_sha
    assert check.conclusion == "success"
    assert record.merged == pull.merge_commit_sha == home.sandbox.branches(REPO)["main"]
    assert home.sandbox.issue(REPO, number).state == "closed"
    assert len(home.bot_comments(number)) == 1
    _the_merge_passes_its_tests(home, tmp_path / "by-hand")


def _the_merge_passes_its_tests(home: House, folder: Path) -> None:
    origin = str(home.sandbox.repository(REPO).path)
    subprocess.run(["git", "clone", "--quiet", origin, str(folder)], check=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    assert " passed" in ended.stdout


def test_it_takes_few_requests(make_house: Callable[..., House], record_property: Record) -> None:
    """Counted by the sandbox from the opening of the issue to the end, tokens included."""
    home = make_house(settings={"progress_seconds": 5.0})  # as it is unless somebody says otherwise
    home.start()
    mark = len(home.sandbox.requests)
    home.wait(home.ask(), Stage.DONE)
    home.quiet()
    requests = home.sandbox.requests[mark:]
    content = sum(request.content for request in requests)
    record_property("requests of the default task", len(requests))
    record_property("requests of the default task that create content", content)
    assert len(requests) <= 15
    assert content <= 3
    reads = [r.operation or r.route for r in requests if not r.writes and "token" not in r.route]
    assert sorted(reads) == [
        "/repos/{owner}/{repo}/collaborators/{username}/permission",
        "Task",
        "Task",
    ]


def test_a_second_task_in_the_same_repository_takes_fewer(home: House) -> None:
    """Labels and tokens are there already."""
    home.wait(home.ask(), Stage.DONE)
    home.quiet()
    mark = len(home.sandbox.requests)
    home.wait(home.ask("Which city is the coldest?"), Stage.BLOCKED, Stage.DONE)
    home.quiet()
    assert not any("access_tokens" in r.route for r in home.sandbox.requests[mark:])
    assert len(home.sandbox.requests[mark:]) <= 12


def test_a_person_merges_by_default(make_house: Callable[..., House]) -> None:
    home = make_house(config={"merge": "by-person"}, scenario="first-try")
    home.start()
    number = home.ask()
    record = home.wait(number, Stage.REVIEW)
    home.quiet()
    assert home.stage(number) is Stage.REVIEW
    assert record.pull_request is not None
    home.sandbox.merge_pull_request(REPO, record.pull_request, by="wanda")
    assert home.wait(number, Stage.DONE).merged == home.sandbox.branches(REPO)["main"]


def test_tasks_of_many_issues_end_with_few_slots(make_house: Callable[..., House]) -> None:
    home = make_house(scenario="nothing", config={"attempts": 1}, settings={"slots": 2})
    home.start()
    numbers = [home.ask(f"Request {i}") for i in range(7)]
    for number in numbers:
        assert "changed nothing" in home.wait(number, Stage.BLOCKED).reason
