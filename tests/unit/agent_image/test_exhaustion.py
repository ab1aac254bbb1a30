"""When a failure is put down to memory or disk."""

from pathlib import Path

import pytest

from agent_image import exhaustion
from agent_image.exhaustion import Exhaustion
from agent_image.supervise import Ending

FAILED = Ending("exited", exit_code=1)
KILLED = Ending("exited", signal=9)
GOOD = Ending("exited", exit_code=0)
IDLE = Ending("idle", signal=15)


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the control group's file; the other version's is missing."""
    path = tmp_path / "memory.events"
    path.write_text("oom 7\noom_kill 2\noom_group_kill 9\n")
    monkeypatch.setattr(exhaustion, "_COUNTERS", (tmp_path / "missing", path))
    return path


TABLE = [
    (FAILED, 3, False, "out of memory"),
    (KILLED, 3, False, "out of memory"),
    (KILLED, 3, True, "out of memory"),
    (FAILED, 2, True, "out of disk"),
    (FAILED, 2, False, "exited"),
    (GOOD, 3, True, "exited"),
    (IDLE, 3, True, "idle"),
]


@pytest.mark.parametrize(("ended", "kills", "full", "reason"), TABLE)
def test_judged(
    counter: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ended: Ending,
    kills: int,
    full: bool,
    reason: str,
) -> None:
    judge = Exhaustion((tmp_path,))
    counter.write_text(f"under_oom 0\noom_kill {kills}\n")
    monkeypatch.setattr(exhaustion, "is_full", lambda _folder: full)
    judged = judge.judge(ended)
    assert judged.reason == reason
    assert (judged.exit_code, judged.signal) == (ended.exit_code, ended.signal)
    assert bool(judged.detail) is (reason != ended.reason)


@pytest.mark.parametrize("content", ["", "oom_kill x", "oom_kill", "no_oom_kill 3", "\udcff"])
def test_counters_that_make_no_sense_count_nothing(counter: Path, content: str) -> None:
    counter.write_bytes(content.encode(errors="surrogateescape"))
    assert exhaustion.kills() == 0


def test_a_folder_that_is_not_there_is_not_full(tmp_path: Path) -> None:
    assert not exhaustion.is_full(tmp_path / "missing")
    assert not exhaustion.is_full(tmp_path)
