"""What a flow of the kill test is: how it begins, what people do in it, what holds at its end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.flow.house import House


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does, once, when the issue has `asked` for it."""

    asked: Callable[[House, int], bool]
    do: Callable[[House, int], object]


@dataclass(frozen=True, slots=True)
class Flow:
    """`begin` opens the issue and says its number; `wrong` says what is not as it has to be,
    wherever the app was killed. The settings and the configuration are those of the house."""

    name: str
    scenario: str
    begin: Callable[[House], int]
    wrong: Callable[[House, int], list[str]]
    acts: tuple[Act, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def unmet(held: dict[str, bool]) -> list[str]:
    return [what for what, holds in held.items() if not holds]
