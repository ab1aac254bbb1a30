"""What `orc demo` is asked to do, checked before anything is started."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

import typer

from app.agents import UnknownAgentError, agent_type
from app.agents.scenario import Scenario, ScenarioError, load_scenario
from app.cli.demo.model import is_real, key_names
from app.cli.machine import Lacking, see_docker, see_git
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
    width = max(map(len, found)) + 2
    room = shutil.get_terminal_size((10_000, 24)).columns  # not a terminal: a line each
    for name, text in found.items():
        lines = wrap(text, max(room - width, 20))
        sys.stdout.write(f"{name:<{width}}{f'{chr(10):<{width + 1}}'.join(lines)}\n")


def keeping(options: Options) -> str:
    """The command that does the same again, and stays up."""
    given = {
        "--repo": options.repo,
        "--issue": options.issue,
        "--scenario": None if options.scenario == "default" else options.scenario,
        "--agent": None if options.agent == "scripted" else options.agent,
        "--executor": None if options.executor == "process" else options.executor,
    }
    words = [str(word) for name, value in given.items() if value for word in (name, value)]
    orc = "orc" if shutil.which("orc") or not sys.argv[0].endswith("/orc") else sys.argv[0]
    return shlex.join([orc, "demo", *words, "--keep"])


def check(options: Options) -> Plan:
    """Raises typer.BadParameter (exit code 2) that says which option, what is wrong, what to do.

    Raises Lacking where it is the machine that lacks something.
    """
    see_git()
    try:
        agent_type(options.agent)
    except UnknownAgentError as error:
        raise typer.BadParameter(str(error), param_hint="--agent") from None
    _see_executor(options)
    file, scenario = _scenario(options.scenario)
    if scenario.gateway and options.agent == "scripted" and options.executor != "docker":
        message = f"{scenario.name} needs the gateway: add `--executor docker`"
        raise typer.BadParameter(message, param_hint="--scenario")
    title, body = _request(options.issue, scenario)
    repo = _repository(options.repo)
    _see_that_it_fits(options)
    return Plan(file.absolute(), scenario, title, body, repo)


def _see_executor(options: Options) -> None:
    """It is there, and the agent is where it looks for it."""
    if options.executor not in EXECUTORS:
        known = ", ".join(EXECUTORS)
        message = f"there is no executor {options.executor!r}; use one of: {known}"
        raise typer.BadParameter(message, param_hint="--executor")
    if options.executor == "docker":
        try:
            see_docker()
        except Lacking as error:
            raise typer.BadParameter(str(error), param_hint="--executor") from None
    elif options.agent != "scripted" and not _is_here(options.agent):
        message = (
            f"there is no `{options.agent}` on PATH; install it or add `--executor docker`, "
            "which brings its own"
        )
        raise typer.BadParameter(message, param_hint="--agent")


def _is_here(program: str) -> bool:
    """Where the executor `process` looks for it."""
    beside = Path(sys.executable).parent
    path = f"{beside}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return shutil.which(program, path=path) is not None


def _scenario(name: str) -> tuple[Path, Scenario]:
    file = builtin_scenarios().get(name) or Path(name)
    if not file.exists():
        message = (
            f"there is no scenario {name!r}, neither a file nor built in "
            "(`orc demo --list` names the built-in scenarios)"
        )
        raise typer.BadParameter(message, param_hint="--scenario")
    try:
        return file, load_scenario(file)
    except ScenarioError as error:
        raise typer.BadParameter(str(error), param_hint="--scenario") from None


def _see_that_it_fits(options: Options) -> None:
    """What comes with us was written for the sample: elsewhere it would fail three times."""
    own = options.repo or options.issue
    if own is None or is_real(options.agent):
        return
    if options.agent == "scripted":
        if options.scenario not in builtin_scenarios():
            return
        message = (
            "the scripted agent knows only its own sample; add `--agent claude --executor docker` "
            "and set ANTHROPIC_API_KEY, or name a `--scenario` of your own"
        )
    else:
        key = key_names(options.agent)[1]
        message = f"without {key} a script answers, which knows only the sample; set {key}"
    raise typer.BadParameter(message, param_hint="--repo" if options.repo else "--issue")


def _request(file: Path | None, scenario: Scenario) -> tuple[str, str]:
    if file is None:
        if scenario.issue is not None:
            return scenario.issue.title, scenario.issue.body
        return scenario.name, scenario.description
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise typer.BadParameter(f"{file} can't be read: {why}", param_hint="--issue") from None
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
