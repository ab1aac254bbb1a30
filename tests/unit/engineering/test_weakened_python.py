"""What is pointed at in Python tests, which are parsed."""

import pytest

from app.domain.finding import Finding, Kind
from app.graphs.engineering.weakened import Clues, weakened
from app.graphs.ports import FileChange

T = "tests/test_a.py"
ONE = "def test_a():\n    assert f(1) == 2\n"
TWO = "\n\ndef test_b():\n    assert f(2) == 4\n"
CLASS = (
    "class TestF(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(f(1), 2)\n"
)


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
