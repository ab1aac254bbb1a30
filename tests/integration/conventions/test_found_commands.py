"""The command that is found is run, and its JUnit says what the tests did."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.graphs.engineering import junit
from app.graphs.engineering.conventions import FolderTree, Way, find
from app.graphs.engineering.junit import State
from tests.integration.conventions.repositories import CASES, SRC_LAYOUT, Case, Repository, write


@dataclass(frozen=True)
class Ended:
    exit_code: int
    counts: tuple[int, int, int]
    printed: str


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    for name in ("bash", "make", "node", "npm", "awk"):
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not there")


def run(command: str, folder: Path, out: Path) -> Ended:
    out.mkdir()
    env = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(out),
        "LANG": "C.UTF-8",
        "ORC_OUT": str(out),
        "PIP_NO_INDEX": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # the projects have none; ours take long to load
    }
    ended = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=env, capture_output=True, check=False, timeout=120
    )
    reports = [junit.read(path.read_bytes()) for path in sorted(out.rglob("*.xml"))]
    assert not any(report.unseen for report in reports)
    counted = Counter(case.state for report in reports for case in report.cases)
    counts = (counted[State.PASSED], counted[State.FAILED], counted[State.SKIPPED])
    return Ended(ended.returncode, counts, (ended.stdout + ended.stderr).decode())


def found(repository: Repository, folder: Path) -> Way:
    way = find(FolderTree(write(repository, folder)))
    assert way is not None
    return way


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_command_passes_and_fails_with_the_tests(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "a repository's"
    way = found(case.repository, folder)
    assert way.capabilities == case.capabilities
    assert way.counted is case.counted

    passed = run(way.command, folder, tmp_path / "passed")
    assert (passed.exit_code, passed.counts) == (0, case.counts), passed.printed

    broken = folder / case.path
    broken.write_text(broken.read_text().replace(case.find, case.replace))
    failed = run(way.command, folder, tmp_path / "failed")
    assert failed.counts == case.broken, failed.printed
    assert failed.exit_code != 0


def test_a_report_that_was_committed_is_not_believed(tmp_path: Path) -> None:
    way = found(CASES["monorepo"].repository, tmp_path / "work")
    forged = '<testsuite><testcase name="forged"/></testsuite>'
    for name in ("junit.xml", "packages/milk/report.xml", "orc-1-1.xml"):
        (tmp_path / "work" / name).write_text(forged)
    (tmp_path / "work/Makefile").write_text("test:\n\t@true\n")
    ended = run(way.command, tmp_path / "work", tmp_path / "out")
    assert (ended.exit_code, ended.counts) == (0, (0, 0, 0))


def test_what_a_project_needs_is_not_loaded_where_it_is_there(tmp_path: Path) -> None:
    manifest = (
        '[project]\nname = "tally"\ndependencies = ["pluggy>=1", "Iniconfig; python_version>\'3\'"]'
    )
    way = found({**SRC_LAYOUT, "pyproject.toml": manifest}, tmp_path / "work")
    assert "pip install" in way.command
    ended = run(way.command, tmp_path / "work", tmp_path / "out")
    assert (ended.exit_code, ended.counts) == (0, (3, 0, 1)), ended.printed
    assert "pip" not in ended.printed


def test_where_it_can_not_be_loaded_the_tests_say_so(tmp_path: Path) -> None:
    hostile = "nowhere-to-be-found; touch /tmp/$(id -u); `id`"
    manifest = f'[project]\nname = "tally"\ndependencies = ["{hostile}", "--index-url=x", "-e ."]'
    source = "import nowhere\n"
    files = {**SRC_LAYOUT, "pyproject.toml": manifest, "src/tally/__init__.py": source}
    way = found(files, tmp_path / "work")
    assert "index-url" not in way.command
    ended = run(way.command, tmp_path / "work", tmp_path / "out")
    assert ended.exit_code != 0
    assert ended.counts == (0, 1, 0), ended.printed


def test_what_jest_writes_becomes_junit(tmp_path: Path) -> None:
    """With a stand-in that writes what Jest's --json does."""
    cases = [
        {"fullName": "adds <1>", "status": "passed", "failureMessages": []},
        {"fullName": "'quotes' & more", "status": "failed", "failureMessages": ["\x1b[31m3"]},
        {"fullName": "later", "status": "todo", "failureMessages": []},
    ]
    files_tested = [
        {"name": "/w/a.test.js", "status": "failed", "message": "x", "assertionResults": cases},
        {"name": "/w/b.test.js", "status": "failed", "message": "none", "assertionResults": []},
    ]
    results = json.dumps({"testResults": files_tested})
    jest = (
        '#!/usr/bin/env node\nconst at = process.argv.find((a) => a.startsWith("--outputFile="));\n'
        f'require("fs").writeFileSync(at.slice(13), {json.dumps(results)});\nprocess.exit(1);\n'
    )
    files = {
        "package.json": '{"scripts": {"test": "jest"}, "devDependencies": {"jest": "30"}}',
        "node_modules/.bin/jest": jest,
    }
    way = found(files, tmp_path / "work")
    (tmp_path / "work/node_modules/.bin/jest").chmod(0o755)
    ended = run(way.command, tmp_path / "work", tmp_path / "out")
    assert (ended.exit_code, ended.counts) == (1, (1, 2, 1)), ended.printed
