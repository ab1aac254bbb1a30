"""Notes and the rules they keep. It knows nothing of HTTP."""

from dataclasses import dataclass, field

LONGEST = 500
MOST = 1_000


class NoteRefused(ValueError):
    """Why a text is no note, in words for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Note:
    number: int
    text: str


@dataclass(slots=True)
class Notebook:
    """The newest notes, in the order they were written."""

    _notes: list[Note] = field(default_factory=list)
    _last: int = 0

    def add(self, text: str) -> Note:
        """Raises NoteRefused."""
        text = text.strip()
        if not text:
            raise NoteRefused("A note needs a text.")
        if len(text) > LONGEST:
            raise NoteRefused(f"A note has {LONGEST} characters at most.")
        self._last += 1
        note = Note(self._last, text)
        self._notes = [*self._notes[1 - MOST :], note]
        return note

    def all(self) -> tuple[Note, ...]:
        return tuple(self._notes)
