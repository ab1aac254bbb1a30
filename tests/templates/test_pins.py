"""What the template pins is what the tests of its projects ran with."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from app.scaffold.template import service

REQUIREMENTS = sorted((service() / "project" / "requirements").glob("*.in"))
_PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)", re.MULTILINE)


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.stem)
def test_what_is_named_is_pinned_and_tested(file: Path) -> None:
    named = dict(_PIN.findall(file.read_text()))
    pinned = dict(_PIN.findall(file.with_suffix(".txt").read_text()))
    assert len(named) == sum(not line.startswith("#") for line in file.read_text().splitlines())
    assert named.items() <= pinned.items()
    assert named == {name: version(name) for name in named}


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.stem)
def test_everything_has_a_hash(file: Path) -> None:
    text = file.with_suffix(".txt").read_text()
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(_PIN.findall(text))
    assert all("--hash=sha256:" in entry for entry in entries)


def test_a_package_has_one_version() -> None:
    """One installation takes all the files."""
    seen: dict[str, set[str]] = {}
    for file in REQUIREMENTS:
        for name, pin in _PIN.findall(file.with_suffix(".txt").read_text()):
            seen.setdefault(name, set()).add(pin)
    assert {name: pins for name, pins in seen.items() if len(pins) > 1} == {}
