"""The raw form of a git diff, parsed. It must not judge what it finds."""

import re
from dataclasses import dataclass

ABSENT = "0" * 40
_ENTRY = re.compile(rb":([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([ADMTU])")


@dataclass(frozen=True, slots=True)
class Change:
    """One path of a diff: octal modes ("000000" if absent), blob ids, and the path's own bytes."""

    old_mode: str
    new_mode: str
    old: str
    new: str
    path: bytes

    @property
    def gone(self) -> bool:
        return self.new_mode == "000000"


def parse_raw(data: bytes) -> tuple[Change, ...]:
    """Read `git diff-tree -r -z --raw --no-renames --no-abbrev`. Raises ValueError."""
    if not data:
        return ()
    if not data.endswith(b"\0"):
        raise ValueError("The diff is cut short.")
    fields = data[:-1].split(b"\0")
    if len(fields) % 2:
        raise ValueError("The diff has an entry without a path.")
    changes = []
    for meta, path in zip(fields[::2], fields[1::2], strict=True):
        match = _ENTRY.fullmatch(meta)
        if match is None or not path:
            raise ValueError("The diff has an entry that is not understood.")
        old_mode, new_mode, old, new, _ = (part.decode() for part in match.groups())
        changes.append(Change(old_mode, new_mode, old, new, path))
    return tuple(changes)
