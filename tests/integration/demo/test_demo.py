"""The real `orc demo` as a process: what it prints, how it ends, and that it leaves nothing."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.demo.processes import of_folder

PATIENCE = 300.0
ORC = [sys.executable, "-c", "from app.cli.main import main; main()", "demo"]
KEYS = {
    "stage", "stages", "issue", "pull_request", "head_sha", "merged", "tests", "attempts",
    "api_requests", "content_writes", "tokens", "cost", "url", "seconds",
}  # fmt: skip
ROOT = Path(__file__).parents[3]


class Demo:
    """Its temporary folders are within one of the test's, so that what is left is found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start_in = folder.parent
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ORC_")},
            "TMPDIR": str(folder),
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
        }

    def start(self, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*ORC, *options],
            env=self.environ,
            cwd=self.start_in,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*options)
        out, err = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def json(self, *options: str, exits: int = 0) -> dict[str, Any]:
        ended = self.run("--json", *options)
        assert ended.returncode == exits, ended.stderr
        found: dict[str, Any] = json.loads(ended.stdout)  # nothing else is on standard output
        return found

    def left(self) -> list[str]:
        return [*of_folder(self.folder), *(path.name for path in self.folder.iterdir())]


@pytest.fixture
def demo() -> Iterator[Demo]:
    """Whatever a test does, nothing is left of it."""
    with tempfile.TemporaryDirectory(prefix="o-") as short:
        folder = Path(short) / "t"
        folder.mkdir()
        made = Demo(folder)
        yield made
        assert made.left() == []


def repository(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git = ["git", "-C", str(folder), "-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", "Begin"], check=True)
    return folder


# The main job


def test_the_object_is_as_documented(demo: Demo) -> None:
    result = demo.json()
    assert result.keys() == KEYS
    assert result["tests"].keys() == {"passed", "failed", "skipped"}
    assert result["stage"] == "orc:done"
    assert result["stages"] == ["orc:queued", "orc:building", "orc:review", "orc:done"]
    assert result["merged"] is True
    assert result["attempts"] == 2
    assert result["tests"]["passed"] >= 1
    assert result["tests"]["failed"] == 0
    assert re.fullmatch(r"[0-9a-f]{40}", result["head_sha"])
    assert result["pull_request"] != result["issue"]
    assert 0 < result["content_writes"] < result["api_requests"]
    assert result["tokens"] > 0
    assert isinstance(result["cost"], float)
    assert result["url"] is None


@pytest.mark.long
def test_the_whole_team_from_two_vague_lines_to_a_merge(demo: Demo) -> None:
    ended = demo.run("--json", "--scenario", "team")
    assert ended.returncode == 0, ended.stderr
    result = json.loads(ended.stdout)
    assert result["merged"] is True
    assert result["tests"]["failed"] == 0
    assert result["attempts"] == 5
    built = ["orc:queued", "orc:building", "orc:review"]
    assert result["stages"] == [
        *("orc:queued", "orc:intake", "orc:needs-info"),
        *("orc:queued", "orc:intake", "orc:plan-review"),
        *("orc:queued", "orc:building", "orc:parts"),
        *(built * 3),
        *("orc:done", "orc:done"),
    ]
    told = " ".join(ended.stderr.split())
    for seen in (
        "for the whole week?",
        "/approve",
        "lobby-menu was made for it",
        "17 passed, 1 failed",
        "changes requested",
        "Soup twice in a week?",
        "alice merges",
    ):
        assert seen in told


def test_people_see_the_stages_and_the_merge(demo: Demo) -> None:
    ended = demo.run("--scenario", "first-try")
    assert ended.returncode == 0
    for words in ("Queued", "Building", "Review", "Done", "Merged #2 — 10 tests passed"):
        assert words in ended.stdout
    assert "\x1b" not in ended.stdout
    assert ended.stderr == ""


def test_a_scenario_that_gives_up_exits_with_1(demo: Demo) -> None:
    result = demo.json("--scenario", "gives-up", exits=1)
    assert result.keys() == KEYS
    assert result["stage"] == "orc:blocked"
    assert (result["merged"], result["pull_request"], result["head_sha"]) == (False, None, None)
    assert result["attempts"] == 3
    assert result["tests"]["failed"] >= 1


def test_nothing_was_tested(demo: Demo) -> None:
    result = demo.json("--scenario", "nothing", exits=1)
    assert result["tests"] == {"passed": 0, "failed": 0, "skipped": 0}
    assert result["stage"] == "orc:blocked"


@pytest.mark.parametrize("length", [60, 100])
def test_a_temporary_folder_with_a_long_name(length: int, demo: Demo) -> None:
    """A socket's path has at most 107 bytes: PostgreSQL's then lies elsewhere, and goes, too."""
    long = demo.folder / ("x" * (length - len(str(demo.folder)) - 1))
    long.mkdir()
    demo.environ["TMPDIR"] = str(long)
    assert demo.json("--scenario", "first-try")["merged"] is True
    long.rmdir()


# A repository of one's own

SCENARIO = """
name: mine
description: A line is added.
attempts:
  - - write: {path: more.py, content: "MORE = 1\\n"}
    - commit: Add more
    - say: Done.
"""


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    file = tmp_path / "mine.yaml"
    file.write_text(SCENARIO)
    return str(file)


def test_a_repository_with_tests(demo: Demo, scenario: str, tmp_path: Path) -> None:
    test = "from calc import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
    files = {"calc.py": "def add(a, b):\n    return a + b\n", "test_calc.py": test}
    mine = repository(tmp_path / "my calc", files)
    before = _state(mine)
    issue = tmp_path / "issue.md"
    issue.write_text("# Add more, please\n\nWe need *more*.\n")
    result = demo.json("--repo", str(mine), "--scenario", scenario, "--issue", str(issue))
    assert result["merged"] is True
    assert (result["attempts"], result["tests"]["passed"]) == (1, 1)
    assert _state(mine) == before  # it worked on a copy


def test_a_repository_without_tests_is_honestly_blocked(
    demo: Demo, scenario: str, tmp_path: Path
) -> None:
    mine = repository(tmp_path / "bare", {"main.py": "print('hello')\n"})
    result = demo.json("--repo", str(mine), "--scenario", scenario, exits=1)
    assert result["stage"] == "orc:blocked"
    assert result["merged"] is False
    assert result["tests"] == {"passed": 0, "failed": 0, "skipped": 0}
    assert result["head_sha"] is None


def _state(folder: Path) -> tuple[str, str, list[str]]:
    def git(*args: str) -> str:
        command = ["git", "-C", str(folder), *args]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    files = sorted(str(path.relative_to(folder)) for path in folder.glob("*"))
    return git("for-each-ref"), git("status", "--porcelain"), files


# Ending


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=str)
def test_ended_in_the_middle_it_leaves_nothing(number: int, demo: Demo) -> None:
    """While an agent that ignores SIGTERM is at work, with a process of its own."""
    process = demo.start("--scenario", "stubborn")
    _until(lambda: any("sleep" in line for line in of_folder(demo.folder)), process)
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_ended_while_it_starts_it_leaves_nothing(demo: Demo) -> None:
    process = demo.start()
    _until(lambda: bool(of_folder(demo.folder)) and any(demo.folder.iterdir()), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_kept_up_until_it_is_told(demo: Demo) -> None:
    process = demo.start("--scenario", "first-try", "--keep", "--json")
    assert process.stderr
    for line in process.stderr:
        if "Still up" in line:
            break
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert json.loads(out)["merged"] is True


def _until(holds: Any, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert process.poll() is None, "it has ended by itself"
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def test_settings_of_the_user_do_not_matter(demo: Demo, tmp_path: Path) -> None:
    """Neither the environment's nor those of a file .env where it is started."""
    demo.start_in = tmp_path
    (tmp_path / ".env").write_text("ORC_SLOTS=none\nORC_GITHUB_URL=https://example.com\n")
    wrong = {"ORC_APP_ID": "", "ORC_PORT": "x", "DATABASE_URL": "postgresql://nowhere/none"}
    demo.environ |= wrong
    assert demo.json("--scenario", "first-try")["merged"] is True
