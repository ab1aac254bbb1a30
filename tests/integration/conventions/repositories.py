"""Unrelated repositories, as strangers would have them, each with a way to break one test."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Repository = Mapping[str, str]

SRC_LAYOUT: Repository = {
    "pyproject.toml": (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "tally"\nversion = "1"\n'
        'optional-dependencies.dev = ["pytest>=8", "tally[dev]"]\n'
    ),
    "src/tally/__init__.py": "def total(*numbers):\n    return sum(numbers)\n",
    "tests/test_tally.py": (
        "import pytest\nfrom tally import total\n\n\n"
        "@pytest.mark.parametrize('numbers', [(), (0, 0)])\n"
        "def test_nothing(numbers):\n    assert total(*numbers) == 0\n\n\n"
        "def test_total():\n    assert total(1, 2) == 3\n\n\n"
        "@pytest.mark.skip\ndef test_later():\n    pass\n"
    ),
    "AGENTS.md": "Be brief.\n",
}

OWN_RUNNER: Repository = {
    "package.json": '{"name": "sums", "scripts": {"test": "node test/run.js"}}',
    "index.js": "exports.add = (a, b) => a + b;\n",
    "test/run.js": (
        'const { add } = require("..");\nlet failed = 0;\n'
        'const cases = [["one & two", add(1, 2) === 3], ["<none>", add(0, 0) === 0]];\n'
        "for (const [name, good] of cases) {\n"
        "  console.log(`${good ? '✓' : '✗'} ${name}`);\n  failed += !good;\n}\n"
        "process.exit(failed ? 1 : 0);\n"
    ),
}

TAP_RUNNER: Repository = {
    **OWN_RUNNER,
    "test/run.js": (
        'const { add } = require("..");\nconsole.log("TAP version 13");\n'
        "const good = add(1, 2) === 3;\n"
        "console.log(`${good ? 'ok' : 'not ok'} 1 - one & <two> \"three\"`);\n"
        'console.log("ok 2 none\\nok 3 - later # SKIP\\nnot ok 4 - wanted # TODO\\n1..4");\n'
        "process.exit(good ? 0 : 1);\n"
    ),
}

NODES_RUNNER: Repository = {
    "package.json": '{"name": "sums", "scripts": {"pretest": "echo", "test": "node --test test/"}}',
    "index.js": OWN_RUNNER["index.js"],
    "test/one.test.js": (
        'const { test } = require("node:test");\nconst assert = require("node:assert");\n'
        'const { add } = require("..");\n'
        'test("adds", () => assert.equal(add(1, 2), 3));\n'
        'test("later", { skip: true }, () => {});\n'
    ),
    "test/two.test.js": 'require("node:test").test("adds", () => {});\n',
}

_PACKAGE_MAKEFILE = "PYTEST ?= python -m pytest\n\ntest: lint\n\t$(PYTEST) -q\n\nlint:\n\t@true\n"
MONOREPO: Repository = {
    "Makefile": (
        "PACKAGES := $(patsubst %/Makefile,%,$(wildcard packages/*/Makefile))\n\n"
        ".PHONY: test $(PACKAGES)\n\ntest: $(PACKAGES)\n\n"
        "$(PACKAGES):\n\t$(MAKE) -C $@ test\n"
    ),
    "packages/bread/Makefile": _PACKAGE_MAKEFILE,
    "packages/bread/test_price.py": "def test_price():\n    assert 1 + 1 == 2\n",
    "packages/milk/Makefile": _PACKAGE_MAKEFILE,
    "packages/milk/test_price.py": (
        "def test_price():\n    assert 3 - 2 == 1\n\n\ndef test_fat():\n    assert True\n"
    ),
    "packages/shop/Makefile": "test:\n\tnode --test\n",
    "packages/shop/shop.test.js": (
        'const { test } = require("node:test");\nconst assert = require("node:assert");\n'
        'test("sells", () => assert.equal(6 * 7, 42));\n'
    ),
}

FOLDERS: Repository = {
    **{f"back end/{name}": text for name, text in SRC_LAYOUT.items()},
    **{f"front/{name}": text for name, text in NODES_RUNNER.items()},
    "more/pytest.ini": "[pytest]\n",
    "more/tests/test_tally.py": "def test_total():\n    pass\n",
}


@dataclass(frozen=True, slots=True)
class Case:
    """`counts`: passed, failed and skipped; `broken`: the same with `find` replaced in `path`."""

    repository: Repository
    counts: tuple[int, int, int]
    path: str
    find: str
    replace: str
    broken: tuple[int, int, int]
    capabilities: frozenset[str]
    counted: bool = True


CASES = {
    "src layout": Case(
        SRC_LAYOUT, (3, 0, 1), "src/tally/__init__.py", "sum(", "-sum(", (2, 1, 1),
        frozenset({"python"}),
    ),
    "runner of its own": Case(
        OWN_RUNNER, (1, 0, 0), "index.js", "a + b", "a - b", (0, 1, 0), frozenset({"node"}),
        counted=False,
    ),
    "TAP": Case(
        TAP_RUNNER, (2, 0, 2), "index.js", "a + b", "a - b", (1, 1, 2), frozenset({"node"}),
        counted=False,
    ),
    "Node's runner": Case(
        NODES_RUNNER, (2, 0, 1), "index.js", "a + b", "a - b", (1, 1, 1), frozenset({"node"}),
    ),
    "folders": Case(
        FOLDERS, (6, 0, 2), "back end/src/tally/__init__.py", "sum(", "-sum(", (5, 1, 2),
        frozenset({"node", "python"}),
    ),
    "monorepo": Case(
        MONOREPO, (4, 0, 0), "packages/milk/test_price.py", "3 - 2", "3 - 1", (2, 1, 0),
        frozenset({"make", "node", "python"}),
    ),
}  # fmt: skip


def write(repository: Repository, folder: Path) -> Path:
    for name, text in repository.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
