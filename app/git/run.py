"""The one place where git is called. It must read no configuration but the one written here."""

import asyncio
import base64
import contextlib
import os
import re
import resource
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from app.git.error import GitError, explain

CAP = 64_000_000  # bytes of output kept; more is an error, not a cut
MEMORY = 1 << 30  # bytes of private memory for a git that reads what an agent made
_STDERR = 16_000
_PASSED_ON = (
    "PATH",
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
    *("NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"),
)
# All that could make git run a program, ask a person, or follow an object to somewhere else is off.
_ENV = {
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "false",
    "GIT_SSH_COMMAND": "false",
    "GIT_ALLOW_PROTOCOL": "http:https:file",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "false",
}
_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.attributesFile": "/dev/null",
    "core.logAllRefUpdates": "false",
    "core.packedGitWindowSize": "32m",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "core.quotePath": "true",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.followRedirects": "initial",  # a renamed repository answers with one
    "http.lowSpeedLimit": "1000",  # a git that outlives the app ends too
    "http.lowSpeedTime": "30",
    "pack.threads": "1",
    "pack.windowMemory": "128m",
    "submodule.recurse": "false",
    "transfer.credentialsInUrl": "die",
}


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a repository is reached. The token leaves this process only as a header of git's."""

    url: str
    token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.url.startswith(("https://", "http://", "file://")):
            raise GitError("The repository's address must begin with https://. Correct it.")

    def settings(self) -> dict[str, str]:
        """The header, for this URL's host alone."""
        if self.token is None:
            return {}
        return {f"http.{self.url}.extraHeader": f"Authorization: Basic {_basic(self.token)}"}

    def redact(self, text: str) -> str:
        """The text without the token, in any form it is sent in."""
        if self.token:
            text = text.replace(self.token, "***").replace(_basic(self.token), "***")
        return re.sub(r"(?<=://)[^/@\s]+@", "***@", text)


@dataclass(frozen=True, slots=True)
class Git:
    """git in one directory. `lock` is a file descriptor that every git started here holds open.

    With `bounded`, memory and processor time are limited: for objects that an agent made.
    """

    dir: Path
    env: Mapping[str, str] = field(default_factory=dict)
    lock: int | None = None
    bounded: bool = False

    def having(self, env: Mapping[str, str], *, bounded: bool = False) -> "Git":
        """The same git with more environment."""
        return replace(self, env={**self.env, **env}, bounded=bounded or self.bounded)

    async def run(
        self,
        *args: str,
        stdin: bytes | int = b"",
        remote: Remote | None = None,
        deadline: float = 60.0,
        cap: int = CAP,
        fine: tuple[int, ...] = (0,),
    ) -> bytes:
        """Its standard output; `stdin` is bytes or a file descriptor, `deadline` in seconds.

        `fine` are the exit codes with which it has done what it was asked to.
        Raises GitError, of the kind that says what to do.
        """
        what = f"git {args[0]}" + (f" {urlsplit(remote.url).path.strip('/')}" if remote else "")
        try:
            process = await self._start(args, stdin, remote)
        except OSError as error:
            raise GitError(
                f"{what} could not be started ({error}). Install git 2.39 or newer."
            ) from None
        if self.bounded:
            _bound(process.pid, deadline)
        code = None
        try:
            async with asyncio.timeout(deadline):
                out, err = await _talk(process, stdin if isinstance(stdin, bytes) else None, cap)
                code = await process.wait()
        except TimeoutError:
            raise _ended(what, f"it took longer than {deadline:.0f} s", remote) from None
        except _TooMuchError:
            raise GitError(f"{what} wrote more than {cap} bytes; it was ended.") from None
        finally:
            if code is None:
                await _kill(process)
        if code not in fine:
            text = err.decode("utf-8", "replace")
            text = remote.redact(text) if remote else text
            raise explain(what, text, code, remote=remote is not None)
        return out

    async def _start(
        self, args: tuple[str, ...], stdin: bytes | int, remote: Remote | None
    ) -> asyncio.subprocess.Process:
        """The process, or none: uvloop would let go of one whose start is cancelled half-way."""
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                "git",
                *args,
                stdin=_stdin(stdin),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self._environment(remote),
                cwd=self.dir,
                start_new_session=True,
                pass_fds=() if self.lock is None else (self.lock,),
            )
        )
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            await _kill(await starting)
            raise

    def _environment(self, remote: Remote | None) -> dict[str, str]:
        settings = _SETTINGS | (remote.settings() if remote else {})
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        pairs = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings.items()):
            pairs[f"GIT_CONFIG_KEY_{number}"] = key
            pairs[f"GIT_CONFIG_VALUE_{number}"] = value
        return passed | _ENV | pairs | {"GIT_DIR": str(self.dir)} | dict(self.env)


def _stdin(given: bytes | int) -> int:
    if isinstance(given, int):
        return given
    return asyncio.subprocess.PIPE if given else asyncio.subprocess.DEVNULL


class _TooMuchError(Exception):
    pass


async def _talk(
    process: asyncio.subprocess.Process, stdin: bytes | None, cap: int
) -> tuple[bytes, bytes]:
    async def feed() -> None:
        if stdin is None or process.stdin is None:
            return
        # uvloop says that the other end is closed with a RuntimeError
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, RuntimeError):
            process.stdin.write(stdin)
            await process.stdin.drain()
        process.stdin.close()

    async def errors() -> bytes:
        tail = b""
        while process.stderr is not None and (part := await process.stderr.read(65536)):
            tail = (tail + part)[-_STDERR:]
        return tail

    async def output() -> bytes:
        parts, size = [], 0
        while process.stdout is not None and (part := await process.stdout.read(1 << 20)):
            size += len(part)
            if size > cap:
                raise _TooMuchError
            parts.append(part)
        return b"".join(parts)

    feeding, erring = asyncio.create_task(feed()), asyncio.create_task(errors())
    try:
        out = await output()
        await feeding
        return out, await erring
    finally:
        feeding.cancel()
        erring.cancel()


async def _kill(process: asyncio.subprocess.Process) -> None:
    """Nothing that it started may live on: the lock would stay held."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _bound(pid: int, deadline: float) -> None:
    if not hasattr(resource, "prlimit"):  # not on Linux: the deadline is the only limit
        return
    seconds = int(deadline) + 1
    with contextlib.suppress(ProcessLookupError, PermissionError):
        resource.prlimit(pid, resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds))


def _basic(token: str) -> str:
    return base64.b64encode(f"x-access-token:{token}".encode()).decode()


def _ended(what: str, why: str, remote: Remote | None) -> GitError:
    text = f"{why}: timed out" if remote else why
    return explain(what, text, None, remote=remote is not None)
