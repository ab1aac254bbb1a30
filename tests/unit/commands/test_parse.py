"""Which lines of a comment are commands and mentions, as a person sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands import BY_WORD, COMMANDS
from app.commands.command import Command
from app.commands.parse import commands, mentions
from app.domain.event import EVENTS, Commanded, HelpAsked, Mentioned
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
    ],
)
def test_mentions(body: str, found: bool) -> None:
    assert mentions(body, "orc") is found


def test_every_command_has_help_and_an_event_of_its_own() -> None:
    assert list(HELP) == [command.word for command in COMMANDS]
    assert BY_WORD.keys() == HELP.keys()
    assert {command.event for command in COMMANDS} == {
        kind for kind in EVENTS if issubclass(kind, Commanded) and kind is not Mentioned
    }


def test_a_command_without_help_is_refused() -> None:
    with pytest.raises(ValueError, match="HELP"):
        Command("dance", HelpAsked)
