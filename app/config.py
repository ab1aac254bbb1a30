"""Reads orchestrator.yml of an organisation and a project into a policy. It opens no file."""

import re
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.domain.policy import Merge, PlanApproval, Policy, Role
from app.domain.run import RunLimits

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
MAX_SECONDS = 24 * 3600.0
MAX_FILE = 100_000


class ConfigError(Exception):
    """What is wrong, where, and what to do; meant for the person who wrote the file."""


def _seconds(value: object) -> object:
    if not isinstance(value, str) or (match := _DURATION.fullmatch(value.strip())) is None:
        raise ValueError('write a duration such as "90s", "10m" or "1h"')
    return float(match.group(1)) * _SECONDS[match.group(2)]


Duration = Annotated[float, BeforeValidator(_seconds), Field(gt=0, le=MAX_SECONDS)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Triggers(_Part):
    label: str | None = Field(default=None, min_length=1, max_length=50)
    mention: bool | None = None
    intake: tuple[str, ...] | None = None  # names of repositories


class Deadlines(_Part):
    agent: Duration | None = None
    idle: Duration | None = None
    tests: Duration | None = None


class Test(_Part):
    command: str | None = Field(default=None, min_length=1, max_length=2_000)
    reports: tuple[str, ...] | None = None


class Config(_Part):
    """One file; what it leaves out is inherited."""

    triggers: Triggers = Triggers()
    who: Literal["triage", "write", "maintain", "admin"] | None = None
    agent: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]*$")
    attempts: int | None = Field(default=None, ge=1, le=20)
    deadlines: Deadlines = Deadlines()
    test: Test = Test()
    plan_approval: PlanApproval | None = None
    merge: Merge | None = None
    budget_usd: float | None = Field(default=None, gt=0)


def parse(text: str, file: str) -> Config:
    """One file's text. Raises ConfigError."""
    if len(text) > MAX_FILE:
        raise ConfigError(f"{file}: longer than {MAX_FILE} characters; shorten it")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "can't be read"
        raise ConfigError(f"{file}{line}: not valid YAML: {problem}") from None
    if data is None:
        return Config()
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_explain(error, node, file)) from None


def resolve(repository: str, *layers: Config) -> Policy:
    """The policy for a repository's name; later layers override earlier ones."""
    merged: dict[str, Any] = {}
    for layer in layers:
        merged |= _flat(layer)
    intake = merged.pop("intake", ())
    deadlines = {key: merged.pop(key) for key in ("agent_s", "idle_s", "tests_s") if key in merged}
    default = Policy()
    wall = deadlines.get("agent_s", default.agent_limits.wall_seconds)
    tests = deadlines.get("tests_s", default.test_limits.wall_seconds)
    idle = deadlines.get("idle_s", default.agent_limits.idle_seconds)
    return Policy(
        **merged,
        intake=repository in intake,
        agent_limits=RunLimits(wall_seconds=wall, idle_seconds=min(idle, wall)),
        test_limits=RunLimits(wall_seconds=tests, idle_seconds=tests),
    )


def _flat(config: Config) -> dict[str, Any]:
    values = {
        "trigger_label": config.triggers.label,
        "mention": config.triggers.mention,
        "intake": config.triggers.intake,
        "who": Role[config.who.upper()] if config.who else None,
        "agent": config.agent,
        "attempts": config.attempts,
        "agent_s": config.deadlines.agent,
        "idle_s": config.deadlines.idle,
        "tests_s": config.deadlines.tests,
        "test_command": config.test.command,
        "test_reports": config.test.reports,
        "plan_approval": config.plan_approval,
        "merge": config.merge,
        "budget_usd": config.budget_usd,
    }
    return {key: value for key, value in values.items() if value is not None}


def _explain(error: ValidationError, root: yaml.Node | None, file: str) -> str:
    lines = []
    for problem in error.errors()[:5]:
        path = [part for part in problem["loc"] if isinstance(part, str | int)]
        key = ".".join(str(part) for part in path) or "the file"
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "no such key; see the list of keys in docs/configuration.md"
        lines.append(f"{file}, line {_line(root, path)}: {key}: {message}")
    return "\n".join(lines)


def _line(node: yaml.Node | None, path: list[str | int]) -> int:
    """The line of the deepest part of `path` that the file has."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next((p for p in node.value if p[0].value == part), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
