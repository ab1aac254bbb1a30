"""One demo, from an empty folder to a closed issue. All of it is real but for GitHub."""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from app.agents import agent_type
from app.agents.scenario import Person
from app.cli.demo.app_process import AppProcess, StartFailed
from app.cli.demo.model import model
from app.cli.demo.options import Options, Plan, check
from app.cli.demo.outcome import outcome
from app.cli.demo.people import PERSON, People
from app.cli.demo.screen import Screen
from app.domain.record import Record
from app.domain.stage import Stage, standing
from app.manifest import manifest
from app.sandbox import Sandbox
from app.sandbox.sample import sample_repository
from app.wiring import read_record

REPOSITORY = "weather"
GIVE_UP_SECONDS = 900.0
_ENDS = frozenset({Stage.DONE, Stage.BLOCKED, Stage.CANCELLED})


@dataclass(frozen=True, slots=True)
class Stand:
    """The sandbox with a repository and the app beside it."""

    sandbox: Sandbox
    repository: str
    secret: str


def run(options: Options) -> int:
    """The exit code: 0 only if the issue ended in orc:done."""
    plan = check(options)
    screen = Screen(as_json=options.as_json)
    for ended in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ended, _interrupt)
    root = Path(tempfile.mkdtemp(prefix="orc-demo-"))
    try:
        return _run(options, plan, root, screen)
    except StartFailed as error:
        screen.fail(str(error))
        return 1
    except KeyboardInterrupt:
        screen.fail("stopped")
        return 130
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _run(options: Options, plan: Plan, root: Path, screen: Screen) -> int:
    screen.title(plan.scenario.name, plan.scenario.description)
    stack = contextlib.ExitStack()
    talks = stack.enter_context(model(options.agent, plan.scenario.name))
    if talks.said:
        screen.note(talks.said)
    given = {
        "ORC_SCENARIO": str(plan.scenario_file),
        "ORC_EXECUTOR": options.executor,
        "ORC_REVIEW_SECONDS": "1",
    }
    if options.executor == "docker":
        given |= _images(options, screen)
    with screen.working("Setting up an offline GitHub and the app"):
        stand = stack.enter_context(_stand(plan, options, root, given | dict(talks.environ)))
    with stack:
        began, mark = time.monotonic(), len(stand.sandbox.requests)
        issue = stand.sandbox.open_issue(
            stand.repository,
            by=PERSON,
            title=plan.title,
            body=plan.body,
            labels=["orchestrate"],
        )
        full_name = stand.sandbox.repository(stand.repository).full_name
        url = f"{stand.sandbox.url}/{full_name}/issues/{issue.number}"
        screen.opened(issue.number, plan.title, url)
        record = _watch(stand, issue.number, screen, plan.scenario.people)
        result = outcome(
            stand.sandbox, stand.repository, issue.number, record, mark, time.monotonic() - began
        )
        screen.result(result)
        if options.keep:
            with contextlib.suppress(KeyboardInterrupt):
                screen.keep(url)
                _for_ever()
        screen.last(result)
    return 0 if result.stage == Stage.DONE else 1


def _images(options: Options, screen: Screen) -> dict[str, str]:
    """Build what the demo's containers need, with the log to look at: the first time takes long."""
    from app.cli.images import ensure

    needs = (agent_type(options.agent).capabilities, frozenset({"git", "python"}))
    for capabilities in needs:
        with screen.working(f"An image with {', '.join(sorted(capabilities))}"):
            ensure(capabilities)
    kept = ("ORC_BASE_IMAGE", "ORC_EXTRA_CA")
    return {name: os.environ[name] for name in kept if os.environ.get(name)}


@contextlib.contextmanager
def _stand(plan: Plan, options: Options, root: Path, given: dict[str, str]) -> Iterator[Stand]:
    source = plan.repo or sample_repository(root / "sample")
    name = _repository_name(plan.repo)
    with Sandbox(root / "github", manifest=manifest()) as sandbox:
        sandbox.add_person(PERSON)
        sandbox.create_repository(".github")
        sandbox.create_repository(name, source=source)
        sandbox.grant(".github", PERSON, "admin")
        sandbox.grant(name, PERSON, "write")
        config = {"agent": options.agent, "merge": "on-green", **plan.scenario.config}
        for path, content in plan.scenario.files.items():
            sandbox.write_file(name, path, content, by=PERSON)
        sandbox.write_file(".github", "orchestrator.yml", yaml.safe_dump(config), by=PERSON)
        with AppProcess(sandbox, root / "state", given) as app:
            sandbox.webhook_url = app.webhook_url
            yield Stand(sandbox, name, sandbox.app.webhook_secret)


def _repository_name(folder: Path | None) -> str:
    if folder is None:
        return REPOSITORY
    kept = "".join(char if char.isalnum() or char in "-_." else "-" for char in folder.name)
    return kept.strip(".-") or "project"


def _watch(stand: Stand, number: int, screen: Screen, people: tuple[Person, ...]) -> Record:
    """Follow the issue as its page would show it, until it has ended."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    record, person = Record(), People(people)
    while time.monotonic() < deadline:
        labels = stand.sandbox.issue(stand.repository, number).labels
        record = _record(stand, number) or record
        screen.progress(record)
        if standing(labels) in _ENDS and record.stage is standing(labels):
            return record
        if standing(labels) is record.stage:
            person.see(stand, record, number, screen)
        time.sleep(0.05)
    raise StartFailed(f"nothing came of it in {GIVE_UP_SECONDS:.0f} s; see the app's log above")


def _record(stand: Stand, number: int) -> Record | None:
    repository = stand.sandbox.repository(stand.repository)
    for comment in stand.sandbox.comments(stand.repository, number):
        record = read_record(comment.body, repository.id, number, stand.secret)
        if record is not None:
            return record
    return None


def _interrupt(_number: int, _frame: object) -> None:
    """However it is ended, everything it started is ended first."""
    raise KeyboardInterrupt


def _for_ever() -> None:
    while True:
        time.sleep(3600)
