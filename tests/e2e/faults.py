"""Faults planted on purpose, to show that the kill test can fail. None of them is in the product."""

from collections.abc import Callable
from typing import Any


def _no_look_up() -> None:
    """Whatever was created before a cut is created again: markers are not looked for."""
    from app.github import board, desk, once

    async def blind(
        find: object, create: Callable[[], Any], *, look_first: bool, retry_seconds: float = 1.0
    ) -> Any:
        return await create()

    once.once = desk.once = blind  # type: ignore[assignment]

    def unmarked(self: Any, issue: object, comment: object, comments: object) -> None:
        return

    board.GitHubBoard._note = unmarked  # type: ignore[method-assign]


FAULTS = {"no marker look-up": _no_look_up}


def plant(name: str) -> None:
    FAULTS[name]()
