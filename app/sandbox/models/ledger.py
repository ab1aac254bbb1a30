"""What the fake model server was asked and how many tokens it sent, request by request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.sandbox.models.script import NOTHING, Tokens


@dataclass(slots=True)
class Entry:
    """One request. `sent` is the usage that went over the wire, also when the stream was cut.

    `turn` counts from 0 within the case; both are None where no script's turn was the answer.
    `earlier` are the answers that the conversation held before its last prompt, `told` is what
    tools have answered since then.
    """

    api: str
    key: str = field(default="", repr=False)
    model: str = ""
    status: int = 0
    stream: bool = False
    side: bool = False
    case: int | None = None
    turn: int | None = None
    earlier: int = 0
    told: tuple[str, ...] = field(default=(), repr=False)
    sent: Tokens = NOTHING
    complete: bool = False

    def shown(self) -> dict[str, object]:
        """For GET /ledger: everything but the key and what was told."""
        return {
            "api": self.api, "model": self.model, "status": self.status, "stream": self.stream,
            "side": self.side, "case": self.case, "turn": self.turn, "earlier": self.earlier,
            "complete": self.complete,
            **self.sent.model_dump(),
        }  # fmt: skip


class Ledger:
    """All requests in the order they came; appended to by the server's thread alone."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def total(self, matching: Callable[[Entry], bool] = lambda _: True) -> Tokens:
        """The tokens of all requests that match."""
        total = NOTHING
        for entry in [entry for entry in self.entries if matching(entry)]:
            total += entry.sent
        return total

    def shown(self) -> dict[str, object]:
        return {
            "requests": [entry.shown() for entry in list(self.entries)],
            "total": self.total().model_dump(),
        }
