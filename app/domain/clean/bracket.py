"""Links, images and references. What a link shows stays, and addresses as far as `link` lets."""

import re
from dataclasses import dataclass, field

from markdown_it.common.utils import normalizeReference

from app.domain.clean import link
from app.domain.clean.kept import Kept
from app.domain.clean.kind import Kind

_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999}+)\]", re.DOTALL)
_NOTE = re.compile(r"\[\^([^\]\[\s]{1,999}+)\](?!:)")
_TAG = re.compile(r"<(?!img\b)[^<>]*+>")
_LONGEST_LABEL = 999


@dataclass(slots=True)
class _Bracket:
    """Behind a `[` or `![` in the text, and where it stands among the pieces."""

    at: int
    piece: int
    image: bool
    nested: bool = False


@dataclass(slots=True)
class Brackets:
    """Each step says where to go on. `notes` are the footnotes that the text refers to.

    An address is read once more, up to `address_end`, as it may hold a tag and be no address.
    """

    kept: Kept
    notes: set[str] = field(default_factory=set)
    address_end: int = 0
    _open: list[_Bracket] = field(default_factory=list)

    def open(self, at: int) -> int:
        kept = self.kept
        image = kept.text.startswith("![", at)
        if not image and kept.text[at] == "!":
            return kept.keep(at, at + 1)
        if note := _NOTE.match(kept.text, at):
            self.notes.add(note.group(1).casefold())
        if self._open:
            self._open[-1].nested = True
        end = at + 2 if image else at + 1
        self._open.append(_Bracket(end, len(kept.pieces), image))
        return kept.keep(at, end)

    def close(self, at: int) -> int:
        kept = self.kept
        bracket = self._open.pop() if self._open else None
        if bracket and bracket.nested and self._open:
            self._open[-1].nested = True
        if kept.text.startswith("(", at + 1):
            found = link.tail(kept.text, at + 2)
            if isinstance(found, link.Tail):
                kept.tally[Kind.TITLE] += found.titled
                return self._linked(at, found.address, found.end, bracket)
            kept.spent += found - at
        target, end = self._reference(at, bracket)
        if target is None:
            return kept.keep(at, at + 1)
        return self._linked(at, target, kept.cut(Kind.DEFINITION, end), bracket)

    def _reference(self, at: int, bracket: _Bracket | None) -> tuple[str | None, int]:
        """The address that a label stands for, and where the label ends."""
        kept = self.kept
        if not kept.rules.references or bracket is None:
            return None, at
        full = _LABEL.match(kept.text, at + 1)
        if full and full.group(1).strip():
            key = normalizeReference(full.group(1))
            return kept.rules.references.get(key), full.end()
        if bracket.nested or at - bracket.at > _LONGEST_LABEL:
            return None, at
        key = normalizeReference(kept.text[bracket.at : at])
        return kept.rules.references.get(key), full.end() if full else at + 1

    def _linked(self, at: int, said: str, end: int, bracket: _Bracket | None) -> int:
        kept, image = self.kept, bracket is not None and bracket.image
        address = link.address(said, image=image)
        kept.tally[Kind.ADDRESS] += address != said
        if bracket is not None and image:
            kept.tally[Kind.IMAGE_TEXT] += at > bracket.at
            del kept.pieces[bracket.piece :]
            kept.say(at, f"![]({address})")
        elif bracket is not None and self._shows_nothing(at, bracket):
            kept.tally[Kind.ADDRESS] += 1
            del kept.pieces[bracket.piece :]
        else:
            kept.say(at, f"]({address})")
        kept.spent += end - at
        kept.shut = max(kept.shut, end)
        self.address_end = max(self.address_end, end)
        return at + 1

    def _shows_nothing(self, at: int, bracket: _Bracket) -> bool:
        """Then nobody can hover over it."""
        kept = self.kept
        kept.spent += at - bracket.at
        said = kept.pieces[bracket.piece + 1 :]
        text = "".join(one if isinstance(one, str) else kept.text[slice(*one)] for one in said)
        return not _TAG.sub("", text).strip()
