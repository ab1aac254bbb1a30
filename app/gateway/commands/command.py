"""What a command is: a name, what it takes, and what it does. Permission is decided elsewhere."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from agent_image.orchestrator.arguments import Arguments
from app.gateway.commands.ports import Outside
from app.gateway.commands.refusal import Error, Refusal
from app.gateway.token import Claims

Data = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and `key`, which names this very call."""

    claims: Claims
    key: str
    outside: Outside


@dataclass(frozen=True, slots=True)
class Done:
    """What a command answers; `data` is JSON."""

    data: Data
    message: str


Handler = Callable[[Any, Caller], Awaitable[Done]]


@dataclass(frozen=True, slots=True)
class Command:
    """`speaks`: people see it. `last`: the run can't speak any more afterwards.

    `reads_others`: it may name another project, if the token also grants project.list.
    """

    name: str
    arguments: type[Arguments]
    handle: Handler
    speaks: bool = False
    last: bool = False
    reads_others: bool = False


def later(what: str) -> Handler:
    """The handler of what the system can't do yet; it says so, and fakes nothing."""

    async def refuse(_arguments: Arguments, _caller: Caller) -> NoReturn:
        raise Refusal(
            Error.NOT_AVAILABLE,
            f"This system can't {what} yet. Don't try again: go on without it, and say in your "
            "final result what is left to people.",
        )

    return refuse
