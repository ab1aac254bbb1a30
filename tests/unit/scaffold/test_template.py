"""A digest names what a template holds, wherever it lies."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.scaffold.template import digest, service


@pytest.fixture
def template(tmp_path: Path) -> Path:
    folder = tmp_path / "one"
    (folder / "project").mkdir(parents=True)
    (folder / "copier.yml").write_text("a: 1\n")
    (folder / "project" / "run").write_text("true\n")
    return folder


CHANGES: dict[str, Callable[[Path], object]] = {
    "content": lambda at: (at / "copier.yml").write_text("a: 2\n"),
    "name": lambda at: (at / "project" / "run").rename(at / "project" / "go"),
    "place": lambda at: (at / "project" / "run").rename(at / "run"),
    "mode": lambda at: (at / "project" / "run").chmod(0o755),
    "more": lambda at: (at / "project" / "empty").touch(),
    "fewer": lambda at: (at / "copier.yml").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_changes_it(template: Path, change: str) -> None:
    before = digest(template)
    CHANGES[change](template)
    assert digest(template) != before


def test_where_it_lies_and_what_tools_left_does_not(template: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(template, tmp_path / "__pycache__" / "two")
    (copy / "project" / "__pycache__").mkdir()
    (copy / "project" / "__pycache__" / "run.pyc").touch()
    assert digest(copy) == digest(template)


def test_the_service_is_found() -> None:
    assert digest(service()).startswith("sha256:")
