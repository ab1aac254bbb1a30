"""Which lines of a comment are commands and mentions, as a person sees them."""

import re
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.commands import BY_WORD, COMMANDS, parse
from app.commands.command import Command
from app.commands.parse import commands, mentions
from app.domain.event import EVENTS, Commanded, HelpAsked, Spoken
from app.domain.words import ARGUMENTS as TAKES
from app.domain.words import HELP
from tests.unit.domain.make import AT

FOUND = [
    ("/retry", ["retry"]),
    ("/retry please", ["retry"]),
    ("Thanks!\n/retry", ["retry"]),
    ("Thanks!\n\n/retry\n\n/status", ["retry", "status"]),
    ("/retry\r\n/status\r\n", ["retry", "status"]),
    ("   /retry", ["retry"]),
    ("/retry\n/retry", ["retry"]),
    ("/plan\n/approve", ["plan", "approve"]),
]
NOT_FOUND = [
    "",
    "please /retry",
    "/retrying",
    "/Retry",
    "/unknown",
    "//retry",
    "/retry/now",
    "path/retry",
    "> /retry",
    ">/retry",
    "- /retry",
    "1. /retry",
    "    /retry",
    "# /retry",
    "`/retry`",
    "`x` /retry",
    "```\n/retry\n```",
    "~~~\n/retry\n~~~",
    "```\n/retry",
    "<!-- \n/retry\n-->",
    "<!-- /retry -->",
    "<div>\n/retry\n</div>",
    "<b>/retry</b>",
    "**/retry**",
    "[x](y)/retry",
    "| a |\n|---|\n| /retry |",
    "\\/retry\n/unknown",
    "&#47;retry\n/unknown",
    "`\n/retry\n`",
    "[a]:\n/retry",
    "[a](\n/retry\n)",
    "<b title='\n/retry\n'>",
    "![\n/retry\n](a)",
    "[a]\n\n[a]: b '\n/retry\n'",
]


@pytest.mark.parametrize(("body", "words"), FOUND)
def test_commands(body: str, words: list[str]) -> None:
    assert [given.command.word for given in commands(body)] == words


@pytest.mark.parametrize("body", NOT_FOUND)
def test_no_commands(body: str) -> None:
    assert commands(body) == ()


ARGUMENTS = [
    ("/agent claude", "claude"),
    ("/agent\tclaude, please", "claude,"),
    ("/agent   claude  ", "claude"),
    ("/agent", ""),
    ("/agent ", ""),
    ("/agent\nclaude", ""),
    ("/agent `claude`", "\ufffd"),
    ("/agent claude\n/agent codex", "claude"),
    ("/agent x\u2028y", "x"),
    ("/agent " + "x" * 500, "x" * 100),
    ("/budget +5", "+5"),
    ("/budget +$2.50 for tests", "+$2.50"),
    ("/retry please", ""),
]


@pytest.mark.parametrize(("body", "argument"), ARGUMENTS, ids=[b[:30] for b, _ in ARGUMENTS])
def test_the_word_after_a_command_that_takes_one(body: str, argument: str) -> None:
    (given,) = commands(body)
    assert given.argument == argument
    event = given.event(AT, "alice", 5, last=True)
    assert (event.by, event.comment, event.last, event.argument) == ("alice", 5, True, argument)
    assert type(event) is given.command.event


@given(st.text() | st.text(alphabet="/>-`~<!\n 1.retyhlpbudgan+$"))
def test_whatever_is_written_the_commands_are_known_ones(body: str) -> None:
    for found in commands(body):
        assert found.command in COMMANDS
        assert len(found.argument) <= 100
        assert found.argument == "" or found.command.word in TAKES
        assert not set(found.argument) & set(" \t\n")


@given(st.sampled_from(sorted(HELP)), st.text(max_size=200))
def test_whatever_follows_a_command(word: str, text: str) -> None:
    for found in commands(f"/{word} {text}"):
        assert len(found.argument) <= 100


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("@orc please", True),
        ("please, @orc!", True),
        ("@ORC", True),
        ("(@orc)", True),
        ("@orchestra", False),
        ("@orc-two", False),
        ("me@orc.example", False),
        ("acme/@orc", False),
        ("`@orc`", False),
        ("> @orc said", False),
        ("```\n@orc\n```", False),
        ("<!-- @orc -->", False),
        ("orc", False),
        ("_@orc_ please", True),
        ("[@orc](y)", True),
        ("[x](@orc)", False),
        ("![@orc](y)", False),
        ("\\@orc", True),
    ],
)
def test_mentions(body: str, found: bool) -> None:
    assert mentions(body, "orc") is found


PIECES = (
    *("/retry", "/plan ", "@orc ", "x", " ", "\t", "    ", "\n", "\n\n", "\r\n", "> ", "- ", "1. "),
    *(
        "# ",
        "---\n",
        "```\n",
        "~~~\n",
        "`",
        "``",
        "<!-- ",
        " -->",
        "<div>\n",
        "<b>",
        "<a b='",
        "'>",
    ),
    *("[", "]", "](", "[a]", "[a]: ", ")", "!", "*", "**", "_", "\\", "&#47;", "&amp;", '"', "<x:"),
)


def seen_whole(body: str) -> list[str]:
    """The same lines, from Markdown that is read to its end."""
    lines = []
    tokens = MarkdownIt("commonmark").disable("text_join").parse(body)
    for before, token in pairwise(tokens):
        if token.type == "inline" and (before.type, before.level) == ("paragraph_open", 0):
            line = ""
            for child in token.children or ():
                if child.type.endswith("break"):
                    lines.append(line)
                    line = ""
                else:
                    plain = child.type == "text" or (child.type == "text_special" and line)
                    line += child.content if plain else f"\ufffd{child.content.strip('/')}"
            lines.append(line)
    return lines


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_what_is_left_unread_says_nothing(body: str) -> None:
    words = [line.split()[0][1:] for line in seen_whole(body) if re.match(r"/[a-z]+(\s|$)", line)]
    known = [word for word in words if word in BY_WORD]
    assert [given.command.word for given in commands(body)] == list(dict.fromkeys(known))


def work(body: str) -> int:
    """Calls of functions that reading a comment takes."""
    done = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal done
        done += event == "call"

    parse._blocks.cache_clear()
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        commands(body)
        mentions(body, "orc")
    finally:
        sys.setprofile(before)
    return done


HEAVY = (
    *(
        "*[",
        "![",
        "[",
        "[[]",
        "[a][",
        "![*_",
        "**[",
        "[](",
        "[x](y) ",
        "[x *a `b ",
        "(",
        "a*",
        "*a_ ",
    ),
    *("`", "<a ", "<!--", "&", "\\", "<a:", "]", "![a](b", "[ *a *a *a *a *a *a *a *a *a *a"),
)


@pytest.mark.parametrize("piece", [*HEAVY, "[\n", "* a\n", "|\n", "> a\n", "a\\\n", "[a]: b\n"])
def test_no_comment_takes_long_to_read(piece: str) -> None:
    """A stranger may write it: what it costs grows no faster than it, and has an end."""
    parse._parser()
    half, whole, much, most = (
        work("/x @orc " + (piece * size)[:size]) for size in (1_000, 2_000, 10_000, 65_000)
    )
    assert whole <= 2.5 * half + 1_000
    assert max(much, most) < 500_000


@pytest.mark.parametrize("piece", HEAVY)
def test_what_takes_too_long_is_not_obeyed(piece: str) -> None:
    body = "/retry\n@orc " + (piece * 65_000)[:65_000]
    read = parse._work(body) <= parse.MAX_WORK
    assert (len(commands(body)), mentions(body, "orc")) == (int(read), read)


def test_a_long_comment_is_obeyed_all_the_same() -> None:
    log = "\n".join(
        f"[{line}] *took* `{line}` ms, see <https://e.com/logs/{line}>" for line in range(1_000)
    )
    links = " ".join(f"[#{number}](https://e.com/{number})" for number in range(100))
    body = f"{log}\n\nThanks, {links}, @orc!\n/retry"
    assert len(body) > 50_000
    assert [given.command.word for given in commands(body)] == ["retry"]
    assert mentions(body, "orc")
    for end in ("\n", "\r\n"):
        assert commands(end * parse.MAX_LINES + "/retry") != ()
        assert commands(end * (parse.MAX_LINES + 1) + "/retry") == ()


def test_every_command_has_help_and_an_event_of_its_own() -> None:
    assert list(HELP) == [command.word for command in COMMANDS]
    assert BY_WORD.keys() == HELP.keys()
    assert {command.event for command in COMMANDS} == {
        kind for kind in EVENTS if issubclass(kind, Commanded) and not issubclass(kind, Spoken)
    }


def test_a_command_without_help_is_refused() -> None:
    with pytest.raises(ValueError, match="HELP"):
        Command("dance", HelpAsked)
