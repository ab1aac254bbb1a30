"""Which lines of a comment are commands and mentions, as a person sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands import BY_WORD, COMMANDS
from app.commands.command import Command
from app.commands.parse import commands, mentions
from app.domain.event import EVENTS, Commanded, HelpAsked
from app.domain.words import HELP

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
    assert [command.word for command in commands(body)] == words


@pytest.mark.parametrize("body", NOT_FOUND)
def test_no_commands(body: str) -> None:
    assert commands(body) == ()


@given(st.text())
def test_whatever_is_written_the_commands_are_known_ones(body: str) -> None:
    assert set(commands(body)) <= set(COMMANDS)


@given(st.text(alphabet="/>-`~<!\n 1.retyhlp"))
def test_whatever_is_written_with_marks(body: str) -> None:
    assert set(commands(body)) <= set(COMMANDS)


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
        kind for kind in EVENTS if issubclass(kind, Commanded)
    }


def test_a_command_without_help_is_refused() -> None:
    with pytest.raises(ValueError, match="HELP"):
        Command("dance", HelpAsked)
