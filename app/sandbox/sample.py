"""The demo's sample project as a git repository: the same commit on every machine."""

import os
import shutil
import subprocess
from pathlib import Path

_SAMPLE = Path(__file__).parent / "samples" / "service"
_DATE = "2026-01-05T09:00:00+00:00"
_AUTHOR = "Ada Weatherby"
_EMAIL = "ada@example.com"


def sample_repository(into: Path) -> Path:
    """Make `into`, which must not exist or be empty, a repository with one commit on main."""
    unwanted = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    shutil.copytree(_SAMPLE, into, ignore=unwanted, dirs_exist_ok=True)
    _git(into, "init", "--quiet", "--initial-branch=main", "--template=")
    _git(into, "add", "--all")
    _git(into, "commit", "--quiet", "-m", "Add the weather service")
    return into


def _git(folder: Path, *args: str) -> None:
    """Git that knows nothing of the user's configuration."""
    environ = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    for role in ("AUTHOR", "COMMITTER"):
        environ |= {
            f"GIT_{role}_NAME": _AUTHOR,
            f"GIT_{role}_EMAIL": _EMAIL,
            f"GIT_{role}_DATE": _DATE,
        }
    subprocess.run(["git", *args], cwd=folder, env=environ, check=True)
