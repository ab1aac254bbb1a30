"""The YAML file that tells the scripted agent what to do. It checks everything and runs nothing."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from app.strict_yaml import YamlError, line_of, load

_LIKE = re.compile(r"(?P<name>[a-z0-9-]{1,80})(?:#(?P<number>[0-9]{1,3}))?")


class ScenarioError(ValueError):
    """Says file, line, key, what is wrong and what to do."""


def _inside(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\0" in path:
        raise ValueError("the path must stay inside the workspace: make it relative, without '..'")
    return path


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Inside = Annotated[str, AfterValidator(_inside)]
Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0, le=10**9)]


class Write(_Strict):
    """`content`, `times` over (for large files)."""

    path: Inside
    content: str
    times: Annotated[int, Field(ge=1, le=10**8)] = 1


class Symlink(_Strict):
    path: Inside
    target: Text  # anything: planting a bad one is what the step is for


class Submodule(_Strict):
    path: Inside


class Tokens(_Strict):
    input: Count = 0
    output: Count = 0


class Search(_Strict):
    """Files below a folder that hold what a regular expression finds."""

    pattern: Text
    under: Text = "/"


class Check(_Strict):
    """One thing to look for from inside: exactly one of these keys; see agent_image/probe.py."""

    env: Text | None = None
    proc: Text | None = None
    search: Search | None = None
    file: Text | None = None
    write: Text | None = None
    connect: Annotated[str, Field(pattern=r".+:[0-9]+")] | None = None
    unix: Text | None = None
    resolve: Text | None = None
    proxy: Annotated[str, Field(pattern=r".+:[0-9]+")] | None = None
    status: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a check has exactly one key: begin each with a '-' of its own")
        return self


class Step(_Strict):
    """One thing to do: exactly one of these keys."""

    write: Write | None = None
    delete: Inside | None = None
    symlink: Symlink | None = None
    submodule: Submodule | None = None
    commit: Text | None = None
    say: Text | None = None
    tell_time: Literal[True] | None = None  # seconds since 1970
    report_tokens: Tokens | None = None
    fail: Text | None = None
    ask: Text | None = None  # a question that it can't go on without an answer to
    report: dict[str, JsonValue] | None = None  # what its result holds besides
    crash: Annotated[int, Field(ge=1, le=255)] | None = None
    hang: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None  # nothing: for ever
    ignore_sigterm: Literal[True] | None = None
    spawn_daemon: Literal[True] | None = None
    print_gigabyte: Literal[True] | None = None
    print_binary: Literal[True] | None = None
    probe: Annotated[tuple[Check, ...], Field(strict=False, min_length=1)] | None = None
    orchestrator: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] | None = None
    fork_bomb: Literal[True] | None = None
    fill_disk: Inside | None = None  # the file that grows
    fill_memory: Annotated[int, Field(ge=1, le=2**40)] | None = None  # bytes
    loop: Literal["quiet", "noisy"] | None = None  # for ever; noisy: with a line each second
    like: Text | None = None  # all steps of another scenario's last attempt; `name#1`: its first

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = self.model_fields_set
        if len(given) != 1:
            raise ValueError("a step has exactly one key: begin each with a '-' of its own")
        verb = next(iter(given))
        if getattr(self, verb) is None and verb != "hang":
            raise ValueError(f"{verb!r} has no value: give it one")
        return self


Steps = Annotated[tuple[Step, ...], Field(strict=False)]


def _at_least_one(attempts: tuple[Steps, ...]) -> tuple[Steps, ...]:
    if not attempts:
        raise ValueError("there is no attempt: add at least one list of steps")
    return attempts


Attempts = Annotated[tuple[Steps, ...], Field(strict=False), AfterValidator(_at_least_one)]


class Remark(_Strict):
    """A person's comment on a line of the pull request, which asks for a change."""

    path: Inside
    line: Annotated[int, Field(ge=1)]
    say: Text


class Person(_Strict):
    """What a person does once the issue has come to a stage, given by its label: one thing.

    What is done in review waits until the repository's own CI has found nothing wrong.
    """

    at: Annotated[str, Field(pattern=r"^orc:[a-z-]+$")]
    say: Text | None = None
    review: Remark | None = None
    merge: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 2:
            raise ValueError("a person does one thing: say, review or merge")
        return self


class Issue(_Strict):
    """The request that the scenario is about."""

    title: Text
    body: str = ""


class Scenario(_Strict):
    """What the scripted agent does in each attempt; the last attempt is repeated.

    `attempts` are the developer's, those in `titled` for issues of these titles instead, `roles`
    those of the others in the team. In the demo, `people`
    is what a person does, each once, in order. Its repository is the sample with `files`, or, where
    there is a `repository`, one of that name with those alone.
    """

    name: Text
    description: Text
    gateway: bool = False  # whether its runs can reach the gateway
    issue: Issue | None = None
    repository: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")] | None = None
    files: dict[Inside, str] = Field(default_factory=dict)
    people: Annotated[tuple[Person, ...], Field(strict=False)] = ()
    config: dict[str, JsonValue] = Field(default_factory=dict)
    attempts: Attempts
    roles: dict[Literal["product-owner", "analyst", "lead", "architect", "reviewer"], Attempts] = (
        Field(default_factory=dict)
    )
    titled: dict[Text, Attempts] = Field(default_factory=dict)

    def attempt(self, number: int, role: str = "developer", told: str = "") -> bytes:
        """attempt.json for attempt 1, 2, … of a role; one it does not speak of does nothing."""
        others = {str(name): attempts for name, attempts in self.roles.items()}
        own = [steps for title, steps in self.titled.items() if f"\n# {title}\n" in told]
        developer = own[0] if own else self.attempts
        attempts = ({"developer": developer} | others).get(role, ((),))
        steps = attempts[min(max(number, 1), len(attempts)) - 1]
        return json.dumps(
            {"steps": [step.model_dump(exclude_unset=True) for step in steps]}
        ).encode()


_MODELS: Mapping[str | int, type[BaseModel]] = {
    "issue": Issue,
    "attempts": Step,
    "roles": Step,
    "titled": Step,
    "people": Person,
    "review": Remark,
    "write": Write,
    "symlink": Symlink,
    "submodule": Submodule,
    "report_tokens": Tokens,
    "probe": Check,
    "search": Search,
}


def load_scenario(path: Path) -> Scenario:
    """Read and check a scenario; whatever the file holds, the only error is ScenarioError."""
    scenario = _load(path)
    attempts = tuple(tuple(_spliced(path, steps)) for steps in scenario.attempts)
    roles = {
        role: tuple(tuple(_spliced(path, steps)) for steps in each)
        for role, each in scenario.roles.items()
    }
    titled = {
        title: tuple(tuple(_spliced(path, steps)) for steps in each)
        for title, each in scenario.titled.items()
    }
    update = {"attempts": attempts, "roles": roles, "titled": titled}
    return scenario.model_copy(update=update)


def _spliced(path: Path, steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        if step.like is None:
            yield step
            continue
        match = _LIKE.fullmatch(step.like)
        if match is None:
            raise ScenarioError(
                f"{path}: like: {step.like!r} is not the name of a scenario: "
                "write `name`, or `name#2` for its second attempt"
            )
        attempts = _load(path.with_name(f"{match['name']}.yaml")).attempts
        number = int(match["number"] or len(attempts))
        if not 1 <= number <= len(attempts):
            raise ScenarioError(f"{path}: like: {step.like!r}: it has {len(attempts)} attempts")
        if any(inner.like for inner in attempts[number - 1]):
            raise ScenarioError(
                f"{path}: like: {step.like!r} itself has a 'like': name the scenario it names"
            )
        yield from attempts[number - 1]


def _load(path: Path) -> Scenario:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ScenarioError(f"{path}: can't be read: {why}") from error
    try:
        node, content = load(text)
        if content is None:
            raise ScenarioError(
                f"{path}:1: the file: it is empty: write name, description and attempts"
            )
        return Scenario.model_validate(content)
    except YamlError as error:
        raise ScenarioError(f"{path}:{error.line}: not valid YAML: {error.what}") from error
    except ValidationError as error:
        problems = [_explain(path, node, problem) for problem in error.errors()]
        raise ScenarioError("\n".join(problems)) from error


def _explain(path: Path, node: yaml.Node | None, problem: Any) -> str:
    key: list[str | int] = list(problem["loc"])
    shown = ".".join(str(part) for part in key) or "the file"
    advice = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        model = next((_MODELS[part] for part in reversed(key[:-1]) if part in _MODELS), Scenario)
        advice = f"there is no such key; the keys here are {', '.join(model.model_fields)}"
    elif problem["type"] == "missing":
        advice = "it is missing: add it"
    elif problem["type"] in ("model_type", "dict_type"):
        advice = "it must be `key: value` lines"
    return f"{path}:{line_of(node, key)}: {shown}: {advice}"
