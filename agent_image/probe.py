"""Looks from inside a run for what should not be there, and prints what it found as JSON.

`probe.py <CHECKS`, since it would find its own arguments. It changes nothing, shows no value of
what it finds, and judges nothing.
"""

import base64
import json
import os
import re
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_CONNECT_SECONDS = 1.5
_SEARCH_SECONDS = 30.0
_FILE_BYTES = 32 << 20
_SHOWN = 20
_SKIPPED = ("/proc", "/sys", "/dev")

# Each returns what it found, in short; an empty list means: nothing.
Found = list[str]


def env(pattern: str) -> Found:
    """Names of our environment's variables that match by name or value."""
    wanted = re.compile(pattern)
    return [key for key, value in os.environ.items() if wanted.search(f"{key}={value}")]


def proc(pattern: str) -> Found:
    """Files of processes that can be read and match."""
    wanted = re.compile(pattern.encode())
    found = (Path("/proc").glob(f"[0-9]*/{name}") for name in ("environ", "cmdline"))
    return [str(path) for paths in found for path in paths if wanted.search(_bytes(path))]


def search(given: dict[str, str]) -> Found:
    """Files that match, without /proc, /sys and /dev; says so when the time was short."""
    wanted = re.compile(given["pattern"].encode())
    found: Found = []
    end = time.monotonic() + _SEARCH_SECONDS
    for folder, folders, names in os.walk(given.get("under", "/")):
        folders[:] = [name for name in folders if str(Path(folder, name)) not in _SKIPPED]
        paths = [Path(folder, name) for name in names]
        found += [str(path) for path in paths if path.is_file() and wanted.search(_bytes(path))]
        if time.monotonic() > end:
            return [*found, "(the search ran out of time)"]
    return found


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(_FILE_BYTES)
    except OSError:
        return b""


def file(pattern: str) -> Found:
    """Paths that can be read, or at least seen where they are no files."""
    paths = Path("/").glob(pattern.removeprefix("/"))
    return [str(path) for path in paths if os.access(path, os.R_OK)]


def write(path: str) -> Found:
    """Whether a new file can be made there."""
    Path(path).touch(exist_ok=False)
    Path(path).unlink()
    return [path]


def connect(target: str) -> Found:
    host, _, port = target.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS):
        return [target]


def unix(path: str) -> Found:
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(_CONNECT_SECONDS)
        one.connect(path)
    return [path]


def resolve(name: str) -> Found:
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(name, None)})


def proxy(target: str) -> Found:
    """Through the run's own proxy, as curl would."""
    url = urlsplit(os.environ.get("HTTPS_PROXY", ""))
    login = base64.b64encode(f"{url.username}:{unquote(url.password or '')}".encode()).decode()
    request = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: Basic {login}"
    with socket.create_connection((str(url.hostname), int(url.port or 0)), _CONNECT_SECONDS) as one:
        one.settimeout(10)
        one.sendall(f"{request}\r\n\r\n".encode())
        answer = one.recv(200).decode("latin-1").partition("\r\n")[0]
    if " 200 " not in f"{answer} ":
        raise OSError(answer or "the proxy hung up")
    return [target]


def status(key: str) -> Found:
    """A line of /proc/self/status, such as CapEff."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return [line.partition(":")[2].strip() for line in lines if line.startswith(f"{key}:")]


_CHECKS: tuple[Callable[[Any], Found], ...] = (
    env, proc, search, file, write, connect, unix, resolve, proxy, status,
)  # fmt: skip


def look(check: dict[str, Any]) -> dict[str, Any]:
    """One check and what came of it; `error` says why nothing was found, where something does."""
    ((name, given),) = check.items()
    run = next(one for one in _CHECKS if one.__name__ == name)
    try:
        return {"check": name, "of": given, "found": run(given)[:_SHOWN], "error": None}
    except (OSError, ValueError, re.error) as error:
        return {"check": name, "of": given, "found": [], "error": f"{error}"[:300]}


if __name__ == "__main__":
    print(json.dumps({"probe": [look(check) for check in json.load(sys.stdin)]}))
