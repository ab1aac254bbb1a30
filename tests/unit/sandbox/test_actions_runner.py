"""What a step says through files and lines, what its log hides, and how its processes end."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.sandbox.actions.runner import log as logs
from app.sandbox.actions.runner.files import FileError, log_command, read, read_pairs
from app.sandbox.actions.runner.log import Masks, StepLog, without_times
from app.sandbox.actions.runner.plan import StepFailed
from app.sandbox.actions.runner.process import Cancel, Command, Processes
from app.sandbox.actions.runner.registry import STAND_INS, find


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {}), ("a=1\n\nb=x=y\r\n", {"a": "1", "b": "x=y"}),
        ("a<<END\none\ntwo=2\nEND\nb=1", {"a": "one\ntwo=2", "b": "1"}),
        ("a<<END\nEND", {"a": ""}), ("a=1\na=2", {"a": "2"}), ("a=x<<y", {"a": "x<<y"}),
    ],
)  # fmt: skip
def test_pairs(tmp_path: Path, text: str, wanted: dict[str, str]) -> None:
    (tmp_path / "f").write_text(text, newline="")
    assert read_pairs(tmp_path / "f") == wanted


@pytest.mark.parametrize("text", ["a", "=1", "a<<END\nopen", "<<END\nEND"])
def test_pairs_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "f").write_text(text)
    with pytest.raises(FileError):
        read_pairs(tmp_path / "f")


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "huge").write_bytes(b"a=" + b"x" * 1_000_001)
    for name in ("link", "huge", "gone", "."):
        with pytest.raises(FileError):
            read(tmp_path / name)


@given(st.text(max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_read_or_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "f").write_text(text, errors="replace")
    try:
        assert all(read_pairs(tmp_path / "f"))
    except FileError:
        return


@pytest.mark.parametrize(
    ("line", "name", "text"),
    [
        ("::error::no", "error", "no"), ("::warning file=a.py,line=1::x::y", "warning", "x::y"),
        ("  ::group::My %0A%25", "group", "My \n%"), ("::ADD-MASK::s", "add-mask", "s"),
    ],
)  # fmt: skip
def test_commands(line: str, name: str, text: str) -> None:
    found = log_command(line)
    assert found is not None
    assert (found.name, found.text) == (name, text)


@pytest.mark.parametrize("line", ["::", "a ::error::x", ":error:x", "::er ror", "::é::x"])
def test_lines_that_are_no_commands(line: str) -> None:
    assert log_command(line) is None


def _logged(tmp_path: Path, masks: Masks, *lines: str) -> str:
    with StepLog(tmp_path / "log", masks, lambda: 0.0) as log:
        for line in lines:
            log.line(line)
    return without_times((tmp_path / "log").read_text())


def test_secrets_are_hidden_line_by_line(tmp_path: Path) -> None:
    masks = Masks()
    for value in ("key", "key-long", "one\n  two  \n\n", ""):
        masks.add(value)
    said = _logged(tmp_path, masks, "a key-long key", "one", "xtwoy", "fine")
    assert said == "a *** ***\n***\nx***y\nfine\n"
    assert masks.shows("key")
    assert not masks.shows("kez")


def test_logs_are_plain_and_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 500)
    said = _logged(tmp_path, Masks(), "a\x00b\rc\tok\x1b[1m", *["x" * 100] * 50)
    assert said.startswith("a\ufffdb\ufffdc\tok\x1b[1m\n")
    assert said.count("##[warning]The log is cut here") == 1
    assert len(said) < 1000


def test_a_line_has_a_time(tmp_path: Path) -> None:
    _logged(tmp_path, Masks(), "x")
    assert (tmp_path / "log").read_text() == "1970-01-01T00:00:00.0000000Z x\n"


class Bench:
    """Runs commands as a job does."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, list[str]()
        self.cancel, self.processes = Cancel(), Processes(f"test_{os.getpid()}_{id(self)}")

    def run(self, text: str, seconds: float = 30) -> tuple[int, bool, bool]:
        deadline = time.monotonic() + seconds
        command = Command(["bash", "-c", text], self.folder, {"PATH": os.environ["PATH"]}, deadline)
        ended = self.processes.run(command, self.cancel, self._hear)
        return ended.code, ended.timed_out, ended.cancelled

    def _hear(self, lines: list[str]) -> None:
        self.said += lines
        if "cancel me" in lines:
            threading.Thread(target=self.cancel.set).start()

    def pids(self) -> list[int]:
        return [int(line.split()[1]) for line in self.said if line.startswith("pid ")]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("text", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", -9)], ids=str
)
def test_codes(bench: Bench, text: str, code: int) -> None:
    assert bench.run(text) == (code, False, False)
    bench.processes.end()


def test_output_is_whole(bench: Bench) -> None:
    bench.run("printf 'a\\nb\\r\\n\\xff'; printf '%0100000d' 0 >&2; echo; seq 3")
    assert bench.said[:2] == ["a", "b"]
    assert "".join(bench.said[2:-3]) == "\ufffd" + "0" * 100_000
    assert bench.said[-3:] == ["1", "2", "3"]
    bench.processes.end()


def test_time_is_up_also_for_the_deaf(bench: Bench) -> None:
    code, timed_out, _ = bench.run("trap '' TERM; echo pid $$; while :; do sleep 9; done", 0.2)
    assert (code, timed_out) == (-9, True)
    bench.processes.end()
    assert not any(map(_alive, bench.pids()))


def test_a_cancel_ends_it(bench: Bench) -> None:
    assert bench.run("trap 'echo bye; exit 4' TERM; echo cancel me; sleep 60 & wait") == (
        4, False, True,
    )  # fmt: skip
    assert bench.said[-1] == "bye"
    bench.processes.end()


def test_nothing_is_left_but_until_the_end(bench: Bench) -> None:
    """A server for the next step lives on; its output is waited for by nobody."""
    hidden = "setsid bash -c 'echo pid $$; exec sleep 60' &"
    bare = "env -i bash -c 'echo pid $$; exec sleep 60' &"
    bench.run(f"{hidden} {bare} while ! (( n++ > 20 )); do sleep 0.01; done")
    pids = bench.pids()
    assert len(pids) == 2
    assert all(map(_alive, pids))
    bench.processes.end()
    assert not any(map(_alive, pids))


def test_a_cancel_before_the_start(bench: Bench) -> None:
    bench.cancel.set()
    bench.cancel.set()
    assert bench.run("sleep 60")[2]
    bench.processes.end()
    bench.cancel.close()
    bench.cancel.set()


def test_no_such_program(bench: Bench) -> None:
    command = Command(["/nowhere"], bench.folder, {}, time.monotonic() + 5)
    with pytest.raises(OSError, match="nowhere"):
        bench.processes.run(command, bench.cancel, print)


@pytest.mark.parametrize("said", ["nobody/knows@v1", "actions/checkout", "docker://x", "x/y/z@1"])
def test_other_actions_are_refused_by_name(said: str) -> None:
    with pytest.raises(StepFailed, match=said.partition("@")[0]):
        find(said)


def test_stand_ins_are_found_at_any_ref() -> None:
    for one in STAND_INS:
        assert find(f"{one.name}@{'a' * 40}") is one
    assert find("Actions/Checkout@v4").name == "actions/checkout"
    assert sys.executable
