"""Reads server-sent events as they arrive. It keeps no bytes but those of the event at hand."""

import re
from dataclasses import dataclass

MAX_EVENT = 16 << 20
_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """The type is empty where none was named."""

    type: bytes
    data: bytes


class EventParser:
    """Takes a stream in pieces of any size; https://html.spec.whatwg.org/#event-stream-interpretation

    An event whose data is longer than MAX_EVENT is left out.
    """

    def __init__(self) -> None:
        self._line: list[bytes] = []  # what has come of the present line
        self._length = 0
        self._after_cr = False
        self._at_start = True
        self._type = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[Event]:
        """The events that this piece completes."""
        if self._after_cr and piece.startswith(b"\n"):
            piece = piece[1:]
            self._after_cr = False
        if not piece:
            return []
        self._after_cr = piece.endswith(b"\r")
        events = []
        *ended, rest = _LINE_END.split(piece)
        for end in ended:
            self._keep(end)
            if event := self._take_line():
                events.append(event)
        self._keep(rest)
        return events

    def _keep(self, part: bytes) -> None:
        self._length += len(part)
        if self._length <= MAX_EVENT:
            self._line.append(part)

    def _take_line(self) -> Event | None:
        line, whole = b"".join(self._line), self._length <= MAX_EVENT
        self._line.clear()
        self._length = 0
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(_BOM)
        if not line and whole:
            return self._dispatch()
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"event":
            self._type = value
        elif name == b"data":
            self._size += len(value) if whole else MAX_EVENT + 1
            if self._size <= MAX_EVENT:
                self._data.append(value)
        return None

    def _dispatch(self) -> Event | None:
        event = None
        if self._data and self._size <= MAX_EVENT:
            event = Event(self._type, b"\n".join(self._data))
        self._type, self._data, self._size = b"", [], 0
        return event
