"""Sizes and contents of blobs, few git calls for many. It must read no more than it is told to."""

import re
from collections.abc import Collection, Mapping

from app.git.run import Git

_SIZE = re.compile(rb"([0-9a-f]{40}) blob ([0-9]+)")
_HEADER = 200  # bytes that git puts around each blob, at most


async def sizes(git: Git, blobs: Collection[str]) -> dict[str, int]:
    """Bytes of each blob; what is absent or no blob is left out."""
    if not blobs:
        return {}
    shape = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
    lines = (await git.run("cat-file", shape, stdin=_asked(blobs))).splitlines()
    matches = [match for line in lines if (match := _SIZE.fullmatch(line))]
    return {match[1].decode(): int(match[2]) for match in matches}


async def contents(git: Git, blobs: Collection[str], most: int) -> dict[str, bytes]:
    """The bytes of each blob, all of which must be there; GitError beyond `most` bytes in all."""
    if not blobs:
        return {}
    cap = most + _HEADER * len(blobs)
    data = await git.run("cat-file", "--batch", stdin=_asked(blobs), cap=cap)
    found, at = {}, 0
    for _ in blobs:
        end = data.index(b"\n", at)
        name, _, size = data[at:end].split(b" ")
        found[name.decode()] = data[end + 1 : end + 1 + int(size)]
        at = end + int(size) + 2
    return found


def affordable(sizes: Mapping[str, int], each: int, total: int) -> frozenset[str]:
    """The smallest blobs that fit into `total` bytes, none of more than `each`."""
    kept, room = set(), total
    for blob, size in sorted(sizes.items(), key=lambda item: (item[1], item[0])):
        if size <= min(each, room):
            kept.add(blob)
            room -= size
    return frozenset(kept)


def _asked(blobs: Collection[str]) -> bytes:
    return "\n".join(sorted(blobs)).encode() + b"\n"
