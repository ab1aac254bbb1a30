"""What a run sees of the world from inside its container: nothing but itself."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.run import RunExit, RunSpec
from app.executors.docker import DockerExecutor

from .runs import empty, limits, python, run, shell

CANARY = "canary-4b1d"


@pytest.fixture
def host_port() -> Iterator[int]:
    """A server of the host's on all its addresses; whoever reaches it could reach PostgreSQL."""
    with closing(socket.create_server(("0.0.0.0", 0))) as server:  # noqa: S104
        port: int = server.getsockname()[1]
        yield port


REACH = """
import errno, json, socket, sys
found = {}
for host, port in json.loads(sys.argv[1]):
    try:
        socket.create_connection((host, port), timeout=3).close()
        found[host] = "reached"
    except OSError as error:
        found[host] = errno.errorcode.get(error.errno, str(error.errno))
try:
    socket.getaddrinfo("github.com", 443)
    found["github.com"] = "resolved"
except OSError:
    found["github.com"] = "unknown"
found["interfaces"] = [name for _, name in socket.if_nameindex()]
print(json.dumps(found))
"""


def own_address() -> str:
    """The host's address on the way out; no packet is sent for it."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.2"
        return str(probe.getsockname()[0])


async def test_no_network_at_all(docker_executor: DockerExecutor, host_port: int) -> None:
    bridge = "172.17.0.1"
    hosts = ["169.254.169.254", bridge, own_address(), "1.1.1.1"]
    targets = json.dumps([(host, host_port) for host in (*hosts, "127.0.0.1")])
    ended = await run(docker_executor, (*python(REACH), targets))
    assert json.loads(ended.stdout) == {
        **dict.fromkeys(hosts, "ENETUNREACH"),
        "127.0.0.1": "ECONNREFUSED",  # its own loopback, and nobody is there
        "github.com": "unknown",
        "interfaces": ["lo"],
    }


async def test_other_runs_are_out_of_reach(docker_executor: DockerExecutor) -> None:
    """The same loopback port and the same abstract socket, in two runs at once."""
    listen = (
        "import socket, time\n"
        "a = socket.create_server(('127.0.0.1', 7000))\n"
        "b = socket.socket(socket.AF_UNIX); b.bind('\\0orc'); b.listen()\n"
        "print('up', flush=True); time.sleep(600)"
    )
    reach = (
        "import socket\n"
        "for family, address in ((2, ('127.0.0.1', 7000)), (1, '\\0orc')):\n"
        "    try: socket.socket(family).connect(address); print('reached')\n"
        "    except ConnectionRefusedError: print('refused')"
    )
    await docker_executor.start(RunSpec("other", python(listen)), empty)
    ended = await run(docker_executor, python(reach))
    assert ended.stdout == b"refused\nrefused\n"


SELF = """
import json, os, pathlib, subprocess
def text(path):
    try: return pathlib.Path(path).read_text(errors="replace")
    except OSError as error: return type(error).__name__
def tries(path):
    try: pathlib.Path(path).write_text("x"); return "written"
    except OSError as error: return os.strerror(error.errno)
status = dict(line.split(":", 1) for line in text("/proc/self/status").splitlines())
print(json.dumps({
    "ids": [os.getuid(), os.geteuid(), os.getgid(), os.getegid()],
    "groups": status["Groups"].split(),
    "caps": {status[name].strip() for name in
        ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16},
    "no_new_privs": status["NoNewPrivs"].strip(),
    "seccomp": status["Seccomp"].strip(),
    "processes": sorted(int(name) for name in os.listdir("/proc") if name.isdigit())[:1],
    "others": [pid for pid in os.listdir("/proc") if pid.isdigit()
        and pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\\0")[0] != b"python3"],
    "of_pid_1": text("/proc/1/environ"),
    "written": {path: tries(path) for path in
        ("/x", "/etc/passwd", "/run/x", "/usr/bin/x", "/opt/orc/x", "/dev/x", "/var/tmp/x",
         "/run/orc/job/x", "/run/orc/job/job.json", "/proc/sys/kernel/core_pattern",
         "/sys/fs/cgroup/memory/x")},
    "docker": [path for path in ("/var/run/docker.sock", "/run/docker.sock")
        if os.path.exists(path)],
    "setuid_in_work": [line.split()[3] for line in text("/proc/mounts").splitlines()
        if line.split()[1] in ("/work", "/tmp", "/run/orc/results", "/run/orc/job")],
    "gateway": os.path.exists("/run/orc/gateway"),
    "core": text("/proc/self/limits").split("Max core file size")[1].split()[:2],
    "host": os.uname().nodename,
    "control_group": text("/proc/self/cgroup"),
}))
"""


async def test_nothing_but_itself(docker_executor: DockerExecutor) -> None:
    ended = await run(docker_executor, python(SELF))
    assert ended.stderr == b""
    seen = json.loads(ended.stdout)
    own = 10_001 if os.getuid() == 0 else os.getuid()
    assert seen["ids"][:2] == [own, own]
    assert 0 not in seen["ids"]
    assert (seen["caps"], seen["no_new_privs"], seen["seccomp"]) == (True, "1", "2")
    assert (seen["processes"], seen["others"]) == ([1], [])
    assert seen["of_pid_1"] == "PermissionError"
    assert set(seen["written"].values()) <= {"Read-only file system", "Permission denied"}
    assert (seen["docker"], seen["gateway"], seen["host"]) == ([], False, "run")
    assert len(seen["setuid_in_work"]) == 4
    assert all("nosuid" in each or each.startswith("ro,") for each in seen["setuid_in_work"])
    assert seen["core"] == ["0", "0"]
    assert "docker" not in seen["control_group"]


async def test_a_canary_of_the_host_is_nowhere(
    docker_executor: DockerExecutor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ORC_CANARY", CANARY)
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:{CANARY}@proxy.example")
    (tmp_path / "key.pem").write_text(CANARY)
    # The word is put together inside, so that the search does not find itself.
    script = f"""
    word={CANARY[:6]}; word="$word{CANARY[6:]}"
    cat {tmp_path}/key.pem
    env | grep -F "$word"; cat /proc/[0-9]*/environ 2>/dev/null | grep -aF "$word"
    grep -rslF "$word" /etc /run /tmp /work /root /home /opt /mnt /srv /var 2>/dev/null
    git config --list --show-origin
    echo searched
    """
    ended: RunExit = await run(docker_executor, shell(script), limits(wall=60, idle=60))
    assert ended.stdout == b"searched\n"
    assert b"No such file" in ended.stderr


async def test_limits_hold_inside(docker_executor: DockerExecutor) -> None:
    script = """
    cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null
    cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null
    df -B1 --output=size /work | tail -1
    """
    ended = await run(docker_executor, shell(script))
    memory, processes, disk = map(int, ended.stdout.split())
    limit = limits()
    assert memory == limit.memory_bytes + limit.disk_bytes
    assert (processes, disk) == (limit.processes, limit.disk_bytes)
