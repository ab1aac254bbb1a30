"""What `orc demo` is asked to do, checked before anything is started."""

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from app.agents import UnknownAgentError, agent_type
from app.agents.scenario import Scenario, ScenarioError, load_scenario
from app.sandbox.scenario_list import builtin_scenarios

EXECUTORS = ("process", "docker")
_MAX_ISSUE = 65_536


@dataclass(frozen=True, slots=True)
class Options:
    repo: Path | None
    issue: Path | None
    scenario: str
    agent: str
    executor: str
    keep: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The same, found good: a scenario, a request, and what to work on."""

    scenario_file: Path
    scenario: Scenario
    title: str
    body: str
    repo: Path | None


def list_scenarios(*, as_json: bool) -> None:
    """Name and description of each."""
    found = {name: load_scenario(path).description for name, path in builtin_scenarios().items()}
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    width = max(map(len, found))
    sys.stdout.writelines(f"{name:<{width}}  {text}\n" for name, text in found.items())


def check(options: Options) -> Plan:
    """Raises typer.BadParameter (exit code 2) that says which option, what is wrong, what to do."""
    try:
        agent_type(options.agent)
    except UnknownAgentError as error:
        raise typer.BadParameter(str(error), param_hint="--agent") from None
    if options.executor not in EXECUTORS:
        known = ", ".join(EXECUTORS)
        message = f"there is no executor {options.executor!r}; use one of: {known}"
        raise typer.BadParameter(message, param_hint="--executor")
    if options.executor == "docker":
        _see_engine()
    file = builtin_scenarios().get(options.scenario) or Path(options.scenario)
    try:
        scenario = load_scenario(file)
    except ScenarioError as error:
        hint = "" if file.is_file() else " (`orc demo --list` names the built-in scenarios)"
        raise typer.BadParameter(f"{error}{hint}", param_hint="--scenario") from None
    if scenario.gateway and options.agent == "scripted" and options.executor != "docker":
        message = f"{scenario.name} needs the gateway: add `--executor docker`"
        raise typer.BadParameter(message, param_hint="--scenario")
    title, body = _request(options.issue, scenario)
    return Plan(file.absolute(), scenario, title, body, _repository(options.repo))


def _see_engine() -> None:
    import docker

    try:
        with contextlib.closing(docker.from_env()) as client:
            client.ping()
    except docker.errors.DockerException as error:
        message = f"no Docker engine answers ({error}); start one, and see that you may use it"
        raise typer.BadParameter(message, param_hint="--executor") from None


def _request(file: Path | None, scenario: Scenario) -> tuple[str, str]:
    if file is None:
        if scenario.issue is not None:
            return scenario.issue.title, scenario.issue.body
        return scenario.name, scenario.description
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} can't be read: {error}", param_hint="--issue") from None
    title, _, body = text.strip().partition("\n")
    title = title.lstrip("# ").strip()
    if not title:
        raise typer.BadParameter(
            f"{file} is empty; its first line is the title", param_hint="--issue"
        )
    if len(body) > _MAX_ISSUE:
        raise typer.BadParameter(
            f"{file} is longer than GitHub's {_MAX_ISSUE} characters; shorten it",
            param_hint="--issue",
        )
    return title[:256], body.strip()


def _repository(folder: Path | None) -> Path | None:
    if folder is None:
        return None
    command = ["git", "-C", str(folder), "rev-parse", "--verify", "--quiet", "HEAD^{commit}"]
    if not folder.is_dir() or subprocess.run(command, capture_output=True, check=False).returncode:
        message = f"{folder} is no git repository with a commit; `git init` and commit first"
        raise typer.BadParameter(message, param_hint="--repo")
    return folder.absolute()
