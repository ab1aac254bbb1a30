"""Git bundles that somebody else made: copied, measured, and their header read. It runs no git."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

_HEADER = 64_000  # bytes; a bundle of one branch needs about 200
_REF = re.compile(rb"([0-9a-f]{40}) (HEAD|refs/[\x21-\x7e]{1,250})")
_PREREQUISITE = re.compile(rb"-([0-9a-f]{40})(?: .*)?")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle says: the commit it ends in, those it builds on, and where its pack is."""

    head: str
    prerequisites: tuple[str, ...]
    pack_at: int


def read_header(data: bytes) -> Bundle:
    """Parse the start of a bundle. Raises ValueError for anything that `git bundle` would not write
    for one range of a SHA-1 repository: other versions, filters, several different heads."""
    end = data.find(b"\n\n", 0, _HEADER)
    lines = data[:end].split(b"\n") if end >= 0 else []
    if not lines or lines[0] not in (b"# v2 git bundle", b"# v3 git bundle"):
        raise ValueError("The work is not a git bundle of version 2 or 3.")
    prerequisites, heads = [], {}
    for line in lines[1:]:
        if line == b"@object-format=sha1" and lines[0] == b"# v3 git bundle":
            continue
        if match := _PREREQUISITE.fullmatch(line):
            prerequisites.append(match[1].decode())
        elif match := _REF.fullmatch(line):
            heads[match[2]] = match[1].decode()
        else:
            raise ValueError("The work's bundle has a header line that is not understood.")
    found = {heads[b"HEAD"]} if b"HEAD" in heads else set(heads.values())
    if len(found) != 1:
        raise ValueError(f"The work's bundle must end in one commit, not in {len(found)}.")
    return Bundle(found.pop(), tuple(prerequisites), end + 2)


def copy_bundle(work: Path, to: Path, limit: int) -> None:
    """Copy a regular file of at most `limit` bytes, so that nobody can change it any more.

    Raises ValueError for links, pipes, devices, and files that are too large or unreadable.
    """
    try:
        source = os.open(work, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ValueError(f"The work can't be read: {error.strerror}.") from None
    if not stat.S_ISREG(os.fstat(source).st_mode):
        os.close(source)
        raise ValueError("The work is not a regular file.")
    with os.fdopen(source, "rb") as reader, to.open("xb") as writer:
        left = limit
        while part := reader.read(min(left + 1, 1 << 20)):
            left -= len(part)
            if left < 0:
                raise ValueError(f"The work is larger than {limit} bytes. Commit less.")
            writer.write(part)
