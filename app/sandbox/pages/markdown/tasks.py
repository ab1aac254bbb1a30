"""`- [x]` as a box that shows, and can't be ticked: the page is for looking."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_BOX = re.compile(r"\[([ xX])\][ \t]+(?=\S)")


def add(parser: MarkdownIt) -> None:
    parser.core.ruler.after("block", "tasks", _mark)


def _mark(state: StateCore) -> None:
    tokens, boxes = state.tokens, []
    for at, token in enumerate(tokens[2:], start=2):
        if token.type != "inline" or tokens[at - 2].type != "list_item_open":
            continue
        match = _BOX.match(token.content)
        if match is None:
            continue
        done = match.group(1) != " "
        token.content = token.content[match.end() :]
        tokens[at - 2].attrs["class"] = "task done" if done else "task"
        boxes.append((at, Token("task_box", "", 0, level=token.level, meta={"done": done})))
    for at, box in reversed(boxes):
        tokens.insert(at, box)
