"""Each built-in scenario ends as it should, and nothing of a refused change is ever on GitHub."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.agents.scenario import load_scenario
from app.domain.record import Record
from app.domain.stage import Stage
from app.sandbox.scenario_list import builtin_scenarios
from tests.flow.house import REPO, House
from tests.integration.demo.processes import of_folder

MakeHouse = Callable[..., House]
BUILT_IN = builtin_scenarios()
QUICK = {"deadlines": {"agent": "30s", "idle": "1s"}}
# the sample's own tests, without the plugins that happen to be installed beside pytest here
PYTEST = 'PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 python -m pytest --junitxml "$ORC_OUT/junit.xml"'


@dataclass(frozen=True)
class Case:
    """`outcomes` of the attempts in order; `reason`: words that the status comment must have."""

    name: str
    stage: Stage
    outcomes: tuple[str, ...]
    reason: tuple[str, ...] = ()
    never: tuple[str, ...] = ()  # parts of paths, modes or contents that must not be on GitHub
    config: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case("default", Stage.DONE, ("failed", "passed")),
    Case("first-try", Stage.DONE, ("passed",)),
    Case("patient", Stage.DONE, ("passed",)),
    Case("binary", Stage.DONE, ("passed",)),
    Case("flood", Stage.DONE, ("passed",)),
    Case(
        "gives-up", Stage.BLOCKED, ("failed", "failed", "failed"),
        ("All 3 attempts are spent. In the last one 1 of 9 tests failed.",),
    ),
    Case(
        "agent-fails", Stage.BLOCKED, ("agent failed",) * 3,
        ("All 3 attempts are spent", "Please say which to leave out"),
    ),
    Case(
        "crash", Stage.BLOCKED, ("agent crashed",) * 3,
        ("All 3 attempts are spent", "exit code 139"), ("test_warmest",),
    ),
    Case(
        "nothing", Stage.BLOCKED, ("no change",) * 3,
        ("All 3 attempts are spent", "changed nothing"),
    ),
    Case(
        "no-tests", Stage.BLOCKED, ("no tests", "refused", "refused"),
        ("All 3 attempts are spent", "changes no file"),
    ),
    Case(
        "hang", Stage.BLOCKED, ("agent timed out",) * 2,
        ("All 2 attempts are spent", "said nothing for too long"), config=QUICK,
    ),
    Case(
        "stubborn", Stage.BLOCKED, ("agent timed out",),
        ("The only attempt is spent", "said nothing for too long"), config=QUICK,
    ),
    Case("huge", Stage.DONE, ("refused", "passed"), never=("history.csv", "2026-01-05,lisbon")),
    Case("secret", Stage.DONE, ("refused", "passed"), never=("settings.py", "QYLPMN5HFIQR7XYA")),
    Case(
        "submodule", Stage.DONE, ("refused", "passed"), never=("160000", ".gitmodules", "charts")
    ),
    Case("symlink", Stage.DONE, ("refused", "passed"), never=("120000", "cities.txt", "/etc/pass")),
    Case("workflow", Stage.DONE, ("refused", "passed"), never=(".github", "ubuntu-latest")),
]  # fmt: skip


def test_every_scenario_has_its_case() -> None:
    """But for the one that needs the gateway, which the kill test plays, the team's, the lead's."""
    others = {"talker", "team", "team-change", "lead"}
    assert {case.name for case in CASES} == BUILT_IN.keys() - others


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ends_as_it_should(case: Case, make_house: MakeHouse) -> None:
    """With the scenario's own configuration, as in the demo."""
    scenario = load_scenario(BUILT_IN[case.name])
    config = {"test": {"command": PYTEST}, **scenario.config, **case.config}
    home = make_house(scenario=case.name, config=config)
    home.start()
    assert scenario.issue
    number = home.ask(scenario.issue.title, scenario.issue.body)
    record = home.wait(number, Stage.DONE, Stage.BLOCKED)
    home.quiet()
    assert record.stage is case.stage, record.reason
    assert tuple(attempt.outcome for attempt in record.attempts) == case.outcomes
    assert [attempt.number for attempt in record.attempts] == [*range(1, len(case.outcomes) + 1)]
    _says_so(home, number, record, case.reason)
    _verdicts_are_bound_to_heads(home, record)
    _holds_nothing_of(home, case.never)
    _leaves_nothing_running(home)


def _says_so(home: House, number: int, record: Record, reason: tuple[str, ...]) -> None:
    """One comment; what blocks, and what failed last, stands in it with what to do."""
    (comment,) = home.bot_comments(number)
    for words in reason:
        assert words in comment
    assert "**What you can do** — " in comment
    if record.stage is Stage.BLOCKED:
        assert "> [!CAUTION]" in comment
        assert "`/retry`" in comment
        assert home.sandbox.issue(REPO, number).state == "open"
    else:
        assert record.reason == ""
        assert home.sandbox.issue(REPO, number).state == "closed"
    last = record.attempts[-1]
    assert last.detail or last.failures or last.outcome == "passed"
    for attempt in record.attempts:
        assert (attempt.head is None) is (attempt.outcome not in ("passed", "failed", "no tests"))


def _verdicts_are_bound_to_heads(home: House, record: Record) -> None:
    """A check run for the last head that was tested; a pull request only for a green one."""
    tested = [attempt for attempt in record.attempts if attempt.head]
    checks = {check.head_sha: check.conclusion for check in home.sandbox.check_runs(REPO)}
    assert set(checks) == {attempt.head for attempt in tested[-1:]}
    green = record.stage is Stage.DONE
    assert set(checks.values()) <= ({"success"} if green else {"failure"})
    assert [pull.merged for pull in home.sandbox.pull_requests(REPO)] == ([True] if green else [])


def _holds_nothing_of(home: House, never: tuple[str, ...]) -> None:
    """Neither in any object of the repository, reachable or not, nor in anything that was said."""
    folder = str(home.sandbox.repository(REPO).path)

    def git(*args: str) -> str:
        done = subprocess.run(["git", "-C", folder, *args], check=True, capture_output=True)
        return done.stdout.decode(errors="replace")

    trees = [git("ls-tree", "-r", "-t", sha) for sha in git("rev-list", "--all").split()]
    listed = "\n".join(line.replace("\t", " ") for tree in trees for line in tree.splitlines())
    contents = git("cat-file", "--batch-all-objects", "--batch", "--unordered")
    for words in never:
        assert words not in listed
        assert words in (".github", "160000", "120000") or words not in contents
    secrets = [words for words in never if words.isupper()]
    pulls = [pull.number for pull in home.sandbox.pull_requests(REPO)]
    said = str([home.sandbox.comments(REPO, number) for number in (1, *pulls)])
    said += str([home.sandbox.pull_requests(REPO), home.sandbox.check_runs(REPO)])
    assert not any(words in said for words in secrets)


def _leaves_nothing_running(home: House) -> None:
    """Agents, and what they left behind, are gone, and every run has its result."""
    home.until(lambda: of_folder(home.root / "state") == [], lambda: "a process is left")
    runs = [run for run in (home.root / "state" / "runs").iterdir() if run.is_dir()]
    assert runs
    assert [run.name for run in runs if not (run / "result.json").is_file()] == []
