"""The scenarios that come with the product, by name. It reads none of them."""

from pathlib import Path

_FOLDER = Path(__file__).parent / "scenarios"


def builtin_scenarios() -> dict[str, Path]:
    """Name to file, sorted, `default` first."""
    found = {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}
    return {"default": found["default"], **found}
