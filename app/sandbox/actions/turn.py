"""A job's place in a concurrency group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """`go` begins the job, `end` ends it."""

    go: Callable[[], None]
    end: Callable[[], None]

    def proceed(self) -> None:
        self.go()

    def give_way(self) -> None:
        self.end()
