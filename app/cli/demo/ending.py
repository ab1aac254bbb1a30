"""How a person ends a demo: Ctrl-C, or any other signal that asks for it."""

import signal
import time
from collections.abc import Callable

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt_when_told() -> None:
    """From here on, being told to end is a KeyboardInterrupt, however it is told."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def wait_until_told(say: Callable[[], None]) -> None:
    """Say that it waits, and wait. What is cleaned up after that is not interrupted any more.

    A signal can reach another thread, or come just before the sleep: neither ends a sleep, and
    an exception raised within a finalizer is lost. So it is noted, and looked for.
    """
    told: list[int] = []
    for number in _SIGNALS:
        signal.signal(number, lambda number, _frame: told.append(number))
    say()
    while not told:
        time.sleep(0.2)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
