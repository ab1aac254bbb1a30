"""A small YAML file of a repository, walked as nodes. It makes no value but texts of it.

Such a file is hostile: it is short, few deep, without aliases, and each refusal names the line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from app.scaffold.error import ScaffoldError

MAX_FILE = 100_000  # characters
_MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Document:
    """The file's name, for the messages, and the error that they are raised as."""

    file: str
    error: type[ScaffoldError]

    def root(self, text: str) -> yaml.Node:
        if len(text) > MAX_FILE:
            raise self.error(f"{self.file} is longer than {MAX_FILE} characters; shorten it")
        try:
            self._measure(text)
            node = yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            what = error.problem or "mend it"
            raise self.error(f"{self.file}, line {line}: not valid YAML: {what}") from None
        except yaml.reader.ReaderError:
            raise self.error(
                f"{self.file} has characters that YAML does not allow; remove them"
            ) from None
        if node is None:
            raise self.error(f"{self.file} is empty; take the template's as an example")
        return node

    def _measure(self, text: str) -> None:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                raise self.wrong(event, "nested too deep; take the template's as an example")
            if isinstance(event, yaml.AliasEvent):
                raise self.wrong(event, "aliases are not taken; write it out")

    def pairs(self, node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Each key as a text, its node, and its value's node; no key comes twice."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, "write `key: value` lines")
        seen: set[str] = set()
        for key, value in node.value:
            name = self.text(key)
            if name in seen:
                raise self.wrong(key, f"{name[:40]!r} is there twice; remove one")
            seen.add(name)
            yield name, key, value

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, "write a text here, not a list or mapping")
        return str(node.value)

    def wrong(self, at: Any, what: str) -> ScaffoldError:
        """`at` is a node or event of PyYAML's."""
        return self.error(f"{self.file}, line {at.start_mark.line + 1}: {what}")
