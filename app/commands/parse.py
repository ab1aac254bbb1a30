"""Finds commands and mentions in a comment, as a person who sees it rendered would.

A command is the first thing on a line of an ordinary paragraph: not in a quote, list, code or
HTML. It decides nothing about who may use it. Anybody may write a comment, so what would take long
to read is not read.
"""

import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from app.commands import BY_WORD
from app.commands.command import Command
from app.domain.event import Commanded

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_BODY = 65_536  # GitHub's own limit for a comment
MAX_LINES = 3_000  # of a comment, and
MAX_WORK = 200_000  # marks times brackets of its paragraphs; a comment with more says nothing to us
MAX_ARGUMENT = 100
_COMMAND = re.compile(r"/([a-z]+)(?:[ \t]+(\S*).*)?\Z", re.DOTALL)
_MAYBE = re.compile(r"^[ \t]*/[a-z]", re.MULTILINE)  # parsing Markdown takes longer than the door
_PLAIN = re.compile(r"[^\W_]+|[ \t.,;()'\"/?|]+")  # what no rule of Markdown looks at
_BRACKETS = 20  # what a paragraph without one costs, in paragraphs with one

Environment = MutableMapping[str, Any]  # markdown-it's


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
    for line in _lines(body, _MAYBE):
        match = _COMMAND.match(line)
        if match is not None and (command := BY_WORD.get(match.group(1))) is not None:
            argument = (match.group(2) or "")[:MAX_ARGUMENT] if command.takes_argument else ""
            given.setdefault(command.word, Given(command, argument))
    return tuple(given.values())


def mentions(body: str, login: str) -> bool:
    """Whether a visible paragraph mentions @login."""
    written = re.compile(re.escape(f"@{login}"), re.IGNORECASE)
    if written.search(body) is None:
        return False
    seen = re.compile(rf"(?<![\w@/.-]){written.pattern}(?![\w-])", re.IGNORECASE)
    return any(seen.search(line) for line in _lines(body, written))


def _lines(body: str, wanted: re.Pattern[str]) -> list[str]:
    """Lines of the top-level paragraphs that may hold what is wanted, without code spans and
    inline HTML."""
    references, paragraphs = _blocks(body[:MAX_BODY])
    wanting = [text for text in paragraphs if wanted.search(text)]
    if sum(map(_work, wanting)) > MAX_WORK:
        return []
    return [line for text in wanting for line in _rendered(text, references)]


@lru_cache(maxsize=8)  # each comment is looked at more than once
def _blocks(body: str) -> tuple[Environment, tuple[str, ...]]:
    """The targets of links, and the top-level paragraphs as they are written."""
    references: Environment = {}
    if max(body.count("\n"), body.count("\r")) > MAX_LINES:
        return references, ()
    tokens = _parser().parse(body, references)
    return references, tuple(
        token.content
        for before, token in pairwise(tokens)
        if token.type == "inline" and before.type == "paragraph_open" and before.level == 0
    )


def _work(text: str) -> int:
    """About the steps that reading it takes: each bracket may look at all marks that follow."""
    marks = len(_PLAIN.sub("", text))
    return marks * (_BRACKETS + text.count("["))


def _rendered(text: str, references: Environment) -> list[str]:
    lines, line = [], ""
    parser = _parser()
    for token in parser.inline.parse(text, parser, references, []):
        if token.type in ("softbreak", "hardbreak"):
            lines.append(line)
            line = ""
        elif token.type == "text" or (token.type == "text_special" and line):
            line += token.content
        else:  # keeps what follows from being first, as does a backslash before it
            line += "\N{REPLACEMENT CHARACTER}"
            line += token.content if token.type == "text_special" else ""
    return [*lines, line]


@cache
def _parser() -> "MarkdownIt":
    """It reads blocks; of what is in them only what is asked for."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").disable(["inline", "text_join"])
