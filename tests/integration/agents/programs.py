"""The coding agents' own programs, installed once by npm with their hashes checked."""

import fcntl
import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contract.schemas import MissingSchemasError, _npm

HERE = Path(__file__).parent
BUILD = HERE.parent.parent.parent / "build" / "agents"
_DONE = BUILD / "installed"
# The package's own scripts are not run, so each program is where its package has it.
_PROGRAMS = {
    "claude": "@anthropic-ai/claude-code-*/claude",
    "codex": "@openai/codex-*/vendor/*/bin/codex",
    "droid": "@factory/cli-*/bin/droid",
}


class MissingProgramsError(Exception):
    """npm is not there or could not install; tests that need this say so and skip."""


def folder() -> Path:
    """A folder for PATH that holds the programs. Skips the test where there is none."""
    try:
        return _folder()
    except MissingProgramsError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"needs the agents' own programs: {missing}")


@functools.cache
def _folder() -> Path:
    """Several test workers may come here at once: one installs, the others wait."""
    BUILD.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_text()
    with (BUILD / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not _DONE.exists() or _DONE.read_text() != lock:
            _install()
            _link()
            _DONE.write_text(lock)
    return BUILD / "bin"


def _install() -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, BUILD / name)
    try:
        npm = _npm()
    except MissingSchemasError as missing:
        raise MissingProgramsError(str(missing)) from None
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    done = subprocess.run(
        command, cwd=BUILD, capture_output=True, text=True, check=False, timeout=600,
        env=os.environ | {"npm_config_update_notifier": "false"},
    )  # fmt: skip
    if done.returncode:
        raise MissingProgramsError(f"npm ci failed in {BUILD}: {done.stderr.strip()[-500:]}")


def _link() -> None:
    (BUILD / "bin").mkdir(exist_ok=True)
    for name, pattern in _PROGRAMS.items():
        found = sorted((BUILD / "node_modules").glob(pattern))
        if not found:
            raise MissingProgramsError(f"{name} is not packaged for this machine")
        link = BUILD / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(found[0])
