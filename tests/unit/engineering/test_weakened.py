"""What is pointed at in a change, and what is not; and that no text is too hostile to be read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.finding import MOST, Finding, Kind
from app.graphs.engineering.ports import FileChange
from app.graphs.engineering.weakened import Clues, weakened

T, J = "tests/test_a.py", "src/a.test.ts"
ONE = "def test_a():\n    assert f(1) == 2\n"
TWO = "\n\ndef test_b():\n    assert f(2) == 4\n"
SPEC = (
    "import { f } from './a';\ndescribe('f', () => {\n  it('doubles', () => {\n"
    "    expect(f(1)).toBe(2);\n  });\n  it('takes none', () => {\n    expect(f(0)).toBe(0);\n"
    "  });\n});\n"
)
GO = "func TestA(t *testing.T) {\n\tif f() != 1 {\n\t\tt.Fatal()\n\t}\n}\n"
CLASS = (
    "class TestF(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(f(1), 2)\n"
)
TOML = '[project]\nname = "a"\nversion = "1"\ndependencies = []\n'


def changed(path: str, old: str | None, new: str | None) -> tuple[Finding, ...]:
    return weakened([FileChange(path, old, new)], Clues())


def within(body: str, line: str = "    assert f(1) == 2") -> tuple[str, str]:
    """The first test before, and with another body."""
    return ONE, ONE.replace(line, body)


PYTHON: dict[str, tuple[str | None, str | None, set[tuple[Kind, int, str]]]] = {
    "a test deleted": (ONE + TWO, ONE, {(Kind.TEST_GONE, 0, "test_b")}),
    "all deleted": (ONE + TWO, None, {(Kind.FILE_GONE, 0, "2 tests: test_a, test_b")}),
    "renamed out of sight": (
        ONE,
        ONE.replace("test_a", "_test_a"),
        {(Kind.TEST_GONE, 0, "test_a")},
    ),
    "hidden in a function": (
        ONE,
        "def wrap():\n    def test_a():\n        assert f(1) == 2\n",
        {(Kind.TEST_GONE, 0, "test_a")},
    ),
    "under if False": (
        ONE,
        "if False:\n    def test_a():\n        assert f(1) == 2\n",
        {(Kind.TEST_GONE, 0, "test_a")},
    ),
    "deleted again": (ONE, ONE + "del test_a\n", {(Kind.TEST_GONE, 0, "test_a")}),
    "assigned over": (
        ONE,
        ONE + "test_a = None\n",
        {(Kind.TEST_GONE, 0, "test_a"), (Kind.CHANGED, 3, "test_a = None")},
    ),
    "defined twice": (
        ONE,
        ONE + "def test_a():\n    assert f(1)\n",
        {(Kind.CHECKS_LESS, 3, "test_a")},
    ),
    "a class no more collected": (
        CLASS.replace("(unittest.TestCase)", ""),
        CLASS.replace("TestF(unittest.TestCase)", "F"),
        {(Kind.TEST_GONE, 0, "TestF.test_a")},
    ),
    "a class with an __init__": (
        CLASS.replace("(unittest.TestCase)", ""),
        CLASS.replace("(unittest.TestCase)", "") + "    def __init__(self): ...\n",
        {(Kind.TEST_GONE, 0, "TestF.test_a")},
    ),
    "__test__ = False": (
        ONE,
        "__test__ = False\n" + ONE,
        {(Kind.TEST_GONE, 0, "test_a"), (Kind.HOOK, 1, "__test__ = False")},
    ),
    "a check deleted": (
        "def test_a():\n    assert f(1) == 2\n    assert f(2) == 4\n",
        ONE,
        {(Kind.CHECKS_LESS, 1, "test_a (2 → 1 checks)")},
    ),
    "only true": (*within("    assert f(1)"), {(Kind.CHECKS_LESS, 1, "test_a")}),
    "not None": (*within("    assert f(1) is not None"), {(Kind.CHECKS_LESS, 1, "test_a")}),
    "or something": (
        *within("    assert f(1) == 2 or f(1) == 3"),
        {(Kind.CHECKS_LESS, 1, "test_a")},
    ),
    "the same on both sides": (
        *within("    assert f(1) == f(1)"),
        {
            (Kind.CHECKS_LESS, 1, "test_a (1 → 0 checks)"),
            (Kind.ALWAYS_TRUE, 2, "assert f(1) == f(1)"),
        },
    ),
    "a tuple": (
        *within("    assert (f(1) == 2, 'no')"),
        {
            (Kind.CHECKS_LESS, 1, "test_a (1 → 0 checks)"),
            (Kind.ALWAYS_TRUE, 2, "assert (f(1) == 2, 'no')"),
        },
    ),
    "an empty body": (
        *within("    pass"),
        {
            (Kind.CHECKS_LESS, 1, "test_a (1 → 0 checks)"),
            (Kind.CHECKS_LESS, 1, "test_a does nothing"),
        },
    ),
    "caught": (
        *within("    try:\n        assert f(1) == 2\n    except Exception:\n        pass"),
        {
            (Kind.CHECKS_LESS, 1, "test_a (1 → 0 checks)"),
            (Kind.ALWAYS_TRUE, 3, "assert f(1) == 2"),
        },
    ),
    "in a function that is not called": (
        *within("    def check():\n        assert f(1) == 2"),
        {(Kind.CHECKS_LESS, 1, "test_a (1 → 0 checks)")},
    ),
    "in a loop over nothing": (
        *within("    for _ in ():\n        assert f(1) == 2"),
        {(Kind.CHECKS_LESS, 1, "test_a (1 → 0 checks)")},
    ),
    "any exception will do": (
        "def test_a():\n    with pytest.raises(KeyError):\n        f()\n",
        "def test_a():\n    with pytest.raises(Exception):\n        f()\n",
        {(Kind.CHECKS_LESS, 1, "test_a")},
    ),
    "a method of unittest": (
        CLASS,
        CLASS.replace("assertEqual(f(1), 2)", "assertTrue(f(1))"),
        {(Kind.CHECKS_LESS, 2, "TestF.test_a")},
    ),
    "another expectation": (
        *within("    assert f(1) == 3"),
        {(Kind.CHANGED, 2, "assert f(1) == 3")},
    ),
    "checked only by the way": (
        *within("    try:\n        assert f(1) == 2\n    except ValueError:\n        raise"),
        {(Kind.CHANGED, 2, "try:")},
    ),
    "what is tested, replaced in the test": (
        ONE,
        ONE.replace("    assert", "    f = lambda n: 2\n    assert"),
        {(Kind.CHANGED, 2, "f = lambda n: 2")},
    ),
    "replaced by a decorator": (
        ONE,
        "@patch('a.f')\n" + ONE,
        {(Kind.CHANGED, 1, "@patch('a.f')")},
    ),
    "replaced by a fixture": (
        ONE,
        ONE.replace("a():", "a(f):"),
        {(Kind.CHANGED, 1, "def test_a(f):")},
    ),
    "replaced in the file": (
        "from a import f\n" + ONE,
        "from a import f\nf = dict\n" + ONE,
        {(Kind.CHANGED, 2, "f = dict")},
    ),
    "another import": (
        "from a import f\n" + ONE,
        "from b import f\n" + ONE,
        {(Kind.CHANGED, 1, "from b import f")},
    ),
    "another constant": (
        "X = 1\n" + ONE,
        "X = 2\n" + ONE,
        {(Kind.CHANGED, 1, "X = 2")},
    ),
    "a table that changes": (
        "X = {1: 2}\n" + ONE,
        "X = {1: 3, 3: 4}\n" + ONE,
        {(Kind.CHANGED, 1, "X = {1: 3, 3: 4}")},
    ),
    "other cases": (
        "@pytest.mark.parametrize('x', [1, 2])\n" + ONE,
        "@pytest.mark.parametrize('x', [1, 1])\n" + ONE,
        {(Kind.CHANGED, 1, "@pytest.mark.parametrize('x', [1, 1])")},
    ),
    "a fixture that gives something else": (
        "@pytest.fixture\ndef x():\n    return 1\n",
        "@pytest.fixture\ndef x():\n    return 2\n",
        {(Kind.CHANGED, 3, "return 2")},
    ),
    "a step left out": (
        "def test_a():\n    f()\n    assert f(1) == 2\n",
        ONE,
        {(Kind.CHANGED, 1, "def test_a():")},
    ),
    "a mark": (
        ONE,
        "@pytest.mark.skipif(True, reason='')\n" + ONE,
        {(Kind.SKIPPED, 1, "pytest.mark.skipif(True, reason='')")},
    ),
    "a mark on the class": (
        CLASS,
        "@unittest.skip('')\n" + CLASS,
        {(Kind.SKIPPED, 1, "unittest.skip('')")},
    ),
    "a mark for the file": (
        ONE,
        "pytestmark = [pytest.mark.xfail]\n" + ONE,
        {(Kind.SKIPPED, 1, "[pytest.mark.xfail]")},
    ),
    "a mark on one case": (
        ONE,
        "@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.skip)])\n" + ONE,
        {
            (
                Kind.SKIPPED,
                1,
                "pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.skip)])",
            )
        },
    ),
    "skipped inside": (
        ONE,
        ONE.replace("    assert", "    pytest.skip('later')\n    assert"),
        {(Kind.SKIPPED, 2, "pytest.skip('later')")},
    ),
    "skipped as a file": (
        ONE,
        "pytest.importorskip('nothing')\n" + ONE,
        {
            (Kind.SKIPPED, 1, "pytest.importorskip('nothing')"),
            (Kind.AT_COLLECTION, 1, "pytest.importorskip('nothing')"),
        },
    ),
    "on a condition": (
        ONE,
        "if HAS_X:\n    def test_a():\n        assert f(1) == 2\n",
        {(Kind.SKIPPED, 1, "if HAS_X:")},
    ),
    "fewer cases": (
        "@pytest.mark.parametrize('x', [1, 2, 3])\n" + ONE,
        "@pytest.mark.parametrize('x', [1])\n" + ONE,
        {(Kind.FEWER_CASES, 2, "test_a: 3 → 1")},
    ),
    "a helper that checks less": (
        "def same(a, b):\n    assert a == b\n",
        "def same(a, b):\n    assert True\n",
        {
            (Kind.CHECKS_LESS, 1, "same (1 → 0 checks)"),
            (Kind.ALWAYS_TRUE, 2, "assert True"),
        },
    ),
    "a new test that checks nothing": (
        None,
        "def test_a():\n    assert True\n",
        {(Kind.ALWAYS_TRUE, 2, "assert True")},
    ),
    "something at collection": (
        ONE,
        ONE + "for x in y():\n    x.unlink()\n",
        {(Kind.AT_COLLECTION, 3, "for x in y():")},
    ),
    "no Python": (
        ONE,
        "def test_a(:\n",
        {
            (Kind.UNREAD, 0, "it is no Python that can be read here"),
            (Kind.CHECKS_LESS, 0, "1 → 0 checks"),
        },
    ),
}


@pytest.mark.parametrize(("old", "new", "found"), PYTHON.values(), ids=list(PYTHON))
def test_of_python_tests(
    old: str | None, new: str | None, found: set[tuple[Kind, int, str]]
) -> None:
    assert {(f.kind, f.line, f.what) for f in changed(T, old, new)} == found


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


HOSTILE = {
    "operators": "assert " + "-" * 100_000 + "1",
    "a sum": "def test_a():\n    assert " + "1+" * 50_000 + "x",
    "attributes": "assert a" + ".a" * 50_000,
    "not": "def test_a():\n    assert " + "not " * 5_000 + "x",
    "brackets": "(" * 100_000,
    "calls": "f" + "()" * 50_000,
    "NULs": "def test_a():\0" * 1_000,
    "too long": "x = 1\n" * 40_000,
    "names without end": "".join(f"def t{n}(): 0\ndel t{n}\n" for n in range(6_000)),
    "another encoding": "# -*- coding: utf-7 -*-\n+AHg-",
    "comments": "/*" * 50_000,
    "a link of lines": "it('" * 50_000,
    "JSON": "[" * 100_000,
    "TOML": "a = " + "[" * 100_000,
}


@pytest.mark.parametrize("path", [T, J, "pyproject.toml", "package.json"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_no_text_is_too_much(path: str, text: str) -> None:
    assert len(changed(path, ONE, text)) <= MOST
    assert len(changed(path, text, ONE)) <= MOST


LINES = st.lists(
    st.sampled_from(
        [
            *("def test_a():", "    assert x", "    pass", "class TestA:", "    def test_a(self):"),
            *("        assert x == 1", "if x:", "@skip", "x = 1", "test_a = 1", "f()", "try:", "é"),
            *(
                "it('a', () => {",
                "expect(1)",
                "});",
                "/*",
                "*/",
                "[tool.pytest]",
                '{"scripts":',
                "}",
            ),
        ]
    )
).map("\n".join)
TEXT = st.none() | st.text(max_size=60) | LINES
PATH = st.sampled_from(
    [T, J, "conftest.py", "a.py", "pyproject.toml", "package.json", "", "/", ".."]
)


@given(st.lists(st.builds(FileChange, PATH, TEXT, TEXT, st.sampled_from(["", "no"])), max_size=3))
@settings(deadline=None)
def test_it_never_raises(changes: list[FileChange]) -> None:
    found = weakened(changes, Clues("pytest 'a", ran=frozenset({("a", "b")})))
    assert len(found) <= MOST
    assert all(len(f.what) <= 160 and f.what.isprintable() for f in found)


@given(PATH, LINES)
@settings(deadline=None)
def test_what_did_not_change_is_not_told(path: str, text: str) -> None:
    assert {f.kind for f in changed(path, text, text)} <= {Kind.UNREAD}


@given(st.sets(st.integers(0, 30), min_size=1), st.data())
@settings(deadline=None)
def test_each_test_that_goes_is_told(names: set[int], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(names)), min_size=1))

    def text(kept: set[int]) -> str:
        return "x = 1\n" + "".join(f"def test_{n}():\n    assert f({n})\n" for n in sorted(kept))

    found = changed(T, text(names), text(names - gone))
    assert {f.what for f in found} == {f"test_{n}" for n in gone}
