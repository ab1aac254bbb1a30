"""The command runs in an image of its own: it must not need more than is installed there."""

import ast
import sys
from pathlib import Path

import pytest

from agent_image import orchestrator

FOLDER = Path(orchestrator.__file__).parent
INSTALLED = {"typer", "pydantic"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_imports(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported <= sys.stdlib_module_names | INSTALLED | {"agent_image"}
