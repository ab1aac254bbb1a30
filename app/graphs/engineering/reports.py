"""Test reports as files: none before the run, and whatever is there after it. It reads no XML.

What a run leaves is hostile; the executor has let through plain files only.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from agent_image.keep import matcher

MOST = 200
_BYTES = 20_000_000  # of one report


def clear(workspace: Path, globs: Sequence[str]) -> None:
    """Remove what could be taken for a report of the run to come, since it was committed."""
    if not globs:
        return
    wanted = matcher(globs)
    for folder, folders, names in os.walk(workspace):
        folders[:] = [name for name in folders if name != ".git"]
        for path in (Path(folder, name) for name in names):
            if wanted.fullmatch(path.relative_to(workspace).as_posix()):
                path.unlink()


def collected(folder: Path | None) -> dict[str, bytes]:
    """The XML files below a run's output folder, by relative path.

    One more than may be there, and one byte more of each, so that too many are not taken for all.
    """
    if folder is None:
        return {}
    found = sorted(path for path in folder.rglob("*.xml") if path.is_file())
    return {str(path.relative_to(folder)): _head(path) for path in found[: MOST + 1]}


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_BYTES + 1)
