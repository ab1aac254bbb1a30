"""What can be cut from a text, and the count of it. It never holds what was cut."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    CHARACTER = "invisible character"
    COMMENT = "HTML comment"
    TAG = "HTML tag"
    ATTRIBUTE = "HTML attribute"
    ELEMENT = "HTML element"
    IMAGE_TEXT = "image's text"
    TITLE = "link's title"
    ADDRESS = "part of an address"
    DEFINITION = "reference definition"
    FOOTNOTE = "unused footnote"
    CELL = "cell beyond a table's header"
    CODE_NOTE = "note on a code block"
    DRAWING = "unseen part of a drawing"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Removed:
    kind: Kind
    count: int


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The text as a person sees it, still as Markdown; what was cut, in the order of `Kind`."""

    text: str
    removed: tuple[Removed, ...] = ()


Tally = Counter[Kind]


def listed(tally: Tally) -> tuple[Removed, ...]:
    return tuple(Removed(kind, tally[kind]) for kind in Kind if tally[kind])
