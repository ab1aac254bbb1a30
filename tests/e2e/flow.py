"""What a flow of the kill test is: how it begins, what people do in it, what holds at its end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.record import Record
from app.domain.stage import Stage
from app.sandbox.sample import sample_repository
from app.wiring import read_record
from tests.flow.house import REPO, House


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does, once, when the issue has `asked` for it."""

    asked: Callable[[House, int], bool]
    do: Callable[[House, int], object]


def done(home: House, number: int) -> bool:
    """The issue says so all over: label, status comment, closed."""
    closed = home.sandbox.issue(REPO, number).state == "closed"
    if not closed or home.stage(number) is not Stage.DONE:
        return False
    shown = records(home, number)
    return bool(shown) and all(record.stage is Stage.DONE for record in shown)


def records(home: House, number: int) -> list[Record]:
    """One, unless something is wrong."""
    repository, secret = home.sandbox.repository(REPO).id, home.sandbox.app.webhook_secret
    read = (read_record(text, repository, number, secret) for text in home.bot_comments(number))
    return [record for record in read if record is not None]


@dataclass(frozen=True, slots=True)
class Flow:
    """`begin` opens the issue and says its number; `wrong` says what is not as it has to be when it
    is `done`, wherever the app was killed, `kept` what besides if no session was ever lost.
    `within` is how the names of its boundaries begin where other flows have the rest. Settings,
    configuration and source are those of the house."""

    name: str
    scenario: str
    begin: Callable[[House], int]
    wrong: Callable[[House, int], list[str]]
    kept: Callable[[House, int], list[str]] = lambda _home, _number: []
    acts: tuple[Act, ...] = ()
    done: Callable[[House, int], bool] = done
    settings: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    within: str = ""
    source: Callable[[Path], Path] = sample_repository

    def __str__(self) -> str:
        return self.name


def unmet(held: dict[str, bool]) -> list[str]:
    return [what for what, holds in held.items() if not holds]
