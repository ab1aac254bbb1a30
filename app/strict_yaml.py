"""Reads YAML that a stranger may have written, and says in which line what is. It opens no file."""

from typing import Any

import yaml

MAX_DEPTH = 20


class YamlError(Exception):
    """What is wrong; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: not valid YAML: {what}")
        self.line = line
        self.what = what


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


def load(text: str) -> tuple[yaml.Node | None, Any]:
    """The first document, as nodes and as values. Raises YamlError."""
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
    raise YamlError(line, what)


def line_of(node: yaml.Node | None, path: list[str | int]) -> int:
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
