"""`> [!NOTE]` and its siblings, as GitHub draws them; only outermost quotes can be alerts."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

KINDS = ("note", "tip", "important", "warning", "caution")
_FIRST_LINE = re.compile(rf"\[!({'|'.join(KINDS)})\][ \t]*(?:\n|\Z)", re.IGNORECASE)


def add(parser: MarkdownIt) -> None:
    parser.core.ruler.after("block", "alerts", _mark)


def _mark(state: StateCore) -> None:
    """Before inline text is parsed: takes the first line away and renames the quote's tokens."""
    tokens = state.tokens
    for at, token in enumerate(tokens):
        if token.type != "blockquote_open" or token.level:
            continue
        text = tokens[at + 2] if at + 2 < len(tokens) else None
        match = _FIRST_LINE.match(text.content) if text and text.type == "inline" else None
        if text is None or match is None:
            continue
        text.content = text.content[match.end() :]
        _rename(tokens, at, match.group(1).lower())


def _rename(tokens: list[Token], at: int, kind: str) -> None:
    tokens[at].type, tokens[at].info = "alert_open", kind
    for token in tokens[at + 1 :]:
        if token.type == "blockquote_close" and token.level == 0:
            token.type = "alert_close"
            return
