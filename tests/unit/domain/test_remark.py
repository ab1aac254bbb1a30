"""What an agent writes can be read, and nothing in it works."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.commands import parse
from app.domain.record import STATUS_MARKER, read, replied_to
from app.domain.remark import Kind, Remark, comment, marker, plain
from tests.unit.domain.make import ISSUE

KEY = "11-7-1-1-developer.0b7d4a52-41f7-4f0b-8a6e-3f6c1f0f3a11"
GFM = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def said(text: str, kind: Kind = Kind.ANSWER) -> str:
    return comment(Remark("product-owner", kind, text), KEY)


def shown(text: str) -> str:
    """What a reader sees of the words, as text."""
    html = GFM.render(said(text))
    inside = html.partition("<blockquote>")[2].partition("</blockquote>")[0]
    return re.sub(r"<[^>]*>", "", inside).strip("\n").replace("&lt;", "<").replace("&gt;", ">")


TRICKS = {
    "command": "/retry",
    "command on a later line": "ok\n/cancel\n\n/approve",
    "command after a return": "ok\r/cancel\r\n/approve",
    "command after another break": "ok\u2028/cancel\x0b/approve\x85/retry\x0c/plan",
    "mention": "@orc please, @octocat and @acme/team",
    "reference": "fixes #1, GH-2, acme/weather#3",
    "comment": "<!-- orc:status -->",
    "marker": f"{marker('x')}\n<!-- orc:reply 1 -->",
    "record": "<!-- orc:record v1 e30=." + "0" * 64 + " -->",
    "image": "![x](https://elsewhere.test/x.png)",
    "image in HTML": '<img src="https://elsewhere.test/x.png">',
    "link": "[here](https://elsewhere.test) <https://elsewhere.test> https://elsewhere.test",
    "bare address": "www.elsewhere.test and a@elsewhere.test",
    "link by reference": "[a][b]\n\n[b]: https://elsewhere.test",
    "fence": "```mermaid\ngraph TD\n```\n/retry",
    "indented": "    code\n\tcode",
    "indented behind what is left out": "\x08\tcode\n\u2066 \u2069   code",
    "heading": "# one\ntwo\n===\n---",
    "quote": "> no\n\nquote",
    "list": "- a\n* b\n1. c\n- [ ] d",
    "table": "| a | b |\n|---|---|\n| c | d |",
    "emphasis": "**a** _b_ ~~c~~ `d`",
    "entity": "&lt;img&gt; &#64;octocat",
    "backslash": "\\@octocat \\\n/retry",
    "mathematics": "$a$ $$b$$",
    "footnote": "a[^1]\n\n[^1]: /retry",
    "alert": "[!CAUTION]\nx",
    "turned around": "\u202e/retry \u2066x",
    "NUL and escape": "\x00\x1b[31mred",
}
DEAD = re.compile(
    r"<(a|img|h\d|li|ul|ol|table|code|pre|em|strong|s|hr|input|sup|div)\b|<!--(?! orc:remark)"
)


@pytest.mark.parametrize("text", TRICKS.values(), ids=TRICKS)
def test_nothing_in_it_works(text: str) -> None:
    source = said(text)
    head, quoted, tail = source.split("\n\n", 1)[0], *source.split("\n\n", 1)[1].rsplit("\n\n", 1)
    assert head == "💬 **product owner**"
    assert tail == marker(KEY)
    assert all(line.startswith(">") for line in quoted.splitlines())
    assert not DEAD.search(GFM.render(quoted)), GFM.render(quoted)
    assert parse.commands(source) == ()
    for name in ("orc", "octocat"):
        assert not parse.mentions(source, name)
        assert f"@{name}" not in source
    assert "<!--" not in quoted
    assert not source.startswith(STATUS_MARKER)
    assert replied_to(source) is None
    assert read(source, ISSUE, b"k" * 32) is None


@pytest.mark.parametrize(
    "text",
    [
        "It is done; 3 tests pass.",
        "Two\nlines",
        "**bold** & `code` in [brackets] (1 < 2)",
        "Es regnet. Дождь. 雨 👨‍👩‍👧",
    ],
)
def test_it_can_be_read(text: str) -> None:
    assert shown(text).replace("&amp;", "&") == text


def test_the_first_blanks_stay() -> None:
    assert said("if x:\n    go").splitlines()[3] == "> \u00a0\u00a0\u00a0\u00a0go"


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        (Kind.ANSWER, "💬 **product owner**"),
        (Kind.QUESTION, "❓ **product owner** asks"),
        (Kind.PROGRESS, "⏳ **product owner** is at work"),
        (Kind.LAST_WORD, "🏁 **product owner** has finished"),
    ],
)
def test_each_kind_says_what_it_is(kind: Kind, head: str) -> None:
    assert said("Hi", kind) == f"{head}\n\n> Hi\n\n{marker(KEY)}"


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    source = said(text)
    source.encode()
    quoted = source.split("\n\n", 1)[1].rsplit("\n\n", 1)[0]
    assert all(line.startswith(">") for line in quoted.split("\n"))
    assert len(quoted.splitlines()) == quoted.count("\n") + 1
    assert not DEAD.search(GFM.render(quoted))
    assert parse.commands(source) == ()
    assert len(source) < 4 * len(text) + 300


@given(st.text(alphabet="@#[]<>!`*_-/:w.G H1\\\n$&;=|~^()", max_size=60))
def test_any_markup(text: str) -> None:
    quoted = said(text).split("\n\n", 1)[1].rsplit("\n\n", 1)[0]
    assert not DEAD.search(GFM.render(quoted))


def test_a_role_is_no_markup_either() -> None:
    assert plain("a*b@c") == "a\\*b\\@\u200bc"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("a\r\nb\rc\nd", "> a\n> b\n> c\n> d", id="every end of a line"),
        pytest.param("\n\n  a\n\n b \n\n", "> \u00a0\u00a0a\n>\n> \u00a0b", id="blank lines"),
        pytest.param("XaX\n", "> XaX", id="only ends are taken off"),
        pytest.param("\ta\tb", "> \u00a0\u00a0\u00a0\u00a0a    b", id="tabs"),
        pytest.param(" \u3000a", "> \u00a0\u3000a", id="other blanks are letters"),
        pytest.param("a\u3000", "> a\u3000", id="at the end as well"),
        pytest.param("a\u202eb\u200dc\u2028d\u2029e\ud800f\x07", "> ab\u200dcdef", id="unseen"),
    ],
)
def test_lines_are_quoted_as_they_were(text: str, lines: str) -> None:
    assert said(text).split("\n\n<!--")[0].partition("\n\n")[2] == lines
