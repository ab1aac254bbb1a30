"""Every combination of modules makes a project whose own tests pass, by its own command."""

from pathlib import Path

import pytest

from app.graphs.engineering import junit
from tests.templates import making


@pytest.fixture(scope="module", params=making.COMBINATIONS, ids=making.name)
def modules(request: pytest.FixtureRequest) -> tuple[str, ...]:
    chosen: tuple[str, ...] = request.param
    return chosen


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, modules: tuple[str, ...]) -> Path:
    return making.make(tmp_path_factory.mktemp("projects") / making.name(modules), modules)


def test_nothing_of_other_modules_is_there(project: Path, modules: tuple[str, ...]) -> None:
    paths = [path.relative_to(project).as_posix() for path in project.rglob("*")]
    texts = [
        path.read_text() for path in project.rglob("*") if path.suffix != ".pyc" and path.is_file()
    ]
    for module in making.FULL:
        there = [path for path in paths if module in path]
        assert bool(there) == (module in modules), there
        variable = f"{module.upper()}_"
        assert any(variable in text for text in texts) == (module in modules)


def test_its_tests_pass(project: Path, modules: tuple[str, ...]) -> None:
    making.run(project, "make", "test")
    expected = {"python.xml"} if modules != ("frontend",) else set()
    expected |= {"frontend.xml"} if "frontend" in modules else set()
    reports = {path.name: path.read_bytes() for path in (project / "reports").iterdir()}
    assert set(reports) == expected
    for report in reports.values():
        cases = junit.read(report).cases
        assert len(cases) >= 4
        assert {case.state for case in cases} == {junit.State.PASSED}


def test_formats_lint_and_types_are_right(tmp_path: Path) -> None:
    """With all modules: the code of fewer is a part of it. What tools leave is ignored by git."""
    project = making.make(tmp_path / "project")
    making.commit(project, "Begin")
    making.run(project, "make", "check")
    assert making.git(project, "status", "--porcelain") == ""
