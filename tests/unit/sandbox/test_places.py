"""Places in diffs: a comment follows its line through any edit, or is outdated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.sandbox import git, places
from app.sandbox.review import Place

BY = git.Person("ann", "ann@example.com", datetime(2026, 3, 4, tzinfo=UTC))
Save = Callable[..., str]


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("git") / "x.git"
    git.create(path, "main")
    git.write_file(path, "main", "README.md", b"# x\n", by=BY, message="Begin")
    return path


def save(repo: Path, branch: str, lines: list[str], name: str = "a.py") -> str:
    start = git.resolve(repo, "refs/heads/main")
    content = "".join(f"{line}\n" for line in lines).encode()
    return git.write_file(repo, branch, name, content, by=BY, message="Change", start=start)


def base(repo: Path) -> str:
    return git.resolve(repo, "refs/heads/main") or ""


def test_positions_count_from_the_first_hunk(repo: Path) -> None:
    old = save(repo, "long", [str(n) for n in range(40)])
    new = save(repo, "long", ["x" if n in {5, 30} else str(n) for n in range(40)])
    found = places.spots(repo, old, new, "a.py")
    assert [found["RIGHT", line].position for line in (3, 6, 9)] == [1, 5, 8]
    assert found["LEFT", 6].position == 4
    assert found["RIGHT", 28].position == 10  # the second header counts as a line
    assert ("RIGHT", 15) not in found
    text = places.hunk(repo, old, new, "a.py", found["RIGHT", 31])
    assert text.splitlines()[0].startswith("@@ -28,7 +28,7 @@")
    assert text.splitlines()[-2:] == ["-30", "+x"]


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("no end.py", b"a\nb", 2),
        ("-rf", b"a\n", 1),
        (":(glob)*", b"a\n", 1),
        ("sp ace/ü.py", b"a\n", 1),
        ("bad.txt", b"\xff\n", 1),
    ],
    ids=["no newline", "option", "magic", "unicode", "not utf-8"],
)
def test_odd_files(repo: Path, name: str, content: bytes, line: int) -> None:
    start = base(repo)
    head = git.write_file(repo, "odd", name, content, by=BY, message="Odd", start=start)
    assert ("RIGHT", line) in places.spots(repo, start, head, name)
    assert places.spots(repo, start, head, f"{name}x") == {}
    assert places.spots(repo, start, head, "a\0b") == {}


LINES = st.lists(st.sampled_from([f"l{n}" for n in range(30)]), unique=True, max_size=25)


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(before=LINES.filter(bool), after=LINES, data=st.data())
def test_a_line_is_followed_or_outdated(
    repo: Path, before: list[str], after: list[str], data: st.DataObject
) -> None:
    """Lines are all different here, so a followed one can be told by its text."""
    start = base(repo)
    old = save(repo, "before", before)
    new = save(repo, "after", after)
    at = data.draw(st.integers(1, len(before)))
    moved = places.moved_line(repo, old, new, "a.py", at)
    if moved is not None:
        assert after[moved - 1] == before[at - 1]
    if before == after:
        assert moved == at
    now = places.now_at(repo, (start, old), (start, new), Place("a.py", at))
    assert now in {moved, None}


def test_a_file_that_is_gone(repo: Path) -> None:
    start = base(repo)
    head = save(repo, "gone", ["a"], "gone.py")
    assert places.moved_line(repo, head, start, "gone.py", 1) is None
