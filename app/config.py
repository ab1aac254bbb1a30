"""Reads orchestrator.yml of an organisation and a project into a policy. It opens no file."""

import re
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.domain.policy import Merge, PlanApproval, Policy, Price, Role
from app.domain.run import Repeat, RunLimits

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
# What no JSON writes in another way, as agents' output is JSON.
_PROMISE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,:!_-]{1,78}[A-Za-z0-9]")
MAX_FILE = 100_000
MAX_DEPTH = 20
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


Size = Annotated[int, BeforeValidator(_bytes), Field(ge=64 << 20, le=1 << 40)]
Host = Annotated[str, AfterValidator(_host)]
Capability = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
Label = Annotated[str, Field(min_length=1, max_length=50)]
Usd = Annotated[float, Field(ge=0, le=100_000, strict=True, allow_inf_nan=False)]
Duration = Annotated[float, BeforeValidator(_seconds), Field(gt=0, le=MAX_SECONDS)]


_MODEL = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$"
PricedModel = Annotated[str, Field(pattern=r"^[A-Za-z0-9*?\[][A-Za-z0-9._:/*?\[\]-]{0,99}$")]


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
    loop: Loop | None = None
    deadlines: Deadlines = Deadlines()
    limits: Limits = Limits()
    test: Test = Test()
    plan_approval: PlanApproval | None = None
    merge: Merge | None = None
    budget_usd: float | None = Field(default=None, gt=0, strict=True, allow_inf_nan=False)
    prices: dict[PricedModel, ModelPrice] = Field(default={}, max_length=200)
    priorities: tuple[Label, ...] | None = Field(default=None, max_length=20)


class _Loader(yaml.SafeLoader):
    """Safe for our time, too: without aliases, which make a small file endless."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem="aliases are not taken; write it out", problem_mark=mark
            )
        if self.depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="nested too deep", problem_mark=mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        if isinstance(node, yaml.MappingNode):
            _refuse_twice(node)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except yaml.YAMLError:
            raise
        except Exception:  # PyYAML's constructors raise anything on odd tags and numbers
            raise yaml.MarkedYAMLError(
                problem=f"can't be read as {node.tag.rpartition(':')[2]}",
                problem_mark=node.start_mark,
            ) from None


def _refuse_twice(node: yaml.MappingNode) -> None:
    """YAML would silently take the last."""
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                problem = f"{key.value} is there twice; remove one"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)


def parse(text: str, file: str) -> Config:
    """One file's text. Raises ConfigError."""
    if len(text) > MAX_FILE:
        raise ConfigError(f"{file}: longer than {MAX_FILE} characters; shorten it")
    node, data = _load(text, file)
    if data is None:
        return Config()
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_explain(error, node, file)) from None


def _load(text: str, file: str) -> tuple[yaml.Node | None, Any]:
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"the character #x{error.character:04x} is not allowed; remove it"
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = error.problem or "can't be read"
    raise ConfigError(f"{file}, line {line}: not valid YAML: {what}")


def resolve(repository: str, *layers: Config) -> Policy:
    """The policy for a repository's name; later layers override earlier ones."""
    merged: dict[str, Any] = {}
    prices: dict[str, Price] = {}
    for layer in layers:
        merged |= _flat(layer)
        own = {model: said.price() for model, said in layer.prices.items()}
        prices = own | {model: price for model, price in prices.items() if model not in own}
    intake = merged.pop("intake", ())
    deadlines = {key: merged.pop(key) for key in ("agent_s", "idle_s", "tests_s") if key in merged}
    limits = {key: merged.pop(key) for key in _LIMITS if key in merged}
    default = Policy()
    wall = deadlines.get("agent_s", default.agent_limits.wall_seconds)
    tests = deadlines.get("tests_s", default.test_limits.wall_seconds)
    idle = deadlines.get("idle_s", default.agent_limits.idle_seconds)
    return Policy(
        **merged,
        intake=repository in intake,
        prices=tuple(prices.items()),
        agent_limits=RunLimits(wall_seconds=wall, idle_seconds=min(idle, wall), **limits),
        test_limits=RunLimits(wall_seconds=tests, idle_seconds=tests, **limits),
    )


_LIMITS = ("memory_bytes", "disk_bytes", "cpus", "processes")


def _flat(config: Config) -> dict[str, Any]:
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
        "budget_usd": config.budget_usd,
        "priorities": config.priorities,
    }
    return {key: value for key, value in values.items() if value is not None}


def _explain(error: ValidationError, root: yaml.Node | None, file: str) -> str:
    lines = []
    for problem in error.errors()[:5]:
        path = [part for part in problem["loc"] if isinstance(part, str | int) and part != "[key]"]
        key = ".".join(str(part) for part in path) or "the file"
        message = _ADVICE.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")
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
