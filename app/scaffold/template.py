"""Where templates lie, and the digest that names exactly one version of one."""

import hashlib
from pathlib import Path

from app.scaffold.error import ScaffoldError

_APP = Path(__file__).parent.parent
_PLACES = (_APP / "templates", _APP.parent / "templates")  # installed inside, in a checkout beside
LEFTOVERS = ("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache")


def service() -> Path:
    """The template of projects that consist of any of the modules. Raises ScaffoldError."""
    for place in _PLACES:
        if (place / "service" / "copier.yml").is_file():
            return place / "service"
    raise ScaffoldError(f"There is no template in {_PLACES[1]}. Install the orchestrator anew.")


def digest(template: Path) -> str:
    """Over the paths, contents and executable bits of all files, whatever made them."""
    total = hashlib.sha256()
    files = {path.relative_to(template): path for path in template.rglob("*") if path.is_file()}
    for place, path in sorted(files.items()):
        if any(part in LEFTOVERS for part in place.parts):
            continue
        name = place.as_posix().encode()
        data = path.read_bytes()
        mode = b"x" if path.stat().st_mode & 0o100 else b"-"
        for part in (name, mode, data):
            total.update(len(part).to_bytes(8, "big") + part)
    return f"sha256:{total.hexdigest()}"
