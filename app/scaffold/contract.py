"""Reads env.contract.yaml: which variables a project's code reads, and who gives them.

The file is a repository's, so it is hostile. It is walked as nodes, with lines for the messages;
no value in it becomes anything but a text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from app.scaffold.error import ScaffoldError

FILE = "env.contract.yaml"
MAX_FILE = 100_000  # characters
MAX_VARIABLES = 200
_MAX_DEPTH = 6
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
_MODULE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MAX_TEXT = 500
_REQUIRED = ("name", "module", "class", "secret", "purpose")
_KEYS = (*_REQUIRED, "default")
_BOOLEANS = {"true": True, "false": False}


class ContractError(ScaffoldError):
    """What is wrong with the file and on which line; for whoever wrote it."""


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
    if len(text) > MAX_FILE:
        raise ContractError(f"{FILE} is longer than {MAX_FILE} characters; shorten it")
    parts = dict(_pairs(_compose(text), ("version", "variables")))
    if "version" not in parts or _text(parts["version"]) != "1":
        raise ContractError(f"{FILE}: begin it with the line `version: 1`")
    listed = parts.get("variables")
    if not isinstance(listed, yaml.SequenceNode):
        raise ContractError(f"{FILE}: write a list of variables below `variables:`")
    if len(listed.value) > MAX_VARIABLES:
        raise _wrong(listed, f"more than {MAX_VARIABLES} variables; a service needs fewer")
    variables: dict[str, Variable] = {}
    for node in listed.value:
        variable = _variable(node)
        if variable.name in variables:
            raise _wrong(node, f"{variable.name} is there twice; remove one")
        variables[variable.name] = variable
    return Contract(tuple(variables.values()))


def _variable(node: yaml.Node) -> Variable:
    parts = dict(_pairs(node, _KEYS))
    for key in _REQUIRED:
        if key not in parts:
            raise _wrong(node, f"{key} is not there; add it")
    said = {key: _text(value) for key, value in parts.items()}
    if _NAME.fullmatch(said["name"]) is None:
        raise _wrong(parts["name"], "write a name in capitals, digits and _, such as API_KEY")
    if _MODULE.fullmatch(said["module"]) is None:
        raise _wrong(parts["module"], "write a module's name, such as backend")
    if said["class"] not in tuple(Source):
        raise _wrong(parts["class"], f"write one of {', '.join(Source)}; in doubt: user")
    if said["secret"] not in _BOOLEANS:
        raise _wrong(parts["secret"], "write true or false; in doubt: true")
    if not said["purpose"].strip():
        raise _wrong(parts["purpose"], "say what it is for")
    secret = _BOOLEANS[said["secret"]]
    if secret and said.get("default"):
        raise _wrong(parts["default"], "a secret in a file is none; leave the default out")
    return Variable(
        said["name"],
        said["module"],
        Source(said["class"]),
        secret,
        said["purpose"],
        said.get("default"),
    )


def _compose(text: str) -> yaml.Node:
    """The file as nodes; few deep, and without aliases, which make a small file endless."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                raise _wrong(event, "nested too deep; see the template's own contract")
            if isinstance(event, yaml.AliasEvent):
                raise _wrong(event, "aliases are not taken; write it out")
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContractError(
            f"{FILE}, line {line}: not valid YAML: {error.problem or 'mend it'}"
        ) from None
    except yaml.reader.ReaderError:
        raise ContractError(
            f"{FILE} has characters that YAML does not allow; remove them"
        ) from None
    if node is None:
        raise ContractError(f"{FILE} is empty; begin it with the line `version: 1`")
    return node


def _pairs(node: yaml.Node, known: tuple[str, ...]) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(node, f"write `key: value` lines with any of {', '.join(known)}")
    seen: set[str] = set()
    for key, value in node.value:
        name = _text(key)
        if name not in known:
            raise _wrong(key, f"no such key; there are {', '.join(known)}")
        if name in seen:
            raise _wrong(key, f"{name} is there twice; remove one")
        seen.add(name)
        yield name, value


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _wrong(node, "write a text here, not a list or mapping")
    if len(node.value) > _MAX_TEXT or not node.value.isprintable():
        raise _wrong(node, f"write one line of at most {_MAX_TEXT} visible characters")
    return str(node.value)


def _wrong(at: Any, what: str) -> ContractError:
    """`at` is a node or event of PyYAML's."""
    return ContractError(f"{FILE}, line {at.start_mark.line + 1}: {what}")
