"""Faults planted on purpose, to show that the kill test can fail. None is in the product."""

from collections.abc import Callable
from typing import Any


def _no_look_up() -> None:
    """What was created before a cut is created again: no marker is looked for."""
    from app.github import desk

    async def blind(
        find: object, create: Callable[[], Any], *, look_first: bool, retry_seconds: float = 1.0
    ) -> Any:
        return await create()

    setattr(desk, "once", blind)  # noqa: B010 - as the module imported it


FAULTS = {"no marker look-up": _no_look_up}


def plant(name: str) -> None:
    FAULTS[name]()
