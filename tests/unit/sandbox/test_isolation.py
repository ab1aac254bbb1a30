"""The sandbox stands alone: it imports nothing of the product, and the product nothing of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import app

ROOT = Path(app.__file__).parent
SANDBOX = ROOT / "sandbox"
SHARED = "app.strict_yaml"
DEMO = ROOT / "cli" / "demo"  # the one part of the product that may start an offline GitHub


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _ours(name: str) -> bool:
    return name == "app.sandbox" or name.startswith("app.sandbox.")


def test_what_both_use_knows_neither() -> None:
    path = (ROOT / SHARED.removeprefix("app.")).with_suffix(".py")
    assert not [name for name in _imports(path) if name.split(".")[0] == "app"]


def _sources(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.py") if SANDBOX / "samples" not in path.parents]


def test_the_sandbox_imports_nothing_of_the_product() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in _sources(SANDBOX)
        for name in _imports(path)
        if name.split(".")[0] == "app" and name != "app"
        if not _ours(name) and not f"{name}.".startswith(f"{SHARED}.")
    ]
    assert wrong == []


def test_the_product_imports_nothing_of_the_sandbox() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in _sources(ROOT)
        if not {SANDBOX, DEMO} & {*path.parents}
        for name in _imports(path)
        if _ours(name)
    ]
    assert wrong == []
