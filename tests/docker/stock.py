"""Puts what the template's service is tested with into a base image, so that nothing is downloaded.

`/opt/service/python` is the image's own python3 with those packages: the PYTHON of its Makefile.
"""

import io
import re
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # see daemon.py
    from docker import DockerClient

NEEDED = ("httpx2", "pydantic-settings", "pytest", "pyyaml", "starlette", "uvicorn")
PYTHON = "/opt/service/python"
_PROGRAM = b"""#!/bin/sh
PYTHONPATH=/opt/service/lib exec python3 "$@"
"""
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def stocked(client: "DockerClient", base: str) -> str:
    """The tag of `base` with the packages; made where it is not there yet."""
    packages = sorted(_closure(NEEDED), key=lambda one: one.name)
    names = " ".join(f"{one.name}=={one.version}" for one in packages)
    digest = sha256(f"{base} {names} {_PROGRAM!r}".encode()).hexdigest()[:12]
    tag = f"orc-test-stocked:{digest}"
    if not client.images.list(name=tag):
        client.images.build(fileobj=_context(base, packages), custom_context=True, tag=tag, rm=True)
    return tag


def _closure(names: tuple[str, ...]) -> Iterator[Distribution]:
    """These packages and what they need, as they are installed here."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform, or an extra
        yield found
        said = [one for one in found.requires or () if "extra ==" not in one]
        waiting += [match.group() for one in said if (match := _NAME.match(one))]


def _context(base: str, packages: list[Distribution]) -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        dockerfile = f"FROM {base}\nCOPY lib /opt/service/lib\nCOPY python /opt/service/python\n"
        _add(tar, "Dockerfile", dockerfile.encode(), 0o644)
        _add(tar, "python", _PROGRAM, 0o755)
        for package in packages:
            for file in package.files or ():
                path = Path(str(file.locate()))
                inside = ".." not in file.parts and "__pycache__" not in file.parts
                if inside and path.is_file():
                    tar.add(path, f"lib/{file.as_posix()}", recursive=False)
    packed.seek(0)
    return packed


def _add(tar: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))
