"""Finds commands and mentions in a comment, as a person who sees it rendered would.

A command is the first thing on a line of an ordinary paragraph: not in a quote, list, code or
HTML. It decides nothing about who may use it.
"""

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from app.commands import BY_WORD
from app.commands.command import Command

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_BODY = 65_536  # GitHub's own limit for a comment
_COMMAND = re.compile(r"/([a-z]+)(?:[ \t]|$)")
_MAYBE = re.compile(r"^[ \t]*/[a-z]", re.MULTILINE)  # parsing Markdown takes longer than the door


def commands(body: str) -> tuple[Command, ...]:
    """The known commands of a comment in order, each once; unknown words are not ours."""
    if _MAYBE.search(body) is None:
        return ()
    words = [match.group(1) for line in _lines(body) if (match := _COMMAND.match(line))]
    return tuple(BY_WORD[word] for word in dict.fromkeys(words) if word in BY_WORD)


def mentions(body: str, login: str) -> bool:
    """Whether a visible paragraph mentions @login."""
    if f"@{login}".lower() not in body.lower():
        return False
    pattern = re.compile(rf"(?<![\w@/.-])@{re.escape(login)}(?![\w-])", re.IGNORECASE)
    return any(pattern.search(line) for line in _lines(body))


def _lines(body: str) -> list[str]:
    """Lines of the top-level paragraphs, without code spans and inline HTML."""
    tokens = _parser().parse(body[:MAX_BODY])
    lines: list[str] = []
    for before, token in pairwise(tokens):
        if token.type == "inline" and before.type == "paragraph_open" and before.level == 0:
            line = ""
            for child in token.children or ():
                if child.type in ("softbreak", "hardbreak"):
                    lines.append(line)
                    line = ""
                elif child.type == "text":
                    line += child.content
                else:
                    line += "\N{REPLACEMENT CHARACTER}"  # keeps what follows from being first
            lines.append(line)
    return lines


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")
