"""YAML as GitHub reads it (1.2 words, no tags, no merge keys), with lines for error messages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from app.sandbox.actions.expression import Value
from app.sandbox.actions.expression.template import check
from app.sandbox.actions.expression.values import ExpressionError

MAX_FILE = 512_000
_MAX_NODES = 20_000
_MAX_DEPTH = 50
_INTEGER = re.compile(r"[-+]?\d{1,15}")
_FLOAT = re.compile(r"[-+]?(?:\d{1,15}\.\d{0,15}|\.\d{1,15})(?:[eE][-+]?\d{1,3})?")
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip


class WorkflowError(Exception):
    """A workflow that GitHub, or the sandbox, would not run; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One YAML value. `value` is a scalar, a tuple of trees or a mapping of them."""

    value: bool | float | str | tuple[Tree, ...] | Mapping[str, Tree] | None
    line: int
    column: int
    written: str = ""  # a scalar as it stands in the file
    labels: Mapping[str, Tree] = field(default_factory=dict, compare=False)

    def wrong(self, what: str) -> WorkflowError:
        return WorkflowError(f"(Line: {self.line}, Col: {self.column}): {what}")

    def mapping(self, allowed: Collection[str] | None = None) -> Mapping[str, Tree]:
        """`allowed`: any other key is an error."""
        if not isinstance(self.value, Mapping):
            raise self.wrong("A mapping was expected")
        for key in self.value if allowed is not None else ():
            if key not in (allowed or ()):
                raise self.labels[key].wrong(f"Unexpected value '{key[:80]}'")
        return self.value

    def items(self) -> tuple[Tree, ...]:
        if not isinstance(self.value, tuple):
            raise self.wrong("A sequence was expected")
        return self.value

    def text(self) -> str:
        """A scalar as text; expressions in it must be readable."""
        if isinstance(self.value, tuple | Mapping):
            raise self.wrong("A scalar was expected")
        try:
            check(self.written)
        except ExpressionError as error:
            raise self.wrong(str(error)) from None
        return self.written

    def texts(self) -> tuple[str, ...]:
        """One text or a list of them."""
        if isinstance(self.value, tuple):
            return tuple(one.text() for one in self.value)
        return (self.text(),)

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("true or false was expected")
        return self.value

    def plain(self) -> Value:
        """Without lines, expressions still in it."""
        if isinstance(self.value, tuple):
            return [one.plain() for one in self.value]
        if isinstance(self.value, Mapping):
            return {key: one.plain() for key, one in self.value.items()}
        if isinstance(self.value, str):
            return self.text()
        return self.value


def read_tree(text: str) -> Tree:
    if len(text) > MAX_FILE:
        raise WorkflowError(f"A workflow file has at most {MAX_FILE} characters")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"(Line: {mark.line + 1}, Col: {mark.column + 1}): " if mark else ""
        raise WorkflowError(f"{where}{error.problem or 'This is no YAML'}") from None
    except (yaml.YAMLError, ValueError):
        raise WorkflowError("This is no YAML: it has characters that YAML forbids") from None
    except RecursionError:
        raise WorkflowError("The file is nested too deeply") from None
    if node is None:
        raise WorkflowError("The file is empty")
    return _Reader().tree(node, 0)


class _Reader:
    """Counts what it makes: aliases can make a small file a huge one."""

    def __init__(self) -> None:
        self._left = _MAX_NODES

    def tree(self, node: yaml.Node, depth: int) -> Tree:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self._left -= 1
        if self._left < 0 or depth > _MAX_DEPTH:
            raise WorkflowError(
                f"(Line: {line}, Col: {column}): The file is too large or nested too deeply"
            )
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node, line, column)
        if isinstance(node, yaml.SequenceNode):
            return Tree(tuple(self.tree(one, depth + 1) for one in node.value), line, column)
        found: dict[str, Tree] = {}
        labels: dict[str, Tree] = {}
        for key, value in self._pairs(node, depth):
            if key.written in found:
                raise key.wrong(f"'{key.written[:80]}' is already defined")
            found[key.written], labels[key.written] = value, key
        return Tree(found, line, column, labels=labels)

    def _pairs(self, node: yaml.Node, depth: int) -> Iterator[tuple[Tree, Tree]]:
        for key, value in node.value:
            name = self.tree(key, depth + 1)
            if not isinstance(key, yaml.ScalarNode) or name.written == "<<":
                raise name.wrong("A key is a plain word here; merge keys are not read")
            yield name, self.tree(value, depth + 1)


def _scalar(node: yaml.ScalarNode, line: int, column: int) -> Tree:
    text = str(node.value)
    if node.style is not None:
        return Tree(text, line, column, text)
    if text in _WORDS:
        value = _WORDS[text]
        return Tree(value, line, column, "" if value is None else text)
    if _INTEGER.fullmatch(text):
        return Tree(int(text), line, column, text)
    return Tree(float(text) if _FLOAT.fullmatch(text) else text, line, column, text)
