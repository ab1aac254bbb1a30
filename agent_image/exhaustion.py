"""Tells whether a run's memory or disk ran out, from its own control group and file systems."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from agent_image.supervise import Ending

# Version 2 and version 1 of control groups.
_COUNTERS = (Path("/sys/fs/cgroup/memory.events"), Path("/sys/fs/cgroup/memory/memory.oom_control"))
_KILLS = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
# What a writer may have left free: it gives up when its next piece does not fit.
_ROOM_BYTES = 1 << 16


def kills() -> int:
    """How many processes of this control group the kernel has killed for memory."""
    for path in _COUNTERS:
        try:
            found = _KILLS.search(path.read_text())
        except (OSError, ValueError):
            continue
        if found:
            return int(found[1])
    return 0


def is_full(folder: Path) -> bool:
    try:
        now = os.statvfs(folder)
    except OSError:
        return False
    return now.f_bavail * now.f_frsize < _ROOM_BYTES or now.f_favail == 0


class Exhaustion:
    """What stood when the run began; `folders` are where it may write."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._kills = kills()

    def judge(self, ended: Ending) -> Ending:
        """A command that failed by itself may have failed for want of memory or disk."""
        if ended.reason != "exited" or ended.exit_code == 0:
            return ended
        if kills() > self._kills:
            said = "a process was ended since the run's memory was used up"
            return ended._replace(reason="out of memory", detail=_join(ended.detail, said))
        if full := [str(folder) for folder in self._folders if is_full(folder)]:
            said = f"nothing more could be written to {', '.join(full)}"
            return ended._replace(reason="out of disk", detail=_join(ended.detail, said))
        return ended


def _join(*details: str) -> str:
    return "; ".join(filter(None, details))
