"""Finds live processes that belong to a folder, however they were started."""

import os
from pathlib import Path

_PROC = Path("/proc")


def of_folder(folder: Path) -> list[str]:
    """Command lines of those that name the folder in arguments, environment, or where they are.

    Zombies are none: they have none of the three.
    """
    name = os.fsencode(folder)
    found = []
    for process in _PROC.iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        if name in _said(process):
            found.append(f"{process.name}: {_read(process / 'cmdline').decode(errors='replace')}")
    return found


def _said(process: Path) -> bytes:
    try:
        where = os.fsencode(str((process / "cwd").readlink()))
    except OSError:
        where = b""
    return b"\0".join([_read(process / "cmdline"), _read(process / "environ"), where])


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""  # it has just ended, or it is somebody else's
