"""What a command needs of the machine it runs on, looked for before it starts. It mends nothing."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


class Lacking(Exception):
    """What is not there, and what to do about it; one sentence or two, for who gave the command."""


def see_git() -> str:
    """Where git is. Raises Lacking."""
    found = shutil.which("git")
    if found is None:
        raise Lacking("git is not on PATH. Install git.")
    return found


def see_state_dir(folder: Path) -> None:
    """That files can be written there. Raises Lacking."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Lacking(
            f"nothing can be written in {folder}: {why}. Set ORC_STATE_DIR to a folder of yours."
        ) from None


def see_docker() -> str:
    """The version of the engine that answers. Raises Lacking. It imports Docker's library."""
    import docker

    try:
        with contextlib.closing(docker.from_env()) as client:
            version: str = client.version()["Version"]
            return version
    except (docker.errors.DockerException, OSError) as error:  # requests' errors are the latter
        raise Lacking(no_docker(error)) from None


def no_docker(error: BaseException) -> str:
    """What is to be done where no engine answers."""
    asked = os.environ.get("DOCKER_HOST") or "/var/run/docker.sock"
    return (
        f"no Docker engine answers at {asked}: {_innermost(error)}. Start one, see that you may "
        "use it, or name another in DOCKER_HOST."
    )


def _innermost(error: BaseException) -> str:
    """The system's own words, where there are any below those of three libraries."""
    said = str(error)
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, OSError) and below.strerror:
            said = below.strerror
        below = below.__cause__ or below.__context__
    return said
