"""The offline GitHub of a demo with the app beside it, and the issue that is looked at."""

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.cli.demo.app_process import AppProcess
from app.cli.demo.options import Options, Plan
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

    def at(self, issue: IssueRef) -> "Stand":
        """The same, looking at another issue."""
        return Stand(self.sandbox, issue.repo.name, issue.number)


@contextlib.contextmanager
def stand(plan: Plan, options: Options, root: Path, given: dict[str, str]) -> Iterator[Stand]:
    """`given` are settings of the app."""
    scenario = plan.scenario
    source = None
    if plan.repo is not None or scenario.repository is None:
        source = plan.repo or sample_repository(root / "sample")
    name = _named(plan)
    with Sandbox(root / "github", manifest=manifest()) as sandbox:
        sandbox.add_person(PERSON)
        sandbox.create_repository(".github")
        sandbox.create_repository(name, source=source)
        sandbox.grant(".github", PERSON, "admin")
        sandbox.grant(name, PERSON, "write")
        for path, content in scenario.files.items():
            sandbox.write_file(name, path, content, by=PERSON)
        config = yaml.safe_dump(_config(options, scenario.config))
        sandbox.write_file(".github", "orchestrator.yml", config, by=PERSON)
        _prepare_runners(sandbox, given)
        with AppProcess(sandbox, root / "state", given) as app:
            sandbox.webhook_url = app.webhook_url
            yield Stand(sandbox, name)


def _config(options: Options, said: dict[str, Any]) -> dict[str, Any]:
    """New projects run on the Python that is here: the sandbox's runners have no other."""
    config: dict[str, Any] = {"agent": options.agent, "merge": "on-green", **said}
    if founding := config.get("new_projects"):
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        config["new_projects"] = {"python": here, **founding}
    return config


def _prepare_runners(sandbox: Sandbox, given: dict[str, str]) -> None:
    """The repositories' own CI has the interpreter that runs have."""
    variables: dict[str, str] = json.loads(given.get("ORC_RUN_ENVIRONMENT", "{}"))
    sandbox.actions.environment |= variables
    if "PYTHON" in variables:
        sandbox.set_variable(None, "PYTHON", variables["PYTHON"])


def _named(plan: Plan) -> str:
    if plan.repo is None:
        return plan.scenario.repository or REPOSITORY
    kept = "".join(char if char.isalnum() or char in "-_." else "-" for char in plan.repo.name)
    return kept.strip(".-") or "project"
