"""A project that was made from an older version of the real template, which is on the shelf."""

import shutil
import sys
from pathlib import Path

from app.scaffold.render import render
from app.scaffold.shelf import Shelf
from app.scaffold.template import service
from tests.templates import making

WORKFLOW, MAKEFILE, NEW = ".github/workflows/ci.yml", "Makefile", "app/backend/health.py"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
PASSES = """
grep -q '## List the targets' Makefile && ! grep -q '<<<<' Makefile || exit 1
printf '<testsuite><testcase classname="a" name="b"/></testsuite>' > "$ORC_OUT/junit.xml"
"""


def older_template(into: Path) -> Path:
    """The template before somebody added a file, and changed a line and the workflow."""
    template = shutil.copytree(service(), into / "service")
    project = template / "project"
    (project / NEW).unlink()
    for path, old in ((MAKEFILE, "## Say what there is"), (WORKFLOW, None)):
        file = project / f"{path}.jinja"
        text = file.read_text()
        file.write_text(text.replace("## List the targets", old) if old else f"# Old\n{text}")
    return template


def made_project(template: Path, into: Path) -> Path:
    """Made from it, in git."""
    render(making.answers(("backend",), python_version=HERE), into, template)
    (into / ".github" / "orchestrator.yml").unlink()  # it wants a network for the tests
    making.commit(into, "Begin")
    return into


def keep(root: Path, template: Path) -> None:
    """On the shelf of a house."""
    Shelf(root / "state" / "templates").keep(template)
