"""All that an image is made of, and the tag that names exactly that. It builds nothing.

The tag is a hash of every byte that goes in, so a changed wrapper, script or base is a new image.
"""

import io
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.images.capability import PACKAGE, in_order, script
from app.images.error import ImageError

REPOSITORY = "orc-agent"
_MARK = "\n# capabilities\n"
_PROGRAMS = frozenset({"install/packages"})


@dataclass(frozen=True, slots=True)
class Source:
    """What images are made from: a base image, certificates to trust as well, and our files."""

    base_image: str
    extra_ca: Path | None = None
    package: Path = PACKAGE


@dataclass(frozen=True, slots=True)
class Recipe:
    """One image. `files` is the build's context: path to content."""

    base_image: str
    capabilities: tuple[str, ...]
    files: Mapping[str, bytes]

    @property
    def tag(self) -> str:
        digest = sha256()
        for part in (self.base_image, *self.capabilities, "", *_flat(self.files)):
            data = part.encode() if isinstance(part, str) else part
            digest.update(len(data).to_bytes(8, "big") + data)
        return f"{REPOSITORY}:{digest.hexdigest()[:12]}"

    def context(self) -> bytes:
        """A tar that is the same wherever it is made: root's, and old."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            folder = tarfile.TarInfo("ca")  # there must be one, also with nothing in it
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(folder)
            for path, content in sorted(self.files.items()):
                entry = tarfile.TarInfo(path)
                entry.size = len(content)
                entry.mode = 0o755 if path in _PROGRAMS else 0o644
                tar.addfile(entry, io.BytesIO(content))
        return packed.getvalue()


def recipe(capabilities: Iterable[str], source: Source) -> Recipe:
    """Raises ImageError."""
    ordered = in_order(capabilities, source.package)
    files = {f"install/{name}.sh": script(name, source.package) for name in ordered}
    files["install/packages"] = (source.package / "install" / "packages").read_bytes()
    files["Dockerfile"] = _dockerfile(source.package, ordered)
    for path in source.package.rglob("*.py"):
        files[f"agent_image/{path.relative_to(source.package).as_posix()}"] = path.read_bytes()
    return Recipe(source.base_image, ordered, files | _certificates(source.extra_ca))


def tag(capabilities: Iterable[str], source: Source) -> str:
    """The image that has these capabilities, whether it is there or not."""
    return recipe(capabilities, source).tag


def _certificates(folder: Path | None) -> dict[str, bytes]:
    if folder is None:
        return {}
    found = {f"ca/{path.name}": path.read_bytes() for path in folder.glob("*.crt")}
    if not found:
        raise ImageError(f"{folder} has no certificates: put PEM files there that end in .crt")
    return found


def _flat(files: Mapping[str, bytes]) -> Iterable[str | bytes]:
    for path, content in sorted(files.items()):
        yield from (path, content)


def _dockerfile(package: Path, capabilities: tuple[str, ...]) -> bytes:
    before, mark, after = (package / "Dockerfile").read_text().partition(_MARK)
    if not mark:
        raise ValueError(f"{package}/Dockerfile has no line {_MARK.strip()!r}")
    steps = "".join(
        f"COPY install/{name}.sh /opt/orc/install/\nRUN sh /opt/orc/install/{name}.sh\n"
        for name in capabilities
    )
    return f"{before}{mark}{steps}{after}".encode()
