"""Cuts what is not seen out of one block's text. It knows no blocks.

Code is left alone where it is code for sure; what hides is cut wherever it may hide. Each step goes
forward or spends from a budget, so time is linear; who spends it all has all the rest cut.
"""

import re

from app.domain.clean.angle import Angles
from app.domain.clean.bracket import Brackets
from app.domain.clean.kept import Kept
from app.domain.clean.kind import Kind
from app.domain.clean.unseen import entity

_SPECIAL = re.compile(r"[\\`<\[\]!&$]")
_RAW_SPECIAL = re.compile(r"[<&]")
_TICKS = re.compile(r"`++")
_CELL_END = re.compile(r"[|\n]")
# What TeX leaves out of the picture, or can: it is hidden in `$…$`.
HIDING_TEX = re.compile(
    r"\\(?:[hv]?phantom|smash|(?:text|f)?color(?:box)?|tiny|style|class|cssId|href|tooltip|[hv]space"
    r"|[mh]?kern|mathchoice|require|unicode|rule|raisebox|llap|rlap)(?![A-Za-z])"
)


class Scan:
    """One use for one block."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._angles = Angles(kept)
        self._brackets = Brackets(kept)
        self._runs: dict[int, list[int]] = {}  # of backticks, by length, the last first
        for ticks in reversed(list(_TICKS.finditer(kept.text))):
            self._runs.setdefault(len(ticks.group()), []).append(ticks.start())

    @property
    def notes(self) -> set[str]:
        """The footnotes that the text refers to."""
        return self._brackets.notes

    def run(self) -> None:
        kept, here = self._kept, 0
        special = _RAW_SPECIAL if kept.rules.raw else _SPECIAL
        while found := special.search(kept.text, here):
            kept.keep(here, found.start())
            here = self._step(found.start())
            if kept.spent > 8 * len(kept.text) + 4_096:
                here = kept.hide_rest(Kind.UNDECIDED)
        kept.keep(here, len(kept.text))
        self._angles.end()

    def _step(self, at: int) -> int:
        """What stands at `at` is kept, cut or replaced; where to go on."""
        kept, sign = self._kept, self._kept.text[at]
        if sign == "<":
            return self._angles.step(at)
        if at < self._brackets.address_end:
            return at + 1
        if sign == "&":
            end = entity(kept.text, at)
            return kept.cut(Kind.CHARACTER, end) if end else kept.keep(at, at + 1)
        if sign == "\\":
            return self._backslash(at)
        if sign == "`":
            return self._ticks(at)
        if sign == "$":
            return self._formula(at)
        return self._brackets.close(at) if sign == "]" else self._brackets.open(at)

    def _backslash(self, at: int) -> int:
        kept = self._kept
        if "$" in kept.text and HIDING_TEX.match(kept.text, at):
            end = kept.find("$", at)
            kept.shut_until(Kind.DRAWING, end if end > 0 else len(kept.text))
        return kept.keep(at, min(at + 2, len(kept.text)))

    def _formula(self, at: int) -> int:
        """`$$ … %` hides the rest of its line."""
        kept = self._kept
        if not kept.text.startswith("$$", at):
            return kept.keep(at, at + 1)
        end = kept.find("$$", at + 2)
        if 0 < kept.find("%", at) < end:
            kept.shut_until(Kind.DRAWING, end + 2)
        return kept.keep(at, at + 2)

    def _ticks(self, at: int) -> int:
        kept = self._kept
        ticks = _TICKS.match(kept.text, at)
        behind = ticks.end() if ticks else at + 1
        runs = self._runs.get(behind - at, [])
        while runs and runs[-1] < behind:
            runs.pop()
        if not runs:
            return kept.keep(at, behind)
        end = runs[-1] + behind - at
        cell = kept.rules.row and _CELL_END.search(kept.text, at, end)
        formula = kept.text[at - 1 : at] == "$" and kept.text[end : end + 1] == "$"
        if not kept.rules.code or cell or formula:
            kept.doubt = max(kept.doubt, end)
            return kept.keep(at, behind)
        return kept.keep(at, end)
