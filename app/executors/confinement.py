"""What a run's container may do, as the engine is told: nothing but what is named here."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docker.types import LogConfig, Mount, Ulimit

from agent_image.places import Places
from app.domain.run import RunSpec

PLACES = Places()
# In the job's folder: what the run may write.
DISK_BYTES = "disk_bytes"

# The wrapper's own, whatever the run's limits are.
_RESULT_BYTES = 256 << 20
_BUNDLE_BYTES = 512 << 20
_SCRATCH_BYTES = 256 << 20
# A run has at least one file per this many bytes; each costs memory of the run, like its bytes.
_BYTES_PER_FILE = 4096
_LEAST_FILES = 10_000
_OPEN_FILES = 16_384
# Before the engine and the app when the host's memory runs short; the command comes first of all.
_OOM_SCORE = 300
_NOBODY = (10_001, 10_001)
# Whoever fetches the results; nobody in the run may signal or trace it.
_FETCHER = 10_002
# Without `site`: the standard library is all that they need, and the start waits for it.
_COMMAND = ("python3", "-P", "-S", "-m")


def result_bytes(run_disk_bytes: int) -> int:
    """What the results of a run may take."""
    return min(run_disk_bytes, _BUNDLE_BYTES) + _RESULT_BYTES


def command(module: str) -> list[str]:
    """A program of `agent_image`, in the container."""
    return [*_COMMAND, f"agent_image.{module}"]


def container(image: str, run: RunSpec, folder: Path, gateway: Path | None) -> dict[str, Any]:
    """The body of the engine's call to create it; `folder` holds the job, `gateway` its sockets."""
    uid, gid = _user()
    return {
        "image": image,
        "entrypoint": command("contained"),
        "command": [],
        "environment": {"PYTHONPATH": "/opt/orc"},
        "user": f"{uid}:{gid}",
        "hostname": "run",
        "working_dir": "/",
        "stop_signal": "SIGTERM",
        "healthcheck": {"test": ["NONE"]},
        "use_config_proxy": False,
        "network_disabled": False,  # that takes the loopback away, too
        "host_config": _host(run, _mounts(folder, gateway), _file_systems(run, uid, gid)),
    }


def _host(run: RunSpec, mounts: list[Mount], tmpfs: Mapping[str, str]) -> dict[str, Any]:
    limits = run.limits
    # What is written is memory too, so that a full disk is no lack of memory.
    memory = limits.memory_bytes + limits.disk_bytes
    return {
        "network_mode": "none",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "ipc_mode": "private",
        "cgroupns": "private",
        "mem_limit": memory,
        "memswap_limit": memory,
        "nano_cpus": int(min(limits.cpus, os.cpu_count() or 1) * 1e9),
        "pids_limit": limits.processes,
        "oom_score_adj": _OOM_SCORE,
        "ulimits": [
            Ulimit(name="nofile", soft=_OPEN_FILES, hard=_OPEN_FILES),
            Ulimit(name="core", soft=0, hard=0),
        ],
        "tmpfs": dict(tmpfs),
        "shm_size": _SCRATCH_BYTES,
        "mounts": mounts,
        "log_config": LogConfig(type="json-file", config={"max-size": "1m", "max-file": "1"}),
    }


def _mounts(folder: Path, gateway: Path | None) -> list[Mount]:
    found = [(folder, PLACES.job)] + ([(gateway, PLACES.gateway)] if gateway else [])
    return [
        Mount(type="bind", source=str(source), target=str(target), read_only=True)
        for source, target in found
    ]


def _file_systems(run: RunSpec, uid: int, gid: int) -> dict[str, str]:
    disk = run.limits.disk_bytes
    files = max(disk // _BYTES_PER_FILE, _LEAST_FILES)
    sizes = {
        PLACES.work: f"exec,size={disk},nr_inodes={files}",
        PLACES.scratch: f"exec,size={_SCRATCH_BYTES},nr_inodes={files}",
        PLACES.results: f"noexec,size={result_bytes(disk)},nr_inodes={files}",
    }
    common = f"rw,nosuid,nodev,mode=0700,uid={uid},gid={gid}"
    found = {str(place): f"{common},{size}" for place, size in sizes.items()}
    found[str(PLACES.results)] += ",mode=0750"  # the last one counts
    return found


def _user() -> tuple[int, int]:
    """The app's, or nobody's where that is root."""
    return (os.getuid(), os.getgid()) if os.getuid() else _NOBODY


def fetcher() -> str:
    """Another user than the run's, of its group, who reads the results in its container."""
    uid, gid = _user()
    return f"{_FETCHER + (uid == _FETCHER)}:{gid}"


def let_read(folder: Path) -> None:
    """Let any user read the job's files; the folder above lets only ours in.

    It takes and gives no file: some of the workspace may be the same files as of the mirror.
    """
    for place, _, names in os.walk(folder):
        path = Path(place)
        path.chmod(path.stat().st_mode | 0o555)
        for name in names:
            file = path / name
            if not file.is_symlink():
                mode = file.stat().st_mode
                if mode & 0o444 != 0o444:
                    file.chmod(mode | 0o444 | (mode & 0o100 and 0o111))
