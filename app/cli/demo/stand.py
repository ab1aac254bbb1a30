"""The offline GitHub of a demo with the app beside it, and the issue that is looked at."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.cli.demo.app_process import AppProcess
from app.cli.demo.options import Plan
from app.domain.record import Record
from app.domain.ref import IssueRef
from app.domain.stage import Stage, standing
from app.manifest import manifest
from app.sandbox import Sandbox
from app.sandbox.sample import sample_repository
from app.wiring import read_record

PERSON, REPOSITORY = "alice", "weather"


@dataclass(frozen=True, slots=True)
class Stand:
    sandbox: Sandbox
    repository: str
    number: int = 0

    @property
    def url(self) -> str:
        """Of the issue's page."""
        full_name = self.sandbox.repository(self.repository).full_name
        return f"{self.sandbox.url}/{full_name}/issues/{self.number}"

    @property
    def label(self) -> Stage | None:
        return standing(self.sandbox.issue(self.repository, self.number).labels)

    def record(self) -> Record | None:
        """What the status comment says, as soon as there is one."""
        repository = self.sandbox.repository(self.repository)
        secret = self.sandbox.app.webhook_secret
        for comment in self.sandbox.comments(self.repository, self.number):
            record = read_record(comment.body, repository.id, self.number, secret)
            if record is not None:
                return record
        return None

    def pushed(self, branch: str) -> str:
        """The head of a branch as it was pushed last; "" where there is none yet."""
        file = Path(self.sandbox.repository(self.repository).path, "refs", "heads", branch)
        try:
            return file.read_text().strip() if branch else ""
        except OSError:
            return ""

    def at(self, issue: IssueRef) -> "Stand":
        """The same, looking at another issue."""
        return Stand(self.sandbox, issue.repo.name, issue.number)


@dataclass(frozen=True, slots=True)
class Setting:
    """A folder for all of it, settings of the app, and variables for the repositories' own CI."""

    root: Path
    given: dict[str, str]
    tools: dict[str, str]


@contextlib.contextmanager
def stand(plan: Plan, agent: str, setting: Setting) -> Iterator[Stand]:
    """For as long as the block runs."""
    scenario = plan.scenario
    source = None
    if plan.repo is not None or scenario.repository is None:
        source = plan.repo or sample_repository(setting.root / "sample")
    name = _named(plan)
    with Sandbox(setting.root / "github", manifest=manifest()) as sandbox:
        sandbox.add_person(PERSON)
        sandbox.create_repository(".github")
        sandbox.create_repository(name, source=source)
        sandbox.grant(".github", PERSON, "admin")
        sandbox.grant(name, PERSON, "write")
        for path, content in scenario.files.items():
            sandbox.write_file(name, path, content, by=PERSON)
        config = yaml.safe_dump(_config(agent, scenario.config))
        sandbox.write_file(".github", "orchestrator.yml", config, by=PERSON)
        _prepare_runners(sandbox, setting.tools)
        with AppProcess(sandbox, setting.root / "state", setting.given) as app:
            sandbox.webhook_url = app.webhook_url
            yield Stand(sandbox, name)


def _config(agent: str, said: dict[str, Any]) -> dict[str, Any]:
    """New projects run on the Python that is here: the sandbox's runners have no other."""
    config: dict[str, Any] = {"agent": agent, "merge": "on-green", **said}
    if founding := config.get("new_projects"):
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        config["new_projects"] = {"python": here, **founding}
    return config


def _prepare_runners(sandbox: Sandbox, tools: dict[str, str]) -> None:
    sandbox.actions.environment |= tools
    if "PYTHON" in tools:
        sandbox.set_variable(None, "PYTHON", tools["PYTHON"])


def _named(plan: Plan) -> str:
    if plan.repo is None:
        return plan.scenario.repository or REPOSITORY
    kept = "".join(char if char.isalnum() or char in "-_." else "-" for char in plan.repo.name)
    return kept.strip(".-") or "project"
