"""Reads the tar that comes out of a container, as if an attacker had written every byte of it."""

import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Self

_LAST = "result.json"
_STREAMS = frozenset({"stdout", "stderr", "events.jsonl"})
_OUT = "out"
_MEMBERS = 10_000
_DEPTH = 64
_NAME_BYTES = 4096
_PART_BYTES = 255
_CHUNK = 1 << 16
# Read whole into memory by `tarfile`, so nothing of the kind but a long name is let in.
_KINDS = {tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE, tarfile.GNUTYPE_LONGNAME}


class Refused(Exception):
    """Why a tar is not taken."""


class _PlainMember(tarfile.TarInfo):
    """A header, refused before `tarfile` acts on it."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        member = super().frombuf(buf, encoding, errors)
        if member.type not in _KINDS:
            raise Refused("it holds something that is neither a file nor a folder")
        if member.type == tarfile.GNUTYPE_LONGNAME and member.size > _NAME_BYTES:
            raise Refused("it holds a name that is too long")
        return member


@dataclass(slots=True)
class _Room:
    """What may still be taken."""

    size: int
    members: int = _MEMBERS

    def take(self, size: int) -> None:
        self.members -= 1
        self.size -= size
        if self.members < 0 or self.size < 0 or size < 0:
            raise Refused("it holds too much")


def unpack(file: IO[bytes], into: Path, most_bytes: int) -> bool:
    """Write its files below `into`; False when it was cut short. Raises Refused."""
    room = _Room(most_bytes)
    try:
        with tarfile.open(fileobj=file, mode="r|", tarinfo=_PlainMember) as tar:
            for member in tar:
                path = _path(member.name)
                room.take(member.size)
                if member.isdir():
                    (into / path).mkdir(parents=True, exist_ok=True)
                elif not _copy(tar.extractfile(member), into / path, member.size):
                    return False
                elif str(path) == _LAST:
                    return True
    except (tarfile.TarError, EOFError):
        return False
    except (ValueError, OverflowError, RecursionError, FileExistsError, NotADirectoryError) as why:
        raise Refused("it makes no sense") from why
    return False


def _path(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    parts = path.parts
    if (
        not parts
        or str(path) != name
        or path.is_absolute()
        or ".." in parts
        or len(parts) > _DEPTH
        or "\0" in name
        or any(len(part.encode(errors="surrogateescape")) > _PART_BYTES for part in parts)
        or len(name.encode(errors="surrogateescape")) > _NAME_BYTES // 2
    ):
        raise Refused("it holds a name that leads elsewhere")
    if parts[0] != _OUT and not (len(parts) == 1 and name in _STREAMS | {_LAST}):
        raise Refused("it holds a file that no run leaves")
    return path


def _copy(source: IO[bytes] | None, target: Path, size: int) -> bool:
    if source is None:
        raise Refused("it holds something that is no file")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        while size > 0:
            chunk = source.read(min(size, _CHUNK))
            if not chunk:
                return False
            file.write(chunk)
            size -= len(chunk)
    return True
