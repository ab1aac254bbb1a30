"""File locks between test processes: xdist's workers and other sessions of the same user."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs


def folder() -> Path:
    """Where test processes of this user meet."""
    found = platformdirs.user_cache_path("orc-tests")
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def _open(name: str) -> int:
    return os.open(folder() / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Waits until nobody else is inside."""
    fd = _open(name)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


@contextmanager
def shared(name: str) -> Iterator[None]:
    """Any number may be inside; `unused` sees them, also when one of them was killed."""
    fd = _open(name)
    try:
        fcntl.flock(fd, fcntl.LOCK_SH)
        yield
    finally:
        os.close(fd)


def unused(name: str) -> bool:
    """Whether nobody holds it, shared or not."""
    fd = _open(name)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
    return True
