"""Lets somebody watch every piece of I/O as it begins and ends. It changes nothing of it."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, Protocol, TypeVar

T = TypeVar("T")


class Observer(Protocol):
    """Called in the app's own thread, right before and right after the I/O named `name`."""

    def __call__(self, phase: Literal["before", "after"], name: str) -> None: ...


def observed(target: T, name: str, methods: tuple[str, ...], observer: Observer | None) -> T:
    """`target` itself, its coroutine methods reporting to the observer, if there is one."""
    if observer is not None:
        for method in methods:
            call = getattr(target, method)
            setattr(target, method, _wrapped(call, f"{name}.{method}", observer))
    return target


def _wrapped(
    call: Callable[..., Awaitable[Any]], name: str, observer: Observer
) -> Callable[..., Awaitable[Any]]:
    async def observed_call(*args: object, **kwargs: object) -> object:
        observer("before", name)
        try:
            return await call(*args, **kwargs)
        finally:
            observer("after", name)

    return observed_call
