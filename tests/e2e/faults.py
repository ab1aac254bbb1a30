"""Faults planted on purpose, to show that the kill test can fail. None is in the product."""

from collections.abc import Callable
from typing import Any


def _no_look_up() -> None:
    """Whatever was created before a cut is created again: markers are not looked for."""
    from app.github import board, desk, once

    async def blind(
        find: object, create: Callable[[], Any], *, look_first: bool, retry_seconds: float = 1.0
    ) -> Any:
        return await create()

    for module in (once, desk):
        setattr(module, "once", blind)  # noqa: B010 - as the module was imported

    def unmarked(self: Any, issue: object, comment: object, comments: object) -> None:
        return

    board.GitHubBoard._note = unmarked  # type: ignore[method-assign]


FAULTS = {"no marker look-up": _no_look_up}


def plant(name: str) -> None:
    FAULTS[name]()
