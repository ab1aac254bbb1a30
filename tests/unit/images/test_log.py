"""A build's log: fit for a terminal, bounded, and without the passwords of proxies."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.images.log import BuildLog, lines

PROXY = "http://robot:p%40ss@proxy.example:3128/"


def logged(*texts: str) -> list[str]:
    shown: list[str] = []
    log = BuildLog(io.StringIO(), shown.append, [PROXY, "localhost,10.0.0.0/8"])
    for text in texts:
        log.add(text)
    return shown


@given(st.text())
def test_nothing_of_a_line_acts_on_a_terminal(text: str) -> None:
    (line,) = logged(text)
    assert line.replace("\t", " ").isprintable()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("\x1b[91mE: no such package\x1b[0m", "E: no such package", id="colour"),
        pytest.param("\x1b]0;title\x07\x1b[2J\r", " ]0;title  [2J ", id="what moves a cursor"),
        pytest.param("a\u202eb\u2066c", "a b c", id="what turns text around"),
        pytest.param("a\0b\udc80c", "a b c", id="what is no text"),
        pytest.param("é 日本 😀\t✓", "é 日本 😀\t✓", id="text"),
    ],
)
def test_line(text: str, line: str) -> None:
    assert logged(text) == [line]


@given(st.text(), st.sampled_from(["robot:p%40ss", "robot:p@ss", "http://robot:p%40ss"]), st.text())
def test_no_form_of_a_password_is_told(before: str, secret: str, after: str) -> None:
    (line,) = logged(before + secret + after)
    assert "p%40ss" not in line
    assert "p@ss" not in line


def test_the_address_without_password_is_told() -> None:
    assert logged(f"could not reach {PROXY}") == ["could not reach (proxy)@proxy.example:3128/"]


def test_the_end_is_kept_in_mind_and_all_of_it_in_the_file() -> None:
    file = io.StringIO()
    log = BuildLog(file, lambda _: None)
    for number in range(1000):
        log.add(f"line {number}")
    assert log.tail == tuple(f"line {number}" for number in range(980, 1000))
    assert file.getvalue().splitlines()[0] == "line 0"
    assert len(file.getvalue().splitlines()) == 1000


def test_a_flood_ends_at_a_ceiling_and_the_end_is_still_known() -> None:
    file = io.StringIO()
    log = BuildLog(file, lambda _: None)
    for _ in range(6_000):
        log.add("x" * 1_000_000)
    log.add("the end")
    assert len(file.getvalue()) <= 10_000_000 + 2_001
    assert log.tail[-1] == "the end"


@pytest.mark.parametrize(
    ("part", "said"),
    [
        pytest.param({"stream": "Step 1/2\n\n ---> a\n"}, ["Step 1/2", " ---> a"], id="stream"),
        pytest.param({"stream": "\n"}, [], id="empty"),
        pytest.param({"status": "Pulling from x", "id": "latest"}, ["latest Pulling from x"]),
        pytest.param({"status": "Digest: y"}, ["Digest: y"], id="status"),
        pytest.param(
            {"status": "Downloading", "progressDetail": {"current": 1}, "id": "a"},
            [],
            id="progress",
        ),
        pytest.param({"aux": {"ID": "sha256:0"}}, [], id="of no interest"),
    ],
)
def test_lines_of_the_engines_messages(part: dict[str, object], said: list[str]) -> None:
    assert list(lines(part)) == said
