"""What the projects of a demo are tested with: an interpreter that has all they need."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import platformdirs

from app.cli.demo.app_process import StartFailed
from app.scaffold.template import digest, service

_NEEDED = ("starlette", "uvicorn", "pydantic_settings", "httpx2", "pytest", "mypy", "ruff", "yaml")
_MODULES = ("backend", "dev")  # of the template's requirements


def interpreter() -> Path:
    """This one, if it has all of it; else one in the user's cache, made with pip where need be.

    Raises StartFailed.
    """
    if all(importlib.util.find_spec(name) for name in _NEEDED):
        return Path(sys.executable)
    version = digest(service()).removeprefix("sha256:")[:12]
    folder = Path(platformdirs.user_cache_dir("codegen-orchestrator"), f"service-{version}")
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        _make(folder, python)
        ready.touch()
    return python


def _make(folder: Path, python: Path) -> None:
    requirements = service() / "project" / "requirements"
    files = [str(requirements / f"{name}.txt") for name in _MODULES]
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    install += ["--require-hashes", *(part for file in files for part in ("-r", file))]
    for command in ([sys.executable, "-m", "venv", "--clear", str(folder)], install):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-1500:]
            raise StartFailed(f"what the project needs can't be installed:\n{said}")
