"""Finds commands and mentions in a comment, as a person who sees it rendered would.

A command is the first thing on a line of an ordinary paragraph: not in a quote, list, code or
HTML. It decides nothing about who may use it.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from app.commands import BY_WORD
from app.commands.command import Command
from app.domain.event import Commanded

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_BODY = 65_536  # GitHub's own limit for a comment
MAX_ARGUMENT = 100
_COMMAND = re.compile(r"/([a-z]+)(?:[ \t]+(\S*).*)?\Z", re.DOTALL)
_MAYBE = re.compile(r"^[ \t]*/[a-z]", re.MULTILINE)  # parsing Markdown takes longer than the door


@dataclass(frozen=True, slots=True)
class Given:
    """A command as it was written, with the word that follows it where it takes one."""

    command: Command
    argument: str = ""

    def event(self, at: datetime, by: str, comment: int, *, last: bool) -> Commanded:
        return self.command.event(at, by, comment, last=last, argument=self.argument)


def commands(body: str) -> tuple[Given, ...]:
    """The known commands of a comment in order, each once; unknown words are not ours."""
    if _MAYBE.search(body) is None:
        return ()
    given: dict[str, Given] = {}
    for line in _lines(body):
        match = _COMMAND.match(line)
        if match is not None and (command := BY_WORD.get(match.group(1))) is not None:
            argument = (match.group(2) or "")[:MAX_ARGUMENT] if command.takes_argument else ""
            given.setdefault(command.word, Given(command, argument))
    return tuple(given.values())


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
