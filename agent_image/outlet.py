"""Waits until the run beside it has ended, then writes its results to stdout as one tar.

The executor `docker` runs it in the run's container. The last member is result.json: without it the
tar was cut short. It follows no link, opens no device and changes nothing.
"""

import fcntl
import os
import stat
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from agent_image.places import Places

_STREAMS = ("stdout", "stderr", "events.jsonl")
_OUT = "out"
_LAST = "result.json"
_PAUSE_SECONDS = 0.05


def until_ended(places: Places) -> None:
    """The lock is free before the wrapper has it, too; only a result says that it had it."""
    while True:
        with (places.job / "job.json").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
        if (places.results / _LAST).exists():
            return
        time.sleep(_PAUSE_SECONDS)


def write(results: Path, tar: tarfile.TarFile) -> None:
    if (results / _OUT).is_dir():
        folder = tarfile.TarInfo(_OUT)
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
    for name in _names(results):
        with suppress(FileNotFoundError, PermissionError):
            _add(results / name, name, tar)


def _names(results: Path) -> Iterator[str]:
    yield from _STREAMS
    for folder, _, files in os.walk(results / _OUT, followlinks=False):
        yield from (Path(folder, name).relative_to(results).as_posix() for name in files)
    yield _LAST


def _add(path: Path, name: str, tar: tarfile.TarFile) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as file:
        found = os.fstat(fd)
        if stat.S_ISREG(found.st_mode):
            member = tarfile.TarInfo(name)
            member.size = found.st_size
            tar.addfile(member, file)


def main(places: Places) -> None:
    until_ended(places)
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.GNU_FORMAT) as tar:
        write(places.results, tar)


if __name__ == "__main__":
    main(Places())
