"""Takes an agent's work out of its workspace as a git bundle. It judges none of it."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent_image.tree import Tree

# The repository's own config is the agent's; these keep it from waiting for a person or a hook.
_OPTIONS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "commit.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "safe.directory": "*",
    "advice.addEmbeddedRepo": "false",
}
_ENV = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": "true",
    "GIT_PAGER": "cat",
    "GIT_AUTHOR_NAME": "agent",
    "GIT_AUTHOR_EMAIL": "agent@localhost",
    "GIT_COMMITTER_NAME": "agent",
    "GIT_COMMITTER_EMAIL": "agent@localhost",
    "LC_ALL": "C.UTF-8",
}


class GitError(Exception):
    """Says what could not be done."""


class _Git:
    """Git in one folder, with one deadline for all its calls."""

    def __init__(self, folder: Path, environ: Mapping[str, str], seconds: float) -> None:
        self._folder = folder
        self._env = {"PATH": environ["PATH"], "HOME": environ["HOME"], **_ENV}
        self._deadline = time.monotonic() + seconds

    def try_(self, *args: str) -> tuple[int, str]:
        options = [part for item in _OPTIONS.items() for part in ("-c", "=".join(item))]
        left = max(self._deadline - time.monotonic(), 0.1)
        # Files, not pipes: a process that git leaves behind would keep a pipe open.
        with tempfile.TemporaryFile() as out:
            try:
                done = subprocess.run(
                    ["git", *options, *args],
                    cwd=self._folder,
                    env=self._env,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    timeout=left,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise GitError(f"git {args[0]} did not end in time") from error
            except OSError as error:
                raise GitError(f"git could not be run: {error}") from error
            finally:
                Tree().kill()
            out.seek(max(out.seek(0, os.SEEK_END) - 2000, 0))
            return done.returncode, out.read().decode(errors="replace").strip()

    def __call__(self, *args: str) -> str:
        code, said = self.try_(*args)
        if code:
            raise GitError(f"git {args[0]} ended with {code}: {said}")
        return said


@dataclass(frozen=True)
class Work:
    """Whether there is a bundle, and what of the work is not in it."""

    taken: bool
    problem: str = ""


def bundle(
    workspace: Path,
    base: str,
    into: Path,
    environ: Mapping[str, str],
    seconds: float,
) -> Work:
    """Commit what is left and write base..HEAD to `into`, if there is any new commit."""
    for lock in ("index.lock", "HEAD.lock"):  # left by a git that was killed with its run
        with suppress(OSError):
            (workspace / ".git" / lock).unlink()
    problem = ""
    try:
        _commit_rest(_Git(workspace, environ, seconds / 2))
    except GitError as error:
        problem = f"not all that was left uncommitted could be taken: {error}"
    try:
        return Work(_write(_Git(workspace, environ, seconds / 2), base, into), problem)
    except (GitError, OSError) as error:
        return Work(False, f"the work could not be taken: {error}")


def _commit_rest(git: _Git) -> None:
    code, said = git.try_("add", "--all", "--ignore-errors")
    if git.try_("diff", "--cached", "--quiet")[0] == 1:
        git("commit", "--quiet", "--no-verify", "-m", "Keep what was left uncommitted")
    if code:
        raise GitError(said)


def _write(git: _Git, base: str, into: Path) -> bool:
    git("rev-parse", "--git-dir")
    if git.try_("cat-file", "-e", f"{base}^{{commit}}")[0]:
        raise GitError(f"{base} is no longer in the repository")
    if git("rev-list", "--count", f"{base}..HEAD", "--") == "0":
        return False
    git("bundle", "create", "--quiet", str(into), f"{base}..HEAD", "--")
    with into.open("rb") as file:
        os.fsync(file.fileno())
    return True
