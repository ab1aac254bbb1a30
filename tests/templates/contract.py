"""Reads env.contract.yaml: which variables a project's code reads, and who gives them.

It knows nothing of the values that they are given.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import yaml

from app.scaffold.document import Document
from app.scaffold.error import ScaffoldError

FILE = "env.contract.yaml"
MAX_VARIABLES = 200
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
_MODULE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MAX_TEXT = 500
_REQUIRED = ("name", "module", "class", "secret", "purpose")
_KEYS = (*_REQUIRED, "default")
_BOOLEANS = {"true": True, "false": False}


class ContractError(ScaffoldError):
    """What is wrong with the file and on which line; for whoever wrote it."""


_DOCUMENT = Document(FILE, ContractError)


class Source(StrEnum):
    """Who gives a variable its value: the place it runs on, the deployment's rest, or a person."""

    INFRASTRUCTURE = "infrastructure"
    COMPUTED = "computed"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Variable:
    """`default` None: it must be set."""

    name: str
    module: str
    source: Source
    secret: bool
    purpose: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    variables: tuple[Variable, ...]

    @property
    def secrets(self) -> frozenset[str]:
        """The names of those that nobody may see."""
        return frozenset(each.name for each in self.variables if each.secret)


def parse(text: str) -> Contract:
    """Raises ContractError."""
    parts = _known(_DOCUMENT.root(text), ("version", "variables"))
    if "version" not in parts or _line(parts["version"]) != "1":
        raise ContractError(f"{FILE}: begin it with the line `version: 1`")
    listed = parts.get("variables")
    if not isinstance(listed, yaml.SequenceNode):
        raise ContractError(f"{FILE}: write a list of variables below `variables:`")
    if len(listed.value) > MAX_VARIABLES:
        raise _DOCUMENT.wrong(listed, f"more than {MAX_VARIABLES} variables; a service needs fewer")
    variables: dict[str, Variable] = {}
    for node in listed.value:
        variable = _variable(node)
        if variable.name in variables:
            raise _DOCUMENT.wrong(node, f"{variable.name} is there twice; remove one")
        variables[variable.name] = variable
    return Contract(tuple(variables.values()))


def _variable(node: yaml.Node) -> Variable:
    parts = _known(node, _KEYS)
    for key in _REQUIRED:
        if key not in parts:
            raise _DOCUMENT.wrong(node, f"{key} is not there; add it")
    said = {key: _line(value) for key, value in parts.items()}
    if _NAME.fullmatch(said["name"]) is None:
        raise _DOCUMENT.wrong(
            parts["name"], "write a name in capitals, digits and _, such as API_KEY"
        )
    if _MODULE.fullmatch(said["module"]) is None:
        raise _DOCUMENT.wrong(parts["module"], "write a module's name, such as backend")
    if said["class"] not in tuple(Source):
        raise _DOCUMENT.wrong(parts["class"], f"write one of {', '.join(Source)}; in doubt: user")
    if said["secret"] not in _BOOLEANS:
        raise _DOCUMENT.wrong(parts["secret"], "write true or false; in doubt: true")
    if not said["purpose"].strip():
        raise _DOCUMENT.wrong(parts["purpose"], "say what it is for")
    secret = _BOOLEANS[said["secret"]]
    if secret and said.get("default"):
        raise _DOCUMENT.wrong(parts["default"], "a secret in a file is none; leave the default out")
    return Variable(
        said["name"],
        said["module"],
        Source(said["class"]),
        secret,
        said["purpose"],
        said.get("default"),
    )


def _known(node: yaml.Node, known: tuple[str, ...]) -> dict[str, yaml.Node]:
    parts = {}
    for name, key, value in _DOCUMENT.pairs(node):
        if name not in known:
            raise _DOCUMENT.wrong(key, f"no such key; there are {', '.join(known)}")
        parts[name] = value
    return parts


def _line(node: yaml.Node) -> str:
    text = _DOCUMENT.text(node)
    if len(text) > _MAX_TEXT or not text.isprintable():
        raise _DOCUMENT.wrong(node, f"write one line of at most {_MAX_TEXT} visible characters")
    return text
