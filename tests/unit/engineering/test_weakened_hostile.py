"""No text is too hostile to be looked through, and what does not change is not pointed at."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.finding import MOST, Finding, Kind
from app.graphs.engineering.weakened import Clues, weakened
from app.graphs.ports import FileChange

T, J = "tests/test_a.py", "src/a.test.ts"
ONE = "def test_a():\n    assert f(1) == 2\n"


def changed(path: str, old: str | None, new: str | None) -> tuple[Finding, ...]:
    return weakened([FileChange(path, old, new)], Clues())


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
