"""That a repository can neither end the search nor put words into the command."""

import os
import shlex
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.graphs.engineering.conventions import Entry, FolderTree, find
from app.graphs.engineering.conventions.tree import MAX_BYTES, MAX_FILES, Files
from app.graphs.ports import GivenUp
from tests.unit.engineering.test_conventions import Paper, found

_NAMES = (
    "Makefile", "a/Makefile", "package.json", "web/package.json", "pyproject.toml", "setup.cfg",
    "pytest.ini", "requirements.txt", "test_a.py", "src/a/b.py", "go.mod",
    ".github/workflows/a.yml",
)  # fmt: skip
_PIECES = (
    "test:", "test: a b", "\n", "\n\t", "$(MAKE)", "$(A)", "A = $(A)", "pytest", "node --test",
    "npm test",
    "{", "}", "[", "]", '"', "'", '"scripts"', ":", '"test"', ",", "dependencies", "=", "[project]",
    "[options]", "install_requires", "- run: |", "  ", "make test", "`id`", "$(id)", ";", "\x00",
    "\\",
    "%(a)s", "é",
)  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join).map(str.encode) | st.binary()


@given(st.dictionaries(st.sampled_from(_NAMES), _TEXTS))
@settings(max_examples=300)
def test_any_files_give_a_line_or_a_word_to_a_person(files: dict[str, bytes]) -> None:
    try:
        way = find(Paper(files))
    except GivenUp:
        return
    assert way is None or "\n" not in way.command


BOMBS = {
    "deep JSON": ("package.json", '{"a":' * 30_000),
    "a huge number": ("package.json", '{"a": ' + "9" * 100_000 + "}"),
    "a list for scripts": ("package.json", '{"scripts": [{"test": 1}]}'),
    "deep TOML": ("pyproject.toml", "a = " + "[" * 30_000),
    "TOML of many parts": ("pyproject.toml", "[" + "a." * 50_000 + "a]"),
    "a name of many parts": ("pyproject.toml", "[project]\nname = {a = 1}\ndependencies = {b = 2}"),
    "an INI without a section": ("setup.cfg", "a = b\n"),
    "an INI that refers to itself": ("setup.cfg", "[options]\ninstall_requires = %(a)s"),
    "a Makefile of itself": ("Makefile", "A = $(A)$(B)\nB = $(A)\ntest: test a\na: test\n\t$(A)\n"),
    "a Makefile of colons": ("Makefile", ":" * 100_000),
    "a Makefile of names": ("Makefile", "a " * 90_000 + ":\n"),
    "a workflow of aliases": (".github/workflows/a.yml", "a: &a [*a, *a]\n" * 5_000),
    "a workflow of runs": (".github/workflows/a.yml", "- run: |\n" + "  test\n" * 25_000),
    "what is no text": ("pyproject.toml", "\xff\xfe\x00\ud7ff"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), BOMBS.values(), ids=BOMBS.keys())
def test_a_file_that_can_not_be_read_is_as_if_it_said_nothing(name: str, text: str) -> None:
    assert found({name: text, "test_a.py": ""}).command


def test_what_is_too_large_is_not_read() -> None:
    large = "test:\n\tpytest\n" + "#" * MAX_BYTES
    assert "make" not in found({"Makefile": large, "test_a.py": ""}).command


_QUOTES = "a'; touch x; '\"$(id)`id`"


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": f'[project]\ndependencies = ["b{_QUOTES!r}", "c ; {_QUOTES!r}"]'},
        {"pyproject.toml": '[project]\ndependencies = ["-e .", "--index-url=x", "b @ https://e.org"]'},
        {"setup.cfg": f"[options]\ninstall_requires =\n  b{_QUOTES}\n"},
        {f"{_QUOTES}/setup.py": "", f"{_QUOTES}/test_a.py": ""},
        {"requirements.txt": f"b{_QUOTES}\n", f"src/{_QUOTES}/a.py": ""},
        {f"{_QUOTES}/Makefile": "test:\n\tpytest\n", "Makefile": f"test:\n\tmake -C {_QUOTES}\n"},
        {".github/workflows/a.yml": f"- run: make {_QUOTES}\n", "Makefile": f"{_QUOTES}:\n\tx\n"},
    ],
)  # fmt: skip
def test_words_of_a_repository_stand_quoted_or_not_at_all(files: dict[str, str]) -> None:
    more = {} if any(path.endswith("/test_a.py") for path in files) else {"test_a.py": ""}
    command = found({**files, **more}).command
    bare = {word for part in shlex.split(command.replace(";", " ; ")) for word in part.split("\n")}
    assert not bare & {"touch", "id", "-e", "--index-url=x", "https://e.org"}


def test_only_so_many_files_are_looked_at() -> None:
    class Endless:
        def entries(self) -> object:
            number = 0
            while True:
                number += 1
                yield Entry(f"{number}.txt", 1)

        def read(self, path: str, limit: int) -> bytes:
            raise AssertionError(path)

    assert len(list(Files(Endless()))) == MAX_FILES  # type: ignore[arg-type]


def test_names_with_control_signs_are_left_out() -> None:
    tree = Paper(
        {"a\nb/test_a.py": "", "\x1b[2J.py": "", "ok.py": "", "node_modules/test_a.py": ""}
    )
    assert list(Files(tree)) == ["ok.py"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("secret")
    work = tmp_path / "work"
    (work / "a").mkdir(parents=True)
    (work / "a/b.txt").write_text("b" * 100)
    (work / ".git").mkdir()
    (work / ".git/config").write_text("x")
    (work / "link.txt").symlink_to(tmp_path / "secret")
    (work / "up").symlink_to(tmp_path)
    os.mkfifo(work / "pipe")
    return work


def test_a_folder_shows_regular_files_alone(folder: Path) -> None:
    assert list(FolderTree(folder).entries()) == [Entry("a/b.txt", 100)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a/b.txt", b"bbb"),
        ("link.txt", b""),
        ("up/secret", b""),
        ("../secret", b""),
        ("/etc/passwd", b""),
        ("a//b.txt", b""),
        ("a", b""),
        ("pipe", b""),
        ("none", b""),
        ("a/b.txt/c", b""),
    ],
)
def test_a_folder_gives_nothing_from_elsewhere(folder: Path, path: str, data: bytes) -> None:
    assert FolderTree(folder).read(path, 3) == data


def test_a_folder_leaves_nothing_open(folder: Path) -> None:
    tree = FolderTree(folder)
    with socket.socket() as lowest:
        free = lowest.fileno()
    for path in ("a/b.txt", "link.txt", "none", "a/b.txt/c", "../a"):
        tree.read(path, 3)
    with socket.socket() as lowest:
        assert lowest.fileno() == free
