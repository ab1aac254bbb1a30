"""What users of such systems complain about most, each shown not to come true here, and to come
true without what prevents it: the fault is planted, and the same people do the same things.

| complaint | here, and in greater depth |
|---|---|
| noise: a run that nobody meant | `chatter`; test_triggers, unit/commands/test_parse |
| the bot's own comment cancels its run | `own_comment`; test_triggers, test_remarks |
| a PR is not opened | `unpublished`; test_default_task, test_faults, e2e/test_killed_anywhere |
| its branch is forgotten on the next comment | `unpublished`; test_comments |
| CI does not run on the bot's commits | `no_ci`; test_ci |
| an error is reported, the run succeeded | `false_alarm`; unit/engineering/test_judge |
| success is reported, the run failed | `false_success`; integration/tester |
| money is spent, then a size limit is hit | `untold`, `late_limit`; test_scenarios (huge) |
| comments after the assignment are ignored | `unheard`; test_comments |
| "request changes" is ignored | `unreviewed`; test_reviews |
| no clarifying question | `guessed`; test_team |
| merge conflicts | `conflicting`; test_conflicts, integration/git/test_merging |
| a leaked claim blocks everything | `leaked`; test_queue, unit/engine/test_slots, integration/db |
| a heartbeat hides a stuck agent | `stuck`; test_scenarios (hang, stubborn) |
| a stall timer that runs from the start | `industrious`; test_scenarios (patient) |
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from langgraph.graph import END
from langgraph.runtime import Runtime
from langgraph.types import Command

import agent_image
from app.agents.scenario import load_scenario
from app.agents.scripted import ScriptedAgent
from app.commands import parse
from app.domain import change, step
from app.domain.event import Event
from app.domain.policy import Role
from app.domain.record import Record
from app.domain.run import AgentJob, RunExit, RunSpec
from app.domain.stage import Stage
from app.domain.table.rule import AnyRule
from app.domain.task import Task
from app.domain.topic import building, review
from app.domain.transition import RULES
from app.domain.verdict import Outcome, Verdict
from app.domain.words import published
from app.engine import triage
from app.engine.handle import Handler
from app.git import message
from app.git.inspection import CommitLimits
from app.git.repository import GitCode
from app.github.roster import GitHubRoster
from app.graphs.context import Context
from app.graphs.engineering import graph
from app.graphs.engineering.judge import Tally
from app.graphs.engineering.nodes import tester
from app.graphs.engineering.state import State
from app.roles import developer
from app.sandbox import LineComment
from app.sandbox.refusal import Refusal
from app.sandbox.scenario_list import builtin_scenarios
from tests.flow.house import OWNER, REPO, WRITER, House

MakeHouse = Callable[..., House]
Plant = Callable[[pytest.MonkeyPatch, Path], None]
BUILT_IN = builtin_scenarios()
FIRST_TRY = {"like": "first-try"}
NOTE: list[dict[str, Any]] = [
    {"write": {"path": "NOTE.md", "content": "As you wish.\n"}},
    {"commit": "Add a note"},
]
BY_PERSON = {"merge": "by-person"}


def scenario(folder: Path, *attempts: list[dict[str, Any]]) -> str:
    """What the agent does in each attempt, as a file."""
    for name in ("first-try", "huge"):
        shutil.copy(BUILT_IN[name], folder)
    file = folder / "scenario.yaml"
    content = {"name": "complained", "description": "It", "attempts": list(attempts)}
    file.write_text(yaml.safe_dump(content))
    return str(file)


def started(make_house: MakeHouse, **options: Any) -> House:
    home = make_house(**options)
    home.start()
    return home


def without_rules(monkeypatch: pytest.MonkeyPatch, gone: Callable[[AnyRule], bool]) -> None:
    monkeypatch.setattr(step, "RULES", tuple(rule for rule in RULES if not gone(rule)))


# Runs triggered by things that people did not mean


def chatter(make_house: MakeHouse, _folder: Path) -> bool:
    """People speak of the bot, quote it, and show how it is called."""
    home = started(make_house, scenario="nothing", config={"attempts": 1})
    number = home.sandbox.open_issue(REPO, by=WRITER, title="Just talk").number
    home.say(number, "> @orc please\n\nWho wrote that? I'd not ask `@orc` for it, nor me@orc.dev.")
    home.quiet()
    return home.stage(number) is not None


def any_mention(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    monkeypatch.setattr(parse, "mentions", lambda body, login: f"@{login}" in body)


# The bot's own comment cancels its run


def own_comment(make_house: MakeHouse, _folder: Path) -> bool:
    """What the bot says holds a command."""
    home = started(make_house, scenario="hang")
    number = home.ask()
    home.wait(number, Stage.BUILDING)
    home.say(number, "/cancel\n\nis what you can write.", by=home.sandbox.app.bot_login)
    home.quiet(1.5)
    cancelled = home.stage(number) is not Stage.BUILDING
    home.sandbox.close_issue(REPO, number, by=WRITER)
    home.wait(number, Stage.CANCELLED)
    return cancelled


def hear_itself(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    """There are two walls: its own deeds are passed over, and Apps have no say."""

    async def role(*_: object) -> Role:
        return Role.ADMIN

    monkeypatch.setattr(triage.Reader, "login", "nobody")
    monkeypatch.setattr(GitHubRoster, "role", role)


# A pull request is not opened, or its branch forgotten on the next comment


def left_to_the_agent(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    async def publisher(state: State, runtime: Runtime[Context]) -> Command[str]:
        return Command(goto=END)

    monkeypatch.setattr(graph, "publisher", publisher)


def unpublished(make_house: MakeHouse, folder: Path) -> bool:
    """The agent has never heard of pull requests; people go on with theirs."""
    config = {**BY_PERSON, "attempts": 1}
    home = started(make_house, scenario=scenario(folder, [FIRST_TRY], NOTE), config=config)
    number = home.ask()
    home.wait(number, Stage.REVIEW, Stage.BLOCKED)
    if not home.sandbox.pull_requests(REPO):
        return True
    home.say(number, "@orc and leave a note")
    home.until(lambda: home.record(number).round == 2)
    record = home.wait(number, Stage.REVIEW, Stage.BLOCKED)
    pulls = [(pull.number, pull.head_sha) for pull in home.sandbox.pull_requests(REPO)]
    return pulls != [(record.pull_request, record.verified)]


def forget_the_branch(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    def begin(task: Task, event: Event) -> Record:
        bare = replace(task.record, branch="", pull_request=None)
        return change.begin(replace(task, record=bare), event)

    rules = (replace(r, change=begin) if r.change is change.begin else r for r in RULES)
    monkeypatch.setattr(step, "RULES", tuple(rules))


# CI does not run on the bot's commits

CI = "on: pull_request\njobs:\n  a: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}\n"


def no_ci(make_house: MakeHouse, _folder: Path) -> bool:
    """What is asked for also says that CI is to be skipped, and the commit is named after it."""
    home = make_house(scenario="first-try", config=BY_PERSON)
    home.sandbox.write_file(REPO, ".github/workflows/ci.yml", CI, by=OWNER)
    home.start()
    number = home.ask("Name the warmest [skip ci]")
    record = home.wait(number, Stage.REVIEW)
    runs = home.sandbox.wait_for_runs(REPO)
    return record.verified not in {run.head_sha for run in runs}


def repeat_any_words(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    for module, name in ((message, "_SKIP"), (published, "_SKIPS")):
        monkeypatch.setattr(module, name, re.compile(r"(?!)"))


# Errors are reported on runs that succeeded, and success on runs that failed

REPORT = '<testsuite><testcase classname="a" name="b">{said}</testcase></testsuite>'
TESTS = "printf '{report}' > \"$ORC_OUT/junit.xml\"; echo '{words}'"


def verdict_of(make_house: MakeHouse, said: str, words: str) -> Outcome:
    """Of tests that end with 0."""
    command = TESTS.format(report=REPORT.format(said=said), words=words)
    config = {**BY_PERSON, "attempts": 1, "test": {"command": command}}
    home = started(make_house, scenario="first-try", config=config)
    (attempt,) = home.wait(home.ask(), Stage.REVIEW, Stage.BLOCKED).attempts
    return Outcome(attempt.outcome)


def false_alarm(make_house: MakeHouse, _folder: Path) -> bool:
    words = "ERROR: expected, and caught. 1 failed, retried, fine. Traceback: none"
    return verdict_of(make_house, "", words) is not Outcome.PASSED


def false_success(make_house: MakeHouse, _folder: Path) -> bool:
    return verdict_of(make_house, '<failure message="no"/>', "All is well.") is Outcome.PASSED


def believe(good: Callable[[RunExit], bool]) -> Plant:
    def plant(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
        def decide(sha: str, ended: RunExit, tally: Tally) -> Verdict:
            return Verdict(Outcome.PASSED if good(ended) else Outcome.FAILED, sha, passed=1)

        monkeypatch.setattr(tester, "decide", decide)

    return plant


# Money is spent, then a size limit is hit

LIMITS = CommitLimits()
TOLD = (
    f"files of more than {LIMITS.file_bytes // 1_000_000} MB and changes of more than "
    f"{LIMITS.total_bytes // 1_000_000} MB or {LIMITS.files:,} files"
)


def heeding(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent that commits something huge unless it was told of the limits."""
    run = ScriptedAgent.run

    def heed(agent: ScriptedAgent, job: AgentJob) -> RunSpec:
        told = TOLD in " ".join(job.prompt.split())
        return run(agent, replace(job, attempt=2 if told else 1))

    monkeypatch.setattr(ScriptedAgent, "run", heed)


def untold(make_house: MakeHouse, _folder: Path) -> bool:
    """Does the attempt, which was paid for, come to nothing for a limit that nobody spoke of?"""
    with pytest.MonkeyPatch.context() as monkeypatch:
        heeding(monkeypatch)
        home = started(make_house, scenario="huge", config={**BY_PERSON, "attempts": 1})
        (attempt,) = home.wait(home.ask(), Stage.REVIEW, Stage.BLOCKED).attempts
    return attempt.outcome == "refused"


def say_nothing_of_limits(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    told = developer._TASK
    monkeypatch.setattr(developer, "_TASK", told.replace("files of more than 1 MB", "big files"))


def late_limit(make_house: MakeHouse, _folder: Path) -> bool:
    """Is what breaks a limit tested, and published, before anybody says so?"""
    home = started(make_house, scenario="huge", config={**BY_PERSON, "attempts": 1})
    (attempt,) = home.wait(home.ask(), Stage.REVIEW, Stage.BLOCKED).attempts
    return attempt.head is not None or len(home.sandbox.branches(REPO)) > 1


def inspect_nothing(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    async def inspect(*_: object) -> tuple[()]:
        return ()

    monkeypatch.setattr(GitCode, "inspect", inspect)


# Comments made after the assignment are ignored


def behind(door: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Agents begin only while it is there."""
    run = ScriptedAgent.run

    def waiting(agent: ScriptedAgent, job: AgentJob) -> RunSpec:
        spec = run(agent, job)
        wait = f"until [ -e {door} ]; do sleep 0.02; done"
        return replace(spec, argv=("bash", "-c", f"{wait}; {spec.argv[-1]}"))

    monkeypatch.setattr(ScriptedAgent, "run", waiting)


def begun(home: House, number: int) -> None:
    """Its agent's run is there."""
    runs = home.root / "state" / "runs"
    home.until(lambda: any(runs.glob(f"*-{number}-r*-developer-*")))


def unheard(make_house: MakeHouse, folder: Path) -> bool:
    """Somebody adds something while the agent is at work, too late for its prompt."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        behind(folder / "door", monkeypatch)
        home = started(make_house, scenario=scenario(folder, [FIRST_TRY], NOTE))
        number = home.ask()
        begun(home, number)
        said = home.say(number, "@orc and leave a note")
        home.until(lambda: home.reactions(number, said) == ["rocket"])
        (folder / "door").touch()
        home.wait(number, Stage.DONE)
    return len(home.record(number).attempts) == 1


def ask_once(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    without_rules(monkeypatch, lambda rule: rule.when is building.more_is_asked)


# "Request changes" is ignored


def unreviewed(make_house: MakeHouse, folder: Path) -> bool:
    home = started(make_house, scenario=scenario(folder, [FIRST_TRY], NOTE), config=BY_PERSON)
    number = home.ask()
    pull = home.wait(number, Stage.REVIEW).pull_request
    assert pull is not None
    home.sandbox.review(
        REPO, pull, by=WRITER, state="REQUEST_CHANGES", body="Almost.",
        comments=[LineComment("src/weather/api.py", 8, "Leave a note of this, please.")],
    )  # fmt: skip
    home.quiet(1.0)
    home.wait(number, Stage.REVIEW)
    return len(home.record(number).attempts) == 1


def hear_no_reviews(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    monkeypatch.setattr(triage, "_review", lambda *_: ())


# No clarifying question


def guessed(make_house: MakeHouse, _folder: Path) -> bool:
    """Two vague lines."""
    team = load_scenario(BUILT_IN["team-change"])
    assert team.issue is not None
    home = started(make_house, scenario="team-change", config=team.config)
    number = home.ask(team.issue.title, team.issue.body)
    record = home.wait(number, Stage.NEEDS_INFO, Stage.PLAN_REVIEW)
    home.quiet()
    asked = any("the driest one" in said for said in home.bot_comments(number)[1:])
    return record.stage is not Stage.NEEDS_INFO or not asked


def take_it_as_it_is(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    monkeypatch.setattr(Task, "is_unspecified", False)


# Merge conflicts

SETTLED: list[dict[str, Any]] = [
    {"write": {"path": "README.md", "content": "# Weather, and the warmest\n"}},
    {"commit": "Settle"},
    {"say": "Both are named."},
]
SWEPT = {"sweep_seconds": 0.5}


def change_base(home: House, branch: str = "main") -> None:
    """Where the task's branch did, too."""
    text = "# Weather\n\nBy hand.\n"
    home.sandbox.write_file(REPO, "README.md", text, by=OWNER, branch=branch)


def in_review(
    make_house: MakeHouse, file: str, config: dict[str, Any] = BY_PERSON
) -> tuple[House, int]:
    home = started(make_house, scenario=file, config=config, settings={**SWEPT, "slots": 1})
    number = home.ask()
    if "plan_approval" in config:
        home.wait(number, Stage.PLAN_REVIEW)
        home.approve(number)
    home.wait(number, Stage.REVIEW)
    return home, number


def looked_at(home: House, times: int) -> Callable[[], bool]:
    """Whether the task was loaded so often since."""

    def loads() -> int:
        return sum(request.operation == "Task" for request in home.sandbox.requests)

    mark = loads() + times
    return lambda: loads() >= mark


def conflicting(make_house: MakeHouse, folder: Path) -> bool:
    """Can a person still merge it, once the bot has had the time to see to it?"""
    home, number = in_review(make_house, scenario(folder, [FIRST_TRY], SETTLED))
    change_base(home)
    over = looked_at(home, 4)
    home.until(lambda: home.record(number).round == 2 or over())
    pull = home.wait(number, Stage.REVIEW).pull_request
    assert pull is not None
    try:
        home.sandbox.merge_pull_request(REPO, pull, by=WRITER)
    except Refusal:
        return True
    home.wait(number, Stage.DONE)
    return False


def leave_conflicts(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    gone = (review.may_be_merged_again, review.conflicts)
    without_rules(monkeypatch, lambda rule: rule.when in gone)


# A leaked claim blocks everything


def leaked(make_house: MakeHouse, _folder: Path) -> bool:
    """There is one slot, and whoever has it is stopped."""
    home = started(make_house, scenario="hang", settings={"slots": 1})
    first = home.ask()
    home.wait(first, Stage.BUILDING)
    second = home.ask("Another")
    home.wait(second, Stage.QUEUED)
    home.say(first, "/cancel")
    home.wait(first, Stage.CANCELLED)
    home.quiet()
    waits = home.stage(second) is Stage.QUEUED
    home.say(second, "/cancel")
    home.wait(second, Stage.CANCELLED)
    return waits


def keep_the_slot(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    monkeypatch.setattr(Handler, "free_slot", lambda *_: None)


# A heartbeat hides a stuck agent, and a stall timer that runs from the start


def stuck(make_house: MakeHouse, _folder: Path) -> bool:
    """It burns time in silence: is it left at that until the last deadline?"""
    config = {"attempts": 1, "deadlines": {"agent": "2.5s", "idle": "0.7s"}}
    home = started(make_house, scenario="hang", config=config)
    record = home.wait(home.ask(), Stage.BLOCKED)
    return "said nothing for too long" not in record.reason + record.attempts[0].detail


def industrious(make_house: MakeHouse, folder: Path) -> bool:
    """It works for longer than it may be silent, and says so: is it ended all the same?"""
    steps = [step for _ in range(3) for step in ({"hang": 0.9}, {"say": "Still here."})]
    config = {**BY_PERSON, "attempts": 1, "deadlines": {"agent": "60s", "idle": "2.2s"}}
    home = started(make_house, scenario=scenario(folder, [*steps, FIRST_TRY]), config=config)
    return home.wait(home.ask(), Stage.REVIEW, Stage.BLOCKED).stage is Stage.BLOCKED


def wrapper_with(*changes: tuple[str, str]) -> Plant:
    """The wrapper runs in a process of its own, so it gets another text."""

    def plant(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        source = Path(agent_image.__file__).parent
        ours = shutil.copytree(source, folder / "agent_image")
        text = (ours / "supervise.py").read_text()
        for old, new in changes:
            assert text.count(old) == 1
            text = text.replace(old, new)
        (ours / "supervise.py").write_text(text)
        monkeypatch.setattr(agent_image, "__file__", str(ours / "__init__.py"))

    return plant


HEARTBEAT_COUNTS = wrapper_with(
    ("heartbeat_seconds: float = 15.0", "heartbeat_seconds: float = 0.1"),
    ("beat_at = now + limits.heartbeat_seconds", "self._last_output = beat_at = now + 0.1"),
)
FROM_THE_START = wrapper_with(
    ("feed(chunk)\n                self._last_output = time.monotonic()", "feed(chunk)")
)


@dataclass(frozen=True)
class Complaint:
    """`comes_true` does as people do and says whether they would complain."""

    name: str
    comes_true: Callable[[MakeHouse, Path], bool]
    without: Plant


COMPLAINTS = [
    Complaint("a run that nobody meant", chatter, any_mention),
    Complaint("the bot's own comment cancels its run", own_comment, hear_itself),
    Complaint("a pull request is not opened", unpublished, left_to_the_agent),
    Complaint("its branch is forgotten on the next comment", unpublished, forget_the_branch),
    Complaint("CI does not run on the bot's commits", no_ci, repeat_any_words),
    Complaint(
        "an error is reported, the run succeeded",
        false_alarm,
        believe(lambda ended: b"ERROR" not in ended.stdout),
    ),
    Complaint(
        "success is reported, the run failed",
        false_success,
        believe(lambda ended: ended.exit_code == 0),
    ),
    Complaint("a size limit that nobody spoke of", untold, say_nothing_of_limits),
    Complaint("a size limit that is hit too late", late_limit, inspect_nothing),
    Complaint("comments after the assignment are ignored", unheard, ask_once),
    Complaint("request changes is ignored", unreviewed, hear_no_reviews),
    Complaint("no clarifying question", guessed, take_it_as_it_is),
    Complaint("merge conflicts", conflicting, leave_conflicts),
    Complaint("a leaked claim blocks everything", leaked, keep_the_slot),
    Complaint("a heartbeat hides a stuck agent", stuck, HEARTBEAT_COUNTS),
    Complaint("a stall timer that runs from the start", industrious, FROM_THE_START),
]


DEEDS = {one.comes_true.__name__: one.comes_true for one in COMPLAINTS}


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_has_to_complain(deed: str, make_house: MakeHouse, tmp_path: Path) -> None:
    assert not DEEDS[deed](make_house, tmp_path)


@pytest.mark.parametrize("complaint", COMPLAINTS, ids=lambda one: one.name)
def test_the_complaint_comes_true_without_its_fix(
    complaint: Complaint,
    make_house: MakeHouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    complaint.without(monkeypatch, tmp_path)
    assert complaint.comes_true(make_house, tmp_path)
