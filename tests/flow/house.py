"""The whole house in one process: the sandbox, the real app behind its real door, a database.

A test acts as people do and looks at what GitHub shows afterwards, never at calls.
"""

import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
import yaml

from app.domain.record import Record
from app.domain.stage import Stage, standing
from app.engine.observe import Observer
from app.manifest import manifest
from app.sandbox import Sandbox
from app.sandbox.sample import sample_repository
from app.sandbox.scenario_list import builtin_scenarios
from app.settings import Settings
from app.wiring import application, read_record
from tests.contract.checker import GitHubContract

OWNER, WRITER, STRANGER = "olivia", "wanda", "stan"
REPO = "weather"
PATIENCE = 60.0
# The request's one test, as a project with a runner of its own would have it; pytest's start alone
# costs more than all the rest of a task. What runs the sample's own tests is the demo.
QUICK_TESTS = """
if PYTHONPATH=src python -S -c '
from weather.api import answer
assert answer("/warmest")[1]["city"] == "Lisbon"
'; then code=0; else code=1; said='<failure message="it is not Lisbon"/>'; fi
printf '<testsuite><testcase classname="warmest" name="is Lisbon">%s</testcase></testsuite>' \
    "${said:-}" > "$ORC_OUT/junit.xml"
exit $code
"""
DEFAULTS = {"merge": "on-green", "test": {"command": QUICK_TESTS}}


@dataclass
class House:
    """Use as a context manager. The app can be stopped and started again in between.

    `source` makes the git repository that the house's own begins as."""

    root: Path
    database_url: str
    config: Mapping[str, Any] = field(default_factory=dict)
    scenario: str = "default"
    settings: Mapping[str, Any] = field(default_factory=dict)
    observer: Observer | None = None
    contract: GitHubContract | None = None
    source: Callable[[Path], Path] = sample_repository

    def __post_init__(self) -> None:
        self.sandbox = Sandbox(self.root / "github", manifest=manifest())
        if self.contract is not None:
            self.sandbox.observers.append(self.contract)
        self._app: App | None = None

    def __enter__(self) -> Self:
        self.sandbox.__enter__()
        for person in (OWNER, WRITER, STRANGER):
            self.sandbox.add_person(person)
        self.sandbox.create_repository(".github")
        self.sandbox.grant(".github", OWNER, "admin")
        source = self.source(self.root / "sample")
        self.sandbox.create_repository(REPO, source=source, private=False)
        self.sandbox.grant(REPO, OWNER, "admin")
        self.sandbox.grant(REPO, WRITER, "write")
        self.configure({**DEFAULTS, **self.config})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self.sandbox.__exit__(kind, error, trace)

    def configure(self, config: Mapping[str, Any]) -> None:
        text = yaml.safe_dump(dict(config))
        self.sandbox.write_file(".github", "orchestrator.yml", text, by=OWNER)

    def start(self) -> None:
        """The app, ready; GitHub delivers to it."""
        self._app = App(self.make_settings(), self.observer)
        self._app.start()
        self.sandbox.webhook_url = f"{self._app.url}/webhooks"

    def stop(self) -> None:
        if self._app is not None:
            self._app.stop()
            self._app = None

    def make_settings(self) -> Settings:
        return Settings.model_validate(self.plain_settings())

    def plain_settings(self) -> dict[str, Any]:
        app = self.sandbox.app
        return {
            "app_id": str(app.id),
            "private_key": app.private_key,
            "webhook_secret": app.webhook_secret,
            "github_url": self.sandbox.api_url,
            "DATABASE_URL": self.database_url,
            "state_dir": self.root / "state",
            "scenario": builtin_scenarios().get(self.scenario, Path(self.scenario)),
            "progress_seconds": 0.0,
            "review_seconds": 0.3,
            "retry_seconds": 0.05,
            **self.settings,
        }

    # People

    def ask(self, title: str = "One more endpoint", body: str = "", *, by: str = WRITER) -> int:
        """An issue with the trigger label; its number."""
        labels = ["orchestrate"]
        return self.sandbox.open_issue(REPO, by=by, title=title, body=body, labels=labels).number

    def say(self, number: int, body: str, *, by: str = WRITER) -> int:
        """A comment; its id."""
        return self.sandbox.comment(REPO, number, body, by=by).id

    def approve(self, number: int, *, by: str = WRITER) -> int:
        """As somebody who has read the plan: not within the second in which it was shown."""
        self.sandbox.advance(2)
        return self.say(number, "/approve", by=by)

    # Looking

    def stage(self, number: int) -> Stage | None:
        return standing(self.sandbox.issue(REPO, number).labels)

    def record(self, number: int) -> Record:
        """What the issue's status comments say; there must be exactly one of them."""
        repository = self.sandbox.repository(REPO)
        secret = self.sandbox.app.webhook_secret
        records = [
            record
            for comment in self.sandbox.comments(REPO, number)
            if (record := read_record(comment.body, repository.id, number, secret))
        ]
        assert len(records) == 1, f"{len(records)} status comments"
        return records[0]

    def bot_comments(self, number: int) -> list[str]:
        login = self.sandbox.app.bot_login
        return [c.body for c in self.sandbox.comments(REPO, number) if c.author == login]

    def git(self, *arguments: str, repo: str = REPO) -> str:
        """What git prints of the repository as GitHub has it."""
        command = ["git", "-C", str(self.sandbox.repository(repo).path), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def reactions(self, number: int, comment: int) -> list[str]:
        found = [c for c in self.sandbox.comments(REPO, number) if c.id == comment]
        return [reaction.content for reaction in found[0].reactions]

    def wait(self, number: int, *stages: Stage) -> Record:
        """Until the issue shows one of `stages`, label and comment both."""
        self.until(
            lambda: self.stage(number) in stages and self.record(number).stage in stages,
            lambda: f"#{number} is {self.stage(number)}, not {stages}",
        )
        return self.record(number)

    def until(self, holds: Callable[[], bool], said: Callable[[], str] = lambda: "") -> None:
        deadline = time.monotonic() + PATIENCE
        while not _true(holds):
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {PATIENCE:.0f} s in vain. {said()}")
            time.sleep(0.02)

    def quiet(self, seconds: float = 0.4) -> None:
        """Until every delivery is out and nobody has written for a while."""
        self.sandbox.wait_idle(PATIENCE)
        seen, since = -1, time.monotonic()
        deadline = since + PATIENCE
        while time.monotonic() - since < seconds:
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not get quiet in {PATIENCE:.0f} s")
            if len(self.sandbox.requests) != seen:
                seen, since = len(self.sandbox.requests), time.monotonic()
            time.sleep(0.02)


class App:
    """The app under uvicorn in a thread."""

    def __init__(self, settings: Settings, observer: Observer | None) -> None:
        config = uvicorn.Config(
            application(settings, observer),
            port=0,
            lifespan="on",
            loop="asyncio",  # starts git by vfork; a fork of a large process is slow
            log_config=None,
            timeout_graceful_shutdown=5,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="app", daemon=True)

    def start(self) -> None:
        self._thread.start()
        deadline = time.monotonic() + PATIENCE
        while not (self._server.started and answers(f"{self.url}/readyz")):
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise AssertionError("the app did not get ready")
            time.sleep(0.005)

    @property
    def url(self) -> str:
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the app did not stop"


def answers(url: str) -> bool:
    """Whether a GET of it is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except OSError:
        return False


def _true(holds: Callable[[], bool]) -> bool:
    """While the app writes, what is looked for may not be there yet."""
    try:
        return holds()
    except AssertionError:
        return False
