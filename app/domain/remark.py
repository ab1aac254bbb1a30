"""What an agent says on an issue, as plain text under its role's name. It decides nothing.

Fencing it would leave its raw lines to other bots, which read a comment's source: `/deploy` first
on a line, `@name` anywhere. So every line is quoted and every sign of Markdown escaped: what the
agent wrote can be read, and none of it works.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    ANSWER = "answer"
    QUESTION = "question"
    PROGRESS = "progress"
    LAST_WORD = "last word"


@dataclass(frozen=True, slots=True)
class Remark:
    """`role` is the speaker's, as its run's token says."""

    role: str
    kind: Kind
    text: str


_TITLES = {
    Kind.ANSWER: "💬 **{}**",
    Kind.QUESTION: "❓ **{}** asks",
    Kind.PROGRESS: "⏳ **{}** is at work",
    Kind.LAST_WORD: "🏁 **{}** has finished",
}
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINKS = re.compile(r"(?<=@)|(?<=#)|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=GH)(?=-)", re.IGNORECASE)
_NO_BREAK = "\u00a0"
_JOINERS = "\u200c\u200d"


def comment(remark: Remark, key: str) -> str:
    """The comment's source; it ends with the hidden marker of `key`."""
    title = _TITLES[remark.kind].format(plain(remark.role.replace("-", " ")))
    return f"{title}\n\n{quoted(remark.text)}\n\n{marker(key)}"


def marker(key: str) -> str:
    return f"<!-- orc:remark {key} -->"


def plain(text: str) -> str:
    """A line in which nothing is Markdown, a mention, a link, a reference or a control sign.

    The breaks of no width keep GitHub from linking what it finds in text, escaped or not.
    """
    return _PUNCTUATION.sub(r"\\\g<0>", _LINKS.sub("\u200b", _printable(text)))


def _printable(line: str) -> str:
    return "".join(char for char in line.replace("\t", "    ") if _is_printable(char))


def quoted(text: str) -> str:
    """An agent's text as a quote in which nothing works."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    return "\n".join(f"> {_indented(line)}".rstrip(" ") for line in lines)


def unquoted(text: str) -> str:
    """What a text said before it was quoted, as far as it could be printed."""
    return "\n".join(plainly_said(_unindented(line)) for line in text.split("\n"))


def plainly_said(line: str) -> str:
    """What a line said before it was made plain."""
    return _ESCAPED.sub(r"\1", line.replace("\u200b", ""))


def _unindented(line: str) -> str:
    line = line.removeprefix(">").removeprefix(" ")
    words = line.lstrip(_NO_BREAK)
    return " " * (len(line) - len(words)) + words


def _indented(line: str) -> str:
    """Leading blanks would make code of it."""
    line = _printable(line)
    words = line.lstrip(" ")
    return _NO_BREAK * (len(line) - len(words)) + plain(words)


def _is_printable(char: str) -> bool:
    """No control sign, nothing that turns the direction of writing, no half of a character.

    Joiners stay: Persian is written with them, and so are many emoji.
    """
    return char in _JOINERS or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
