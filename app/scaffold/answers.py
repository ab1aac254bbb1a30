"""What a project is made from, as a person or an agent said it. Taken from them, it is hostile.

Answers end in TOML, YAML, JSON, HTML and Markdown. The template quotes them for each; what is
refused here is what has no honest use, so that a mistake there finds little to work with.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from app.domain.project import MODULES, Module, is_name
from app.scaffold.error import AnswersError

_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
# Controls, formats (also tags and directions), surrogates, private and unassigned, separators.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u115f\u1160\u3164\uffa0\u034f]")


def _name(value: str) -> str:
    if not is_name(value):
        raise ValueError("write lower-case letters, digits and single dashes; begin with a letter")
    return value


def _email(value: str) -> str:
    if _EMAIL.fullmatch(value) is None:
        raise ValueError("write an address such as ada@example.com")
    return value


def _visible(value: str) -> str:
    if _VARIANTS.search(value) or any(unicodedata.category(c) in _UNSEEN for c in value):
        raise ValueError("remove what can't be seen: control characters, line ends, marks")
    return value.rstrip()


def _line(value: str) -> str:
    if not value.strip():
        raise ValueError("write something")
    return _visible(value).lstrip()


def _paragraphs(value: str) -> str:
    lines = value.replace("\r\n", "\n").replace("\t", "    ").split("\n")
    return "\n".join(map(_visible, lines)).strip("\n")


def _modules(value: object) -> object:
    """In the template's order: the same project whichever way they were named."""
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"write a list of any of {', '.join(MODULES)}")
    if len(set(value)) != len(value):
        raise ValueError("name each module once")
    unknown = [each for each in value if each not in MODULES]
    return tuple(unknown) or tuple(each for each in MODULES if each in value)


Line = Annotated[str, AfterValidator(_line)]


class Answers(BaseModel):
    """The answers to the questions of templates/service/copier.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    project_name: Annotated[
        str, StringConstraints(min_length=2, max_length=40), AfterValidator(_name)
    ]
    project_description: Annotated[Line, StringConstraints(max_length=200)]
    task_description: Annotated[
        str,
        StringConstraints(max_length=4_000),
        AfterValidator(_paragraphs),
        StringConstraints(max_length=4_000),  # it may have grown
    ] = ""
    author_name: Annotated[Line, StringConstraints(max_length=100)]
    author_email: Annotated[str, StringConstraints(max_length=200), AfterValidator(_email)]
    modules: Annotated[tuple[Module, ...], BeforeValidator(_modules), Field(min_length=1)]
    python_version: Literal["3.11", "3.12", "3.13"] = "3.12"
    node_version: Literal["22", "24"] = "22"

    @classmethod
    def read(cls, said: object) -> Self:
        """From what an agent or a file said. Raises AnswersError, which repeats nothing of it."""
        if not isinstance(said, Mapping):
            raise AnswersError("Answers are names with values; write {project_name: …, …}.")
        try:
            return cls.model_validate(dict(said))
        except ValidationError as error:
            raise AnswersError(_explain(error)) from None


_ADVICE = {
    "extra_forbidden": "there is no such question; leave it out",
    "missing": "is not answered; answer it",
    "string_type": "write a text, in quotes if it looks like a number",
}


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False)[:8]:
        place = str(problem["loc"][0]) if problem["loc"] else ""
        known = place if place in Answers.model_fields else "an unknown name"
        said = _ADVICE.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")
        lines.append(f"{known}: {said}")
    return "\n".join(lines)
