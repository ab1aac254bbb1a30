"""What an image can hold: the install scripts there are, and the order they need. It runs none."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import agent_image
from app.images.error import UnknownCapabilityError

PACKAGE = Path(agent_image.__file__).parent
# The wrapper brings an agent's work out with it.
_ALWAYS = ("git",)


def available(package: Path = PACKAGE) -> tuple[str, ...]:
    """The names of all capabilities: an install script each, and nothing else is one."""
    return tuple(sorted(path.stem for path in (package / "install").glob("*.sh")))


def script(name: str, package: Path = PACKAGE) -> bytes:
    """Its install script. Raises UnknownCapabilityError."""
    if name not in available(package):  # so no name can lead out of the folder
        known = ", ".join(available(package))
        raise UnknownCapabilityError(f"there is no capability {name!r}; use some of: {known}")
    return (package / "install" / f"{name}.sh").read_bytes()


def in_order(capabilities: Iterable[str], package: Path = PACKAGE) -> tuple[str, ...]:
    """Those asked for and all they need, in the order of their layers.

    What needs nothing comes first, so an image without the agent shares the layers of one with it.
    """
    wanted = {*capabilities, *_ALWAYS}
    found = {each for name in wanted for each in _with_needs(name, package, ())}
    return tuple(sorted(found, key=lambda name: (_depth(name, package), name)))


def _needs(name: str, package: Path) -> list[str]:
    first = script(name, package).partition(b"\n")[0].decode()
    mark, _, names = first.partition(":")
    if mark != "# needs":
        raise ValueError(f"install/{name}.sh must begin with '# needs: …'")
    return names.split()


def _with_needs(name: str, package: Path, above: tuple[str, ...]) -> Iterator[str]:
    if name in above:
        raise ValueError(f"install scripts need each other: {' → '.join((*above, name))}")
    for needed in _needs(name, package):
        yield from _with_needs(needed, package, (*above, name))
    yield name


def _depth(name: str, package: Path) -> int:
    return max((_depth(needed, package) + 1 for needed in _needs(name, package)), default=0)
