"""Stands in for actions/setup-python and setup-node: an interpreter that is here goes on PATH."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import sys
from pathlib import Path

from app.sandbox.actions.runner.plan import StepFailed
from app.sandbox.actions.runner.uses import StandIn, Use

_VERSION = re.compile(r"v?(\d{1,4}(?:\.(?:\d{1,4}|x|\*)){0,2}|x|\*|lts/\*|latest|current|node)")
_FOUND = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def _python(use: Use) -> None:
    wanted = _wanted(use, "python")
    here = tuple(map(str, sys.version_info[:3]))
    found = {here: Path(sys.executable)}
    if not _fits(here, wanted):
        name = f"python{'.'.join(wanted.replace('.x', '').split('.')[:2])}"
        found |= {version: path for path, version in _ask(name)}
    version, program = _choose(use, "Python", wanted, found)
    # Not by a link: an interpreter finds its packages by where it is.
    folder = program.parent
    if not (folder / "python").exists():
        folder = use.space.tools / f"python-{'.'.join(version)}"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("python", "python3"):
            (folder / name).symlink_to(program)
    use.paths.append(folder)
    use.env["pythonLocation"] = str(folder.parent)
    use.outputs |= {
        "python-version": ".".join(version), "python-path": str(folder / "python"),
        "cache-hit": "false",
    }  # fmt: skip


def _node(use: Use) -> None:
    wanted = _wanted(use, "node")
    version, program = _choose(
        use, "Node.js", wanted, {version: path for path, version in _ask("node")}
    )
    use.paths.append(program.parent)
    use.outputs |= {"node-version": f"v{'.'.join(version)}", "cache-hit": "false"}


def _wanted(use: Use, language: str) -> str:
    """A version as far as it was said; "" for any."""
    said = use.inputs.get(f"{language}-version", "").strip()
    file = use.inputs.get(f"{language}-version-file", "")
    if not said and file:
        place = use.inside(file)
        if place.suffix or not place.is_file():
            raise StepFailed(f"The sandbox reads a version from a plain file, not from '{file}'")
        said = place.read_text(errors="replace").strip()
    match = _VERSION.fullmatch(said) if said else None
    if said and match is None:
        raise StepFailed(f"The sandbox does not read '{said[:80]}' as a version of {language}")
    number = match[1] if match else ""
    return number if number[:1].isdigit() else ""


def _fits(version: tuple[str, ...], wanted: str) -> bool:
    parts = [part for part in wanted.split(".") if part not in {"", "x", "*"}]
    return list(version[: len(parts)]) == parts


def _choose(
    use: Use, language: str, wanted: str, found: dict[tuple[str, ...], Path]
) -> tuple[tuple[str, ...], Path]:
    for version, path in found.items():
        if _fits(version, wanted):
            use.log.line(f"{language} {'.'.join(version)} is on this machine: {path}")
            return version, path
    here = ", ".join(".".join(version) for version in found) or "none"
    raise StepFailed(f"{language} {wanted} is not on this machine; there is {here}")


@functools.cache
def _ask(name: str) -> tuple[tuple[Path, tuple[str, ...]], ...]:
    """What the program of this name says its version is; empty when there is none."""
    path = shutil.which(name)
    if path is None:
        return ()
    done = subprocess.run(
        [path, "--version"], capture_output=True, text=True, timeout=20, check=False
    )
    match = _FOUND.search(done.stdout) if done.returncode == 0 else None
    return ((Path(path), match.groups()),) if match else ()


_EVERYWHERE = ("cache", "cache-dependency-path", "architecture", "check-latest", "token")
SETUP_PYTHON = StandIn(
    "actions/setup-python",
    _python,
    inputs=("python-version", "python-version-file"),
    idle=(*_EVERYWHERE, "update-environment", "allow-prereleases"),
)
SETUP_NODE = StandIn(
    "actions/setup-node",
    _node,
    inputs=("node-version", "node-version-file"),
    idle=(*_EVERYWHERE, "package-manager-cache"),
)
