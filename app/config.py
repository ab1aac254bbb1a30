"""Reads orchestrator.yml of an organisation and a project into a policy. It opens no file."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.agents import AGENTS
from app.domain.policy import (
    Escalation,
    Member,
    Merge,
    NewProjects,
    PlanApproval,
    Policy,
    Price,
    Role,
    RolePolicy,
)
from app.domain.run import Repeat, RunLimits
from app.strict_yaml import YamlError, line_of, load

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
MAX_SECONDS = 24 * 3600.0
_SIZE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?(MB|GB)")
_MIB = {"MB": 1, "GB": 1024}
# A name, as DNS has it; not an address, which would say nothing of who answers there.
_HOST = re.compile(
    r"(?=.{1,253}(?::|\Z))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?::([0-9]{1,5}))?"
)
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}")
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# What no JSON writes in another way, as agents' output is JSON.
_PROMISE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,:!_-]{1,78}[A-Za-z0-9]")
MAX_FILE = 100_000
_ADVICE = {
    "extra_forbidden": "no such key; see the list of keys in docs/configuration.md",
    "model_type": "write `key: value` lines below it, indented alike; or leave it out",
    "dict_type": "write `key: value` lines below it, indented alike; or leave it out",
    "missing": "is not there; add it",
    "tuple_type": "write a list, such as [one, two]",
}


class ConfigError(Exception):
    """What is wrong, where, and what to do; meant for the person who wrote the file."""


def _seconds(value: object) -> object:
    if not isinstance(value, str) or (match := _DURATION.fullmatch(value.strip())) is None:
        raise ValueError('write a duration such as "90s", "10m" or "1h"')
    return float(match.group(1)) * _SECONDS[match.group(2)]


def _bytes(value: object) -> object:
    if not isinstance(value, str) or (match := _SIZE.fullmatch(value.strip())) is None:
        raise ValueError('write a size such as "512MB" or "2GB"')
    return int(float(match.group(1)) * _MIB[match.group(2)]) << 20


def _host(value: str) -> str:
    match = _HOST.fullmatch(value)
    if match is None or not 0 < int(match.group(1) or 443) < 65_536:
        raise ValueError(
            "write a host's name in lower case, such as pypi.org or pypi.org:443; "
            "no URL, no address, no pattern"
        )
    return value


def _promise(value: str) -> str:
    if _PROMISE.fullmatch(value) is None:
        raise ValueError(
            "write 3 to 80 letters, digits, spaces and any of . , : ! _ - such as ALL DONE; "
            "it begins and ends with a letter or digit"
        )
    return value


def _login(value: str) -> str:
    if _LOGIN.fullmatch(name := value.removeprefix("@")) is None:
        raise ValueError("write a person's login, such as octocat; teams can't be assigned")
    return name


def _login_or_team(value: str) -> str:
    name = value.removeprefix("@")
    if _LOGIN.fullmatch(name) is None and _TEAM.fullmatch(name) is None:
        raise ValueError('write a login, or a team as its organisation names it: "acme/on-call"')
    return name


Size = Annotated[int, BeforeValidator(_bytes), Field(ge=64 << 20, le=1 << 40)]
Host = Annotated[str, AfterValidator(_host)]
Capability = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
Label = Annotated[str, Field(min_length=1, max_length=50)]
Usd = Annotated[float, Field(ge=0, le=100_000, strict=True, allow_inf_nan=False)]
Duration = Annotated[float, BeforeValidator(_seconds), Field(gt=0, le=MAX_SECONDS)]


_MODEL = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$"
PricedModel = Annotated[str, Field(pattern=r"^[A-Za-z0-9*?\[][A-Za-z0-9._:/*?\[\]-]{0,99}$")]


Login = Annotated[str, AfterValidator(_login)]
LoginOrTeam = Annotated[str, AfterValidator(_login_or_team)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Triggers(_Part):
    label: str | None = Field(default=None, min_length=1, max_length=50)
    mention: bool | None = Field(default=None, strict=True)
    intake: tuple[str, ...] | None = None  # names of repositories


class Deadlines(_Part):
    agent: Duration | None = None
    idle: Duration | None = None
    tests: Duration | None = None


class Test(_Part):
    command: str | None = Field(default=None, min_length=1, max_length=2_000)
    reports: tuple[str, ...] | None = None
    network: bool | None = Field(default=None, strict=True)


class Limits(_Part):
    """Of every run, the agent's and the tests', each by itself."""

    memory: Size | None = None
    disk: Size | None = None
    cpus: float | None = Field(default=None, ge=0.1, le=256, strict=True, allow_inf_nan=False)
    processes: int | None = Field(default=None, ge=16, le=100_000, strict=True)


class Loop(_Part):
    times: int = Field(ge=1, le=Repeat.MOST, strict=True)
    until: Annotated[str, AfterValidator(_promise)]


class Called(_Part):
    """Who is called when a task needs a person."""

    assign: tuple[Login, ...] = Field(default=(), max_length=10)
    mention: tuple[LoginOrTeam, ...] = Field(default=(), max_length=10)


class OfRole(_Part):
    """What is different for one role."""

    agent: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]*$")
    model: str | None = Field(default=None, pattern=_MODEL)
    deadline: Duration | None = None
    idle: Duration | None = None
    prompt: str = Field(default="", max_length=4_000)


class Founding(_Part):
    """Which repositories' requests may lead to repositories of their own, and what those are."""

    repositories: tuple[str, ...] = Field(min_length=1, max_length=100)
    private: bool = Field(default=True, strict=True)
    python: Literal["3.11", "3.12", "3.13"] = "3.12"
    node: Literal["22", "24"] = "22"


RoleName = Literal["product-owner", "analyst", "lead", "architect", "developer", "reviewer"]


class ModelPrice(_Part):
    """USD per million tokens."""

    input: Usd
    output: Usd
    cached_input: Usd | None = None
    cache_write: Usd | None = None

    def price(self) -> Price:
        """What is not said of the cache costs as much as without one."""
        cached = self.input if self.cached_input is None else self.cached_input
        written = self.input if self.cache_write is None else self.cache_write
        return Price(self.input, self.output, cached, written)


class Config(_Part):
    """One file; what it leaves out is inherited."""

    triggers: Triggers = Triggers()
    who: Literal["triage", "write", "maintain", "admin"] | None = None
    agent: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]*$")
    model: str | None = Field(default=None, pattern=_MODEL)
    capabilities: tuple[Capability, ...] | None = None
    egress: tuple[Host, ...] | None = Field(default=None, max_length=200)
    attempts: int | None = Field(default=None, ge=1, le=20, strict=True)
    repairs: int | None = Field(default=None, ge=0, le=20, strict=True)
    loop: Loop | None = None
    deadlines: Deadlines = Deadlines()
    limits: Limits = Limits()
    test: Test = Test()
    plan_approval: PlanApproval | None = None
    merge: Merge | None = None
    reviews: int | None = Field(default=None, ge=0, le=10, strict=True)
    escalate: Called | None = None
    budget_usd: float | None = Field(default=None, gt=0, strict=True, allow_inf_nan=False)
    prices: dict[PricedModel, ModelPrice] = Field(default={}, max_length=200)
    priorities: tuple[Label, ...] | None = Field(default=None, max_length=20)
    team: tuple[Member, ...] | None = Field(default=None, max_length=10)
    roles: dict[RoleName, OfRole] = Field(default={})
    new_projects: Founding | None = None


def parse(text: str, file: str) -> Config:
    """One file's text. Raises ConfigError."""
    if len(text) > MAX_FILE:
        raise ConfigError(f"{file}: longer than {MAX_FILE} characters; shorten it")
    try:
        node, data = load(text)
    except YamlError as error:
        raise ConfigError(f"{file}, {error}") from None
    if data is None:
        return Config()
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_explain(error, node, file)) from None


def resolve(repository: str, *layers: Config) -> Policy:
    """The policy for a repository's name; later layers override earlier ones."""
    merged: dict[str, Any] = {}
    roles: dict[str, OfRole] = {}
    prices: dict[str, Price] = {}
    for layer in layers:
        merged |= _flat(layer)
        for name, said in layer.roles.items():
            own = {key: getattr(said, key) for key in said.model_fields_set}
            roles[name] = roles.get(name, OfRole()).model_copy(update=own)
        own = {model: said.price() for model, said in layer.prices.items()}
        prices = own | {model: price for model, price in prices.items() if model not in own}
    intake = merged.pop("intake", ())
    deadlines = {key: merged.pop(key) for key in ("agent_s", "idle_s", "tests_s") if key in merged}
    limits = {key: merged.pop(key) for key in _LIMITS if key in merged}
    default = Policy()
    wall = deadlines.get("agent_s", default.agent_limits.wall_seconds)
    tests = deadlines.get("tests_s", default.test_limits.wall_seconds)
    idle = deadlines.get("idle_s", default.agent_limits.idle_seconds)
    agent_limits = RunLimits(wall_seconds=wall, idle_seconds=min(idle, wall), **limits)
    return Policy(
        **merged,
        agents=tuple(agent.name for agent in AGENTS),
        intake=repository in intake,
        prices=tuple(prices.items()),
        roles=tuple((name, _of_role(said, agent_limits)) for name, said in roles.items()),
        new_projects=_new_projects(repository, layers[:1]),
        agent_limits=agent_limits,
        test_limits=RunLimits(wall_seconds=tests, idle_seconds=tests, **limits),
    )


def _new_projects(repository: str, organization: Sequence[Config]) -> NewProjects | None:
    """The organisation alone says so: who may write to one repository must not get others."""
    for said in (layer.new_projects for layer in organization):
        if said is not None and repository in said.repositories:
            return NewProjects(said.private, said.python, said.node)
    return None


def _of_role(said: OfRole, limits: RunLimits) -> RolePolicy:
    own = None
    if said.deadline is not None or said.idle is not None:
        wall = said.deadline or limits.wall_seconds
        idle = min(said.idle or limits.idle_seconds, wall)
        own = replace(limits, wall_seconds=wall, idle_seconds=idle)
    return RolePolicy(said.agent, said.model, own, said.prompt)


_LIMITS = ("memory_bytes", "disk_bytes", "cpus", "processes")


def _flat(config: Config) -> dict[str, Any]:
    said = config.escalate
    values = {
        "trigger_label": config.triggers.label,
        "mention": config.triggers.mention,
        "intake": config.triggers.intake,
        "who": Role[config.who.upper()] if config.who else None,
        "agent": config.agent,
        "model": config.model,
        "capabilities": config.capabilities,
        "egress": config.egress,
        "attempts": config.attempts,
        "repairs": config.repairs,
        "loop": Repeat(config.loop.until, config.loop.times) if config.loop else None,
        "agent_s": config.deadlines.agent,
        "idle_s": config.deadlines.idle,
        "tests_s": config.deadlines.tests,
        "memory_bytes": config.limits.memory,
        "disk_bytes": config.limits.disk,
        "cpus": config.limits.cpus,
        "processes": config.limits.processes,
        "test_command": config.test.command,
        "test_reports": config.test.reports,
        "test_network": config.test.network,
        "plan_approval": config.plan_approval,
        "merge": config.merge,
        "reviews": config.reviews,
        "escalation": Escalation(said.assign, said.mention) if said else None,
        "budget_usd": config.budget_usd,
        "priorities": config.priorities,
        "team": None if config.team is None else frozenset(config.team),
    }
    return {key: value for key, value in values.items() if value is not None}


def _explain(error: ValidationError, root: yaml.Node | None, file: str) -> str:
    lines = []
    for problem in error.errors()[:5]:
        path = [part for part in problem["loc"] if isinstance(part, str | int) and part != "[key]"]
        key = ".".join(str(part) for part in path) or "the file"
        message = _ADVICE.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")
        lines.append(f"{file}, line {line_of(root, path)}: {key}: {message}")
    return "\n".join(lines)
