"""Footnotes, which CommonMark does not know: GitHub shows those that the text refers to."""

import re
from collections.abc import Set
from dataclasses import dataclass

_FOOTNOTE = re.compile(r"[ \t>*+\-0-9.)]*+\[\^([^\]\s]{1,999}+)\]:")
_QUOTE = re.compile(r"[ \t]*+>[ \t]?")
_INTERRUPTS = re.compile(r"(?:#{1,6}|[-*+]|1[.)])[ \t]++\S|>|```|~~~")
_DEFINES = re.compile(r"\]:")


@dataclass(frozen=True, slots=True)
class Note:
    """Of line `start` to before line `end`. `doubtful`: it may hold definitions, or HTML blocks."""

    label: str
    start: int
    end: int
    doubtful: bool = False


def notes(lines: list[str], fenced: Set[int]) -> tuple[Note, ...]:
    """`fenced` are the lines of code, in which there are none."""
    found: list[Note] = []
    at = 0
    while at < len(lines):
        match = None if at in fenced else _FOOTNOTE.match(lines[at])
        if match is None:
            at += 1
            continue
        end = _end(lines, at + 1)
        said = "\n".join(lines[at:end])[match.end() :]
        found.append(Note(match.group(1).casefold(), at, end, bool(_DEFINES.search(said))))
        at = end
    return tuple(found)


def _end(lines: list[str], at: int) -> int:
    """Behind the last line of a footnote whose second line would be `at`."""
    end, blank = at, False
    for here in range(at, len(lines)):
        line = _unquoted(lines[here])
        if not line.strip():
            blank = True
            continue
        indented = line.startswith(("    ", "\t"))
        if _FOOTNOTE.match(line) or (not indented and (blank or _INTERRUPTS.match(line.lstrip()))):
            break
        end, blank = here + 1, False
    return end


def _unquoted(line: str) -> str:
    while match := _QUOTE.match(line):
        line = line[match.end() :]
    return line
