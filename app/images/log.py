"""The log of a build: kept in a file, shown as it comes, its end remembered. It judges nothing.

Installers print it, so it is not trusted: no control characters, no end of size. Nor may it tell
the password of a proxy.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TextIO
from urllib.parse import unquote

Show = Callable[[str], None]

_BYTES = 10_000_000
_LINE_CHARACTERS = 2_000
_TAIL_LINES = 20
_HIDDEN = "(proxy)"
# The engine paints what comes from standard error.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class BuildLog:
    """`file` gets at most 10 MB, `show` every line."""

    def __init__(self, file: TextIO, show: Show, proxies: Iterable[str] = ()) -> None:
        self._file = file
        self._show = show
        self._secrets = tuple(secrets(proxies))
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)

    @property
    def tail(self) -> tuple[str, ...]:
        return tuple(self._tail)

    def add(self, line: str) -> None:
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        line = "".join(map(_printable, _COLOUR.sub("", line)[:_LINE_CHARACTERS]))
        self._tail.append(line)
        if self._file.tell() < _BYTES:
            self._file.write(f"{line}\n")
            self._file.flush()
        self._show(line)


def secrets(proxies: Iterable[str]) -> Iterator[str]:
    """Users and passwords in the addresses of proxies, in every form that may be printed."""
    for address in proxies:
        who, _, _ = address.rpartition("@")
        for form in (who, who.rpartition("//")[2], unquote(who.rpartition("//")[2])):
            if form:
                yield form


def _printable(character: str) -> str:
    return character if character.isprintable() or character == "\t" else " "


def lines(part: Mapping[str, Any]) -> Iterator[str]:
    """The lines of one message of the engine, without the progress of downloads."""
    if part.get("stream"):
        yield from (line for line in str(part["stream"]).splitlines() if line.strip())
    elif part.get("status") and not part.get("progressDetail"):
        yield f"{part.get('id', '')} {part['status']}".strip()
