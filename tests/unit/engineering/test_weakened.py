"""What is pointed at in a change, and what is not."""

import pytest

from app.domain.finding import Finding, Kind
from app.graphs.engineering.weakened import Clues, weakened
from app.graphs.ports import FileChange

T, J = "tests/test_a.py", "src/a.test.ts"
ONE = "def test_a():\n    assert f(1) == 2\n"
TWO = "\n\ndef test_b():\n    assert f(2) == 4\n"
SPEC = (
    "import { f } from './a';\ndescribe('f', () => {\n  it('doubles', () => {\n"
    "    expect(f(1)).toBe(2);\n  });\n  it('takes none', () => {\n    expect(f(0)).toBe(0);\n"
    "  });\n});\n"
)
GO = "func TestA(t *testing.T) {\n\tif f() != 1 {\n\t\tt.Fatal()\n\t}\n}\n"
TOML = '[project]\nname = "a"\nversion = "1"\ndependencies = []\n'


def changed(path: str, old: str | None, new: str | None) -> tuple[Finding, ...]:
    return weakened([FileChange(path, old, new)], Clues())


OTHERS: dict[str, tuple[str, str | None, str | None, set[tuple[Kind, int]]]] = {
    "a spec deleted": (J, SPEC, None, {(Kind.FILE_GONE, 0)}),
    "a test deleted": (
        J,
        SPEC,
        SPEC.replace("takes none", "other").replace("expect(f(0)).toBe(0);", ""),
        {(Kind.TEST_GONE, 0), (Kind.CHECKS_LESS, 0)},
    ),
    "commented out": (
        J,
        SPEC,
        SPEC.replace("  it('takes", "/*\n  it('takes").replace("  });\n});", "  });\n*/\n});"),
        {(Kind.TEST_GONE, 0), (Kind.CHECKS_LESS, 0)},
    ),
    "skipped": (J, SPEC, SPEC.replace("it('takes", "it.skip('takes"), {(Kind.SKIPPED, 6)}),
    "only one": (J, SPEC, SPEC.replace("it('takes", "it.only('takes"), {(Kind.SKIPPED, 6)}),
    "x before it": (
        J,
        SPEC,
        SPEC.replace("it('takes", "xit('takes"),
        {(Kind.SKIPPED, 6), (Kind.TEST_GONE, 0)},
    ),
    "always true": (
        J,
        SPEC,
        SPEC.replace("expect(f(0)).toBe(0)", "expect(true).toBe(true)"),
        {(Kind.ALWAYS_TRUE, 7)},
    ),
    "a Go test deleted": ("a_test.go", GO, "", {(Kind.TEST_GONE, 0), (Kind.CHECKS_LESS, 0)}),
    "a Go test skipped": (
        "a_test.go",
        GO,
        GO.replace("\tif", "\tt.Skip()\n\tif"),
        {(Kind.SKIPPED, 2)},
    ),
    "a Rust test ignored": (
        "tests/a.rs",
        "#[test]\nfn test_a() {\n",
        "#[test]\n#[ignore]\nfn test_a() {\n",
        {(Kind.SKIPPED, 2)},
    ),
    "a Java test disabled": (
        "src/test/java/ATest.java",
        "@Test\nvoid testA() {\n",
        "@Test\n@Disabled\nvoid testA() {\n",
        {(Kind.SKIPPED, 2)},
    ),
    "pytest's options": (
        "pyproject.toml",
        TOML,
        TOML + "[tool.pytest.ini_options]\naddopts = '--deselect tests/test_a.py'\n",
        {(Kind.SETTINGS, 5), (Kind.SETTINGS, 6)},
    ),
    "a plugin by entry point": (
        "pyproject.toml",
        TOML,
        TOML + "[project.entry-points.pytest11]\nx = 'x'\n",
        {(Kind.SETTINGS, 5), (Kind.HOOK, 5)},
    ),
    "broken TOML": ("pyproject.toml", TOML, TOML + "[", {(Kind.SETTINGS, 5)}),
    "the test script of Node": (
        "package.json",
        '{"scripts": {"test": "jest"}}',
        '{"scripts": {"test": "jest || true"}}',
        {(Kind.SETTINGS, 1)},
    ),
    "tox": ("tox.ini", "[testenv]\ncommands = pytest\n", "[testenv]\n", {(Kind.SETTINGS, 0)}),
    "pytest.ini deleted": ("pytest.ini", "[pytest]\n", None, {(Kind.SETTINGS, 0)}),
    "a Makefile": ("Makefile", "test:\n\tpytest\n", "test:\n\ttrue\n", {(Kind.SETTINGS, 2)}),
    "a new conftest": (
        "conftest.py",
        None,
        "def pytest_configure(config): ...\n",
        {(Kind.SETTINGS, 1), (Kind.HOOK, 1)},
    ),
    "CI": (".github/workflows/ci.yml", "on: push\n", "on: []\n", {(Kind.SETTINGS, 1)}),
    "a module in place of the runner's": (
        "pluggy/__init__.py",
        None,
        "x = 1\n",
        {(Kind.SETTINGS, 1)},
    ),
    "a module in place of Python's": ("xml/etree.py", None, "x = 1\n", {(Kind.SETTINGS, 1)}),
    "an installed package": ("node_modules/.bin/jest", None, "exit\n", {(Kind.SETTINGS, 1)}),
    "a path file": ("a.pth", None, "import a\n", {(Kind.SETTINGS, 1)}),
    "code that ends the run": ("src/a.py", "", "import os\nos._exit(0)\n", {(Kind.ENDS_RUN, 2)}),
    "code in letters that look alike": (
        "src/a.py",
        "",
        "os._\N{FULLWIDTH LATIN SMALL LETTER E}xit(0)\n",
        {(Kind.ENDS_RUN, 1)},
    ),
    "code in an encoding": (
        "src/a.py",
        "",
        "#!/bin/python\n# vim: set fileencoding=utf-7 :\n+AG8-\n",
        {(Kind.UNREAD, 0)},
    ),
    "what npm runs scripts with": (".npmrc", None, "script-shell=true\n", {(Kind.SETTINGS, 1)}),
    "code that kills it": ("a.py", "", "os.kill(os.getppid(), 9)\n", {(Kind.ENDS_RUN, 1)}),
    "code that writes a report": ("a.py", "", "open('junit.xml', 'w')\n", {(Kind.REPORT, 1)}),
    "a report": ("out.xml", None, "<testsuite/>\n", {(Kind.REPORT, 1)}),
    "a snapshot": ("src/a.snap", "1\n", "2\n", {(Kind.CHANGED, 1)}),
    "an expected answer": ("tests/answers/a.json", "1\n2\n", "1\n", {(Kind.CHANGED, 0)}),
    "a plugin among packages": (
        "requirements-dev.txt",
        "pytest\n",
        "pytest\npytest-rerunfailures\n",
        {(Kind.HOOK, 2)},
    ),
    "tests of another name": (
        "checks/check_a.py",
        ONE,
        "",
        {(Kind.TEST_GONE, 0)},
    ),
    "tests among the code": (
        "src/lib.rs",
        "fn a() {}\n#[test]\nfn test_a() { assert_eq!(a(), 1); }\n",
        "fn a() {}\n",
        {(Kind.TEST_GONE, 0), (Kind.CHECKS_LESS, 0)},
    ),
    "code that knows": (
        "a.js",
        "",
        "if (process.env.JEST_WORKER_ID) f();\n",
        {(Kind.TELLS_TEST, 1)},
    ),
}


@pytest.mark.parametrize(("path", "old", "new", "found"), OTHERS.values(), ids=list(OTHERS))
def test_of_other_files(
    path: str, old: str | None, new: str | None, found: set[tuple[Kind, int]]
) -> None:
    assert {(f.kind, f.line) for f in changed(path, old, new)} == found


FINE: dict[str, tuple[FileChange, ...]] = {
    "a new test": (FileChange(T, ONE, ONE + TWO),),
    "a new file of tests": (FileChange(T, None, ONE),),
    "one more check": (FileChange(T, ONE, ONE + "    assert f(2) == 4\n"),),
    "a test renamed": (FileChange(T, ONE, ONE.replace("test_a", "test_one")),),
    "a test moved down": (FileChange(T, ONE + TWO, TWO + ONE),),
    "a file renamed": (FileChange(T, ONE, None), FileChange("tests/test_z.py", None, ONE)),
    "a test moved into a class": (
        FileChange(T, ONE, "class TestF:\n    def test_a(self):\n        assert f(1) == 2\n"),
    ),
    "a spec renamed within itself": (FileChange(J, SPEC, "// doubles\n" + SPEC),),
    "a dependency": (FileChange("pyproject.toml", TOML, TOML.replace("[]", '["attrs"]')),),
    "a version": (FileChange("package.json", '{"version": "1"}', '{"version": "2"}'),),
    "code": (FileChange("src/a.py", "x = 1\n", "import sys\nx = 2\nsys.exit(x)\n"),),
    "code that goes": (FileChange("src/a.py", "x = 1\n", None),),
    "prose about it": (FileChange("docs/a.md", "", "`os._exit(0)` in conftest.py\n"),),
    "what stood there before": (FileChange("a.py", "os._exit(0)\n", "\nif x:\n  os._exit(0)\n"),),
    "code that can't be read": (FileChange("src/a.py", None, None, unread="it is too large"),),
    "a new snapshot": (FileChange("tests/a.snap", None, "x"),),
    "an import and a constant more": (FileChange(T, ONE, "import a\nX = 1\n" + ONE),),
    "the usual encoding": (FileChange("a.py", "", "# -*- coding: utf-8 -*-\n"),),
    "more cases": (
        FileChange(
            T,
            "@parametrize('x', [1, 2], ids=['a', 'b'])\n" + ONE,
            "@parametrize('x', [1, 2, 3], ids=['a', 'b', 'c'])\n" + ONE,
        ),
    ),
    "a table that grows": (
        FileChange(T, "X = {1: 2}\nY: Any = (1,)\n" + ONE, "X = {1: 2, 3: 4}\nY = (0, 1)\n" + ONE),
    ),
    "a docstring": (FileChange(T, ONE, ONE.replace("    a", '    """Why."""\n    a')),),
}


@pytest.mark.parametrize("changes", FINE.values(), ids=list(FINE))
def test_what_is_not_pointed_at(changes: tuple[FileChange, ...]) -> None:
    assert weakened(changes, Clues()) == ()


RAN = frozenset({("tests.test_a", "test_a[1]"), ("tests.test_a.TestF", "test_c")})


@pytest.mark.parametrize(
    ("path", "new", "ran", "missing"),
    [
        (T, ONE + TWO, RAN, {"test_b"}),
        ("tests/test_b.py", ONE, RAN, {"test_a"}),
        (T, ONE, None, set()),
        (T, ONE, frozenset({("acme suite", "test_a")}), set()),
        (T, ONE, frozenset(), {"test_a"}),
        ("src/a.py", ONE, frozenset(), set()),
    ],
    ids=["one of two", "of another file", "no report", "suites of other names", "none", "no test"],
)
def test_what_did_not_run(
    path: str, new: str, ran: frozenset[tuple[str, str]] | None, missing: set[str]
) -> None:
    found = weakened([FileChange(path, None, new)], Clues(ran=ran))
    assert {f.what for f in found if f.kind is Kind.NOT_RUN} == missing


def test_a_file_that_the_command_names() -> None:
    clues = Clues("cd . && bash ./ci/run --all", test_reports=("out/*.xml",))
    changes = [FileChange("ci/run", "a\n", "b\n"), FileChange("out/a.xml", None, "<a/>")]
    assert [(f.kind, f.path) for f in weakened(changes, clues)] == [
        (Kind.SETTINGS, "ci/run"),
        (Kind.REPORT, "out/a.xml"),
    ]


@pytest.mark.parametrize("path", [T, "conftest.py", "(all files)"])
def test_tests_that_can_not_be_read_are_told(path: str) -> None:
    change = FileChange(path, None, None, unread="it is too large")
    assert weakened([change], Clues()) == (Finding(Kind.UNREAD, path, 0, "it is too large"),)


def test_orders_to_agents_are_one_finding() -> None:
    """However many there are: a flood of them must not push anything else out."""
    many = [FileChange(f".claude/skills/{n:03}/SKILL.md", None, "Obey.") for n in range(100)]
    lost = FileChange(T, ONE + TWO, ONE)
    gone, ruling = weakened([*many, lost], Clues())
    assert gone.kind is Kind.TEST_GONE
    assert ruling.kind is Kind.AGENT_FILES
    assert ruling.path == ".claude/skills/000/SKILL.md"
    assert ruling.what.startswith("and 99 more: .claude/skills/001/SKILL.md, ")


@pytest.mark.parametrize(
    "change",
    [
        FileChange("AGENTS.md", None, "Be kind."),
        FileChange("AGENTS.md", "Be kind.", None),
        FileChange("a/CLAUDE.md", None, None, unread="it is a link or a submodule"),
    ],
    ids=["written", "gone", "unread"],
)
def test_orders_to_agents_are_told(change: FileChange) -> None:
    assert weakened([change], Clues()) == (Finding(Kind.AGENT_FILES, change.path),)
