"""The GitHub App's manifest, app.yml: in a checkout beside the package, installed inside it."""

from pathlib import Path
from typing import Any

import yaml

_PLACES = (Path(__file__).parent / "app.yml", Path(__file__).parent.parent / "app.yml")


def manifest() -> dict[str, Any]:
    """Its content, parsed."""
    place = next(place for place in _PLACES if place.is_file())
    content: dict[str, Any] = yaml.safe_load(place.read_text())
    return content
