"""What each command may be given. The client checks with it to be quick, the gateway to be sure.

It knows neither commands nor permissions. The gateway has its own copy, out of an agent's reach.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

MAX_TEXT = 4_000
MAX_WAIT = 120
MAX_PROBLEMS = 5
_MAX_WORDS = 200


def _visible(text: str) -> str:
    if not text.strip():
        raise ValueError("write something: it is empty")
    return text


def _no_dots(name: str) -> str:
    if set(name.rpartition("/")[2]) <= {"."} or set(name.partition("/")[0]) <= {"."}:
        raise ValueError("write a project's name, such as weather or acme/weather")
    return name


_NAME = r"[A-Za-z0-9_.-]{1,100}"
Project = Annotated[str, Field(pattern=rf"^{_NAME}(/{_NAME})?$"), AfterValidator(_no_dots)]
Issue = Annotated[int, Field(ge=1, le=10**9)]
Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_visible)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Secret = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,99}$")]
Module = Literal["backend", "tg_bot", "notifications", "frontend"]
Kind = Literal["answer", "question", "progress"]


class Arguments(BaseModel):
    """Nothing but what is named, and every value of the right type already."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NoArguments(Arguments):
    """For commands that take nothing."""


class OfProject(Arguments):
    """`project` left out is the run's own."""

    project: Project | None = None


class NewProject(Arguments):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,49}$")]
    description: Text
    modules: Annotated[list[Module], Field(min_length=1, max_length=4)]


class OfSecret(OfProject):
    """A name only: values are given by people, and never pass an agent."""

    name: Secret


class OfTask(OfProject):
    """`issue` left out is the run's own."""

    issue: Issue | None = None


class Waiting(OfTask):
    seconds: Annotated[int, Field(ge=1, le=MAX_WAIT)] = 60


class OfDeployment(OfProject):
    environment: Word = "production"


class WaitingForDeployment(OfDeployment):
    seconds: Annotated[int, Field(ge=1, le=MAX_WAIT)] = 60


class Allocation(OfProject):
    memory_mb: Annotated[int, Field(ge=16, le=1_048_576)]
    environment: Word = "production"


class Release(OfProject):
    allocation: Annotated[int, Field(ge=1, le=10**9)]


class Incidents(Arguments):
    server: Word | None = None


class Remark(Arguments):
    text: Text
    kind: Kind = "answer"


class LastWord(Arguments):
    text: Text


def problems(error: ValidationError) -> list[dict[str, str]]:
    """Which field is wrong and why; nothing of what was given, which may be large or secret."""
    return [
        {"field": _field(problem["loc"]), "problem": _words(problem["msg"])}
        for problem in error.errors(include_url=False, include_input=False, include_context=False)[
            :MAX_PROBLEMS
        ]
    ]


def _field(loc: tuple[Any, ...]) -> str:
    return _words(".".join(str(part) for part in loc)) or "arguments"


def _words(text: str) -> str:
    return text.removeprefix("Value error, ")[:_MAX_WORDS]
