import pytest

from agent_image.keep import matcher

TABLE = [
    ("report.xml", "report.xml", True),
    ("./report.xml", "report.xml", True),
    ("report.xml", "a/report.xml", False),
    ("*.xml", "report.xml", True),
    ("*.xml", "a/report.xml", False),
    ("**/*.xml", "report.xml", True),
    ("**/*.xml", "a/b/report.xml", True),
    ("a/**", "a/b/c", True),
    ("a/**", "ab/c", False),
    ("a?c", "abc", True),
    ("a?c", "a/c", False),
    ("a.c", "abc", False),
    ("[ab]", "a", False),
    ("*.xml", "new\nline.xml", True),
]


@pytest.mark.parametrize(("glob", "path", "matches"), TABLE)
def test_matcher(glob: str, path: str, matches: bool) -> None:
    assert bool(matcher([glob]).fullmatch(path)) is matches


def test_any_glob_will_do() -> None:
    assert matcher(["a", "b"]).fullmatch("b")
    assert not matcher(["a", "b"]).fullmatch("ab")
