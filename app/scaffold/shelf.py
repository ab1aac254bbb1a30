"""Keeps every version of the template that projects were made from. It renders none.

An update needs the version that a project was made from, beside the one there is now.
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.scaffold.error import ScaffoldError
from app.scaffold.template import digest


@dataclass(frozen=True, slots=True)
class Shelf:
    """Folders by their digests, below `folder`."""

    folder: Path

    def keep(self, template: Path) -> str:
        """Its digest; a second time it changes nothing."""
        version = digest(template)
        place = self._place(version)
        if not place.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".keep-", dir=self.folder) as room:
                copy = shutil.copytree(template, Path(room) / "template")
                try:
                    copy.rename(place)
                except OSError:
                    if not place.is_dir():  # another was faster
                        raise
        return version

    def find(self, version: str) -> Path:
        """Raises ScaffoldError for a version that is not here, or no more what it was."""
        known = {place.name for place in self.folder.glob("*")} if self.folder.is_dir() else set()
        place = self._place(version) if version.removeprefix("sha256:") in known else None
        if place is None or digest(place) != version:
            raise ScaffoldError(
                f"The template's version {version[:80]!r} is not in {self.folder}. Put there the "
                "folder templates/service of the release that the project was made with."
            )
        return place

    def _place(self, version: str) -> Path:
        return self.folder / version.removeprefix("sha256:")
