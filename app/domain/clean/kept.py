"""What of one block's text stays, and how far nothing does. It reads no Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.clean.kind import Kind, Tally


@dataclass(frozen=True, slots=True)
class Rules:
    """`raw`: a browser reads it. `code`: it may hold code; `row`: no further than to the next |."""

    references: Mapping[str, str]
    raw: bool = False
    code: bool = True
    row: bool = False


@dataclass(slots=True)
class Kept:
    """`pieces` are what stays: spans of the text, and words of ours.

    `hides_rest`: nothing after this block is seen either. Some is read but not kept, up to `shut`
    and while `hidden`: what is in there can hide more. `spent` is the budget's.
    """

    text: str
    rules: Rules
    tally: Tally
    pieces: list[tuple[int, int] | str] = field(default_factory=list)
    hides_rest: bool = False
    shut: int = 0
    hidden: bool = False
    spent: int = 0
    _next: dict[str, int] = field(default_factory=dict)

    def keep(self, start: int, end: int) -> int:
        start = max(start, self.shut)
        if start < end and not self.hidden:
            self.pieces.append((start, end))
        return end

    def say(self, at: int, words: str) -> None:
        if at >= self.shut and not self.hidden:
            self.pieces.append(words)

    def cut(self, kind: Kind, end: int) -> int:
        self.tally[kind] += 1
        return end

    def shut_until(self, kind: Kind, end: int) -> None:
        self.tally[kind] += 1
        self.shut = max(self.shut, end)

    def hide_rest(self, kind: Kind) -> int:
        self.hides_rest = True
        return self.cut(kind, len(self.text))

    def find(self, words: str, at: int) -> int:
        """As `str.find`; each is looked for once over the whole text."""
        known = self._next.get(words, 0)
        if 0 <= known < max(at, 1):
            known = self._next[words] = self.text.find(words, at)
        return known
