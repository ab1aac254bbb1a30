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

    `hides_rest`: nothing after this block is seen either. Some is read but not kept, up to `shut`,
    while `hidden` and in the spans `beyond`: what is in there can hide more. Up to `doubt` it may
    be code or not. `spent` is the budget's.
    """

    text: str
    rules: Rules
    tally: Tally
    beyond: list[tuple[int, int]] = field(default_factory=list)
    pieces: list[tuple[int, int] | str] = field(default_factory=list)
    hides_rest: bool = False
    shut: int = 0
    hidden: bool = False
    doubt: int = 0
    spent: int = 0
    _passed: int = 0  # of `beyond`
    _next: dict[str, int] = field(default_factory=dict)

    def keep(self, start: int, end: int) -> int:
        here = max(start, self.shut)
        while not self.hidden and here < end:
            stop, behind = self._next_beyond(here)
            if here < min(stop, end):
                self.pieces.append((here, min(stop, end)))
            here = behind if stop < end else end
        return end

    def say(self, at: int, words: str) -> None:
        if at >= self.shut and not self.hidden and self._next_beyond(at)[0] > at:
            self.pieces.append(words)

    def _next_beyond(self, at: int) -> tuple[int, int]:
        """The first span that ends behind `at`; those before are not asked for again."""
        while self._passed < len(self.beyond) and self.beyond[self._passed][1] <= at:
            self._passed += 1
        nothing = (len(self.text), len(self.text))
        return self.beyond[self._passed] if self._passed < len(self.beyond) else nothing

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
