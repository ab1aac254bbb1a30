"""Raw HTML: comments vanish, `<details>` and `<summary>` are made anew, the rest is text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_COMMENT = re.compile(r"<!--(?:>|->|.*?-->|.*\Z)", re.DOTALL)
_TAG = re.compile(r"<(/?)(details|summary)(?:\s([^<>]*))?>", re.IGNORECASE)
_OPEN = re.compile(r"\bopen\b", re.IGNORECASE)
_Stack = list[tuple[str, int]]  # name, level of nesting


def add(parser: MarkdownIt) -> None:
    parser.core.ruler.push("raw_html", _clean)


def _clean(state: StateCore) -> None:
    state.tokens = list(_blocks(state.tokens))
    for token in state.tokens:
        if token.children:
            token.children = list(_inline(token.children))


def _inline(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type != "html_inline":
            yield token
        elif text := _COMMENT.sub("", token.content):
            yield Token("text", "", 0, content=text, level=token.level)


def _blocks(tokens: list[Token]) -> Iterator[Token]:
    """Keeps what is opened balanced, and inside the quote, list or alert it was opened in."""
    stack: _Stack = []
    for token in tokens:
        while stack and token.level < stack[-1][1]:
            yield _closing(stack)
        if token.type == "html_block":
            yield from _pieces(token, stack)
        else:
            yield token
    while stack:
        yield _closing(stack)


def _pieces(token: Token, stack: _Stack) -> Iterator[Token]:
    text, at = _COMMENT.sub("", token.content), 0
    for match in _TAG.finditer(text):
        yield Token("text", "", 0, content=text[at : match.start()])
        at = match.end()
        closes, name, attributes = match.group(1), match.group(2).lower(), match.group(3) or ""
        if closes:
            if (name, token.level) in stack:
                while stack[-1] != (name, token.level):
                    yield _closing(stack)
                yield _closing(stack)
        elif name == "details" or (stack and stack[-1] == ("details", token.level)):
            stack.append((name, token.level))
            is_open = name == "details" and _OPEN.search(attributes)
            yield Token("safe_html", "", 0, content=f"<{name}{' open' if is_open else ''}>")
    yield Token("text", "", 0, content=text[at:])


def _closing(stack: _Stack) -> Token:
    return Token("safe_html", "", 0, content=f"</{stack.pop()[0]}>")
