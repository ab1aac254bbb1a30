"""`orc demo --repo` on repositories of strangers: each is tested as it says itself."""

import json
from pathlib import Path

import pytest

from tests.integration.conventions.repositories import CASES
from tests.integration.demo.test_demo import Demo, demo, repository

__all__ = ["demo"]
# The first attempt breaks a test, the second puts it right.
SCENARIO = """\
name: strange
description: A change that the repository's own tests find wrong at first.
attempts:
  - - write: {{path: {path}, content: {broken}}}
    - commit: Change it
  - - write: {{path: {path}, content: {good}}}
    - write: {{path: NOTES.txt, content: "It is as it should be.\\n"}}
    - commit: Put it right
"""
STRANGERS = ("src layout", "runner of its own", "monorepo")


def scenario(name: str, file: Path) -> Path:
    case = CASES[name]
    good = case.repository[case.path]
    broken = good.replace(case.find, case.replace)
    texts = {"path": case.path, "broken": broken, "good": good}
    # JSON's strings are YAML's in double quotes
    file.write_text(SCENARIO.format(**{key: json.dumps(text) for key, text in texts.items()}))
    return file


@pytest.mark.parametrize("name", STRANGERS)
def test_it_is_tested_as_it_says_itself(name: str, demo: Demo, tmp_path: Path) -> None:
    case = CASES[name]
    mine = repository(tmp_path / "mine", dict(case.repository))
    written = scenario(name, tmp_path / "strange.yaml")
    result = demo.json("--repo", str(mine), "--scenario", str(written))
    passed, _, skipped = case.counts
    assert result["tests"] == {"passed": passed, "failed": 0, "skipped": skipped}
    assert (result["attempts"], result["merged"]) == (2, True)
