"""The wrapper by itself, as a container starts it: its memory, its events, its end on SIGTERM."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from agent_image.tree import descendants, send, start_time

from .runs import eventually, shell


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "workspace").mkdir()
    return tmp_path


def start(
    folder: Path,
    argv: tuple[str, ...],
    *,
    base: str | None = None,
    repeat: dict[str, object] | None = None,
    **changed: float,
) -> "subprocess.Popen[bytes]":
    limits = {"wall_seconds": 60.0, "idle_seconds": 60.0, "grace_seconds": 0.5}
    job: dict[str, object] = {
        "argv": argv,
        "env": {},
        "base": base,
        "keep": [],
        "repeat": repeat,
        "output_bytes": 10_000,
        "git_seconds": 3.0,
        "limits": {**limits, **changed},
    }
    (folder / "job.json").write_text(json.dumps(job))
    return subprocess.Popen(
        [sys.executable, "-m", "agent_image.wrapper", str(folder)], cwd=Path(__file__).parents[3]
    )


def result(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return content


def events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def test_memory_stays_small_however_much_is_printed(folder: Path) -> None:
    peak = 0
    with start(folder, shell("head -c 1G /dev/zero; head -c 100M /dev/zero >&2")) as wrapper:
        while wrapper.poll() is None:
            status = Path(f"/proc/{wrapper.pid}/status").read_text()
            if found := re.search(r"VmHWM:\s+(\d+) kB", status):
                peak = max(peak, int(found[1]))
            time.sleep(0.02)
    assert result(folder)["truncated"]
    assert 1_000 < peak < 40_000


def test_memory_of_one_byte_writes(folder: Path) -> None:
    script = "import os\nfor _ in range(50_000): os.write(1, b'x')"
    with start(folder, (sys.executable, "-c", script)) as wrapper:
        assert wrapper.wait() == 0
    assert len((folder / "stdout").read_bytes()) <= 10_000
    assert result(folder)["truncated"]


def test_events_tell_of_real_life(folder: Path) -> None:
    script = "echo hello; end=$((SECONDS + 2)); while ((SECONDS < end)); do :; done"
    with start(folder, shell(script), heartbeat_seconds=0.2) as wrapper:
        assert wrapper.wait() == 0
    first, *beats, last = events(folder)
    assert (first["event"], last["event"]) == ("started", "completed")
    assert {beat["event"] for beat in beats} == {"heartbeat"}
    assert beats[-1]["processes"] == 1
    assert beats[-1]["output_bytes"] == 6
    assert beats[-1]["silent_seconds"] > beats[0]["silent_seconds"]
    assert beats[-1]["cpu_seconds"] > beats[0]["cpu_seconds"]


@pytest.mark.parametrize("script", ["exit 1", "kill -9 $$"])
def test_events_tell_of_failure(folder: Path, script: str) -> None:
    with start(folder, shell(script)) as wrapper:
        assert wrapper.wait() == 0
    assert events(folder)[-1]["event"] == "failed"


def test_events_tell_of_turns(folder: Path) -> None:
    with start(folder, shell("true"), repeat={"until": "x", "times": 2}) as wrapper:
        assert wrapper.wait() == 0
    said = [(event["event"], event.get("number")) for event in events(folder)]
    turns = [("turn", 1), ("started", None), ("turn", 2), ("started", None)]
    assert said == [*turns, ("completed", None)]
    assert result(folder)["detail"] == "the promise was not kept in 2 turns"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_stops_the_tree(folder: Path, number: int) -> None:
    script = "trap '' TERM INT; sleep 600 & echo $! > pid; wait; wait"
    with start(folder, shell(script)) as wrapper:
        eventually((folder / "workspace/pid").exists)
        eventually(lambda: (folder / "workspace/pid").read_text().endswith("\n"))
        wrapper.send_signal(number)
        assert wrapper.wait() == 0
    assert result(folder)["reason"] == "stopped"
    assert start_time(int((folder / "workspace/pid").read_text())) is None


def test_a_hangup_changes_nothing(folder: Path) -> None:
    with start(folder, shell("touch here; sleep 0.5; echo done")) as wrapper:
        eventually((folder / "workspace/here").exists)
        wrapper.send_signal(signal.SIGHUP)
        assert wrapper.wait() == 0
    assert (folder / "stdout").read_bytes() == b"done\n"
    assert result(folder)["exit_code"] == 0


@pytest.mark.parametrize(
    ("paused_seconds", "sleeps", "reason"), [(0.5, 1, "exited"), (60.0, 30, "timed out")]
)
def test_a_pause_is_no_time_of_the_commands(
    folder: Path, paused_seconds: float, sleeps: int, reason: str
) -> None:
    argv = shell(f"touch here; sleep {sleeps}; echo done")
    limits = {"heartbeat_seconds": 0.1, "paused_seconds": paused_seconds}
    with start(folder, argv, base=None, repeat=None, wall_seconds=3.0, **limits) as wrapper:
        eventually((folder / "workspace/here").exists)
        tree = [wrapper.pid, *descendants(wrapper.pid)]
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in tree:
                send(pid, number)
            if number == signal.SIGSTOP:
                time.sleep(4)
    assert result(folder)["reason"] == reason


def test_git_has_a_deadline_and_keeps_what_was_committed(folder: Path) -> None:
    workspace = folder / "workspace"
    git = ["git", "-c", "user.name=me", "-c", "user.email=me@localhost"]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "one"]):
        subprocess.run([*git, *command], cwd=workspace, check=True)
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=workspace, text=True)
    script = f"{' '.join(git)} commit -q --allow-empty -m two; truncate -s 1T endless"
    with start(folder, shell(script), base=head.strip()) as wrapper:
        assert wrapper.wait() == 0
    assert "git add did not end in time" in result(folder)["detail"]
    assert result(folder)["work"]
    assert (folder / "out/work.bundle").is_file()
