"""The command line by itself: its help, its mistakes, and what it makes of anything at all."""

import io
import json
import re
import shlex
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agent_image.orchestrator import cli, send
from agent_image.orchestrator.answer import FAILED, OK, USAGE, Failed, exit_code, line
from agent_image.orchestrator.arguments import Arguments, OfProject, OfTask, Remark, problems
from agent_image.orchestrator.gateway import gateway
from app.gateway.commands.registry import COMMANDS
from app.gateway.token import Claims
from app.roles.permission import PROFILES, permitted
from tests.unit.domain.make import ISSUE
from tests.unit.gateway_commands.table import TABLE

TOKEN = "eyJ0.canary-token.c2ln"


@pytest.fixture(autouse=True)
def no_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORC_GATEWAY", raising=False)
    monkeypatch.setenv("ORC_TOKEN", TOKEN)


def words(name: str) -> list[str]:
    return name.split(".")


def help_of(argv: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main([*argv, "--help"]) == OK
    out, err = capsys.readouterr()
    assert err == ""
    assert "\x1b" not in out
    return " ".join(out.split())


# Help


@pytest.mark.parametrize("name", TABLE)
def test_help_says_what_who_and_how(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(words(name), capsys)
    assert f"Usage: orchestrator {' '.join(words(name))}" in text
    assert f"Example: orchestrator {' '.join(words(name))}" in text
    said = re.search(r"For: ([^.;]*)[.;]", text)
    assert said is not None
    roles = {role.strip().replace(" ", "-") for role in said[1].partition(" (")[0].split(",")}
    may = {
        role
        for role in PROFILES
        if Claims("run", ISSUE, 1, role, permitted(role), frozenset()).allows(name)
    }
    assert roles == may


@pytest.mark.parametrize("name", TABLE)
def test_the_example_in_the_help_is_a_good_one(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets as far as the gateway that is missing."""
    text = help_of(words(name), capsys)
    example = re.search(r"Example: orchestrator (.*?)(?: Example:| Arguments:| Options:)", text)
    assert example is not None
    assert cli.main(shlex.split(example[1])) == FAILED
    assert json.loads(capsys.readouterr().out)["error"] == "NoGateway"


def test_the_first_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of([], capsys)
    for command in COMMANDS:
        assert words(command.name)[-1] in text, command.name
    assert "I go on working" in text
    assert "I stopped" in text


# Sending


@pytest.mark.parametrize("name", TABLE)
def test_what_is_sent(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, dict[str, object], float]] = []

    class Gateway:
        def call(self, command: str, arguments: dict[str, object], *, seconds: float) -> object:
            sent.append((command, arguments, seconds))
            return {"success": True, "data": None, "message": "ok"}

    monkeypatch.setattr(send, "gateway", lambda _environ: Gateway())
    assert cli.main(TABLE[name].argv) == OK
    [(command, arguments, seconds)] = sent
    given = TABLE[name].good
    assert command == name
    assert {key: arguments[key] for key in given} == given
    wait = given.get("seconds", 0)
    assert seconds == 60 + wait


# Mistakes

WRONG: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "a group alone": ("project",),
    "no such command": ("deploy", "everything"),
    "no such group": ("\x1b[31mred",),
    "no such option": ("respond", "Hi", "--loud"),
    "an argument too many": ("project", "list", "x"),
    "a missing argument": ("respond",),
    "a missing option": ("infra", "allocate"),
    "no number": ("infra", "release", "seven"),
    "a bad number": ("infra", "release", "0"),
    "a bad name": ("project", "get", "../../etc"),
    "a bad secret": ("project", "set-secret", "token=123"),
    "a bad module": ("project", "create", "a-bot", "--description", "x", "--module", "nodule"),
    "no text": ("respond", " "),
    "a long text": ("respond", "x" * 4_001),
    "two kinds": ("respond", "Hi", "--question", "--session"),
    "half a character": ("respond", "\udcff"),
}


@pytest.mark.parametrize("argv", WRONG.values(), ids=WRONG)
def test_mistakes(argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == USAGE
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert err == ""
    assert "\x1b" not in out
    assert answer.keys() == {"success", "error", "message", "details"}
    assert answer["error"] in {"UsageError", "ValidationError"}


def test_a_crash_is_json_and_tells_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_environ: object) -> None:
        raise RuntimeError(f"with {TOKEN}")

    monkeypatch.setattr(send, "gateway", crash)
    assert cli.main(["diagnose", "api"]) == FAILED
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"] == "InternalError"
    assert "RuntimeError" in answer["message"]


def test_an_interrupt_is_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_environ: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(send, "gateway", interrupt)
    assert cli.main(["diagnose", "api"]) == FAILED
    assert json.loads(capsys.readouterr().out)["error"] == "Interrupted"


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"x" * 20_000, b""], ids=["no UTF-8", "long", "none"])
def test_bad_words_on_stdin(
    raw: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert cli.main(["respond", "-"]) == USAGE
    assert json.loads(capsys.readouterr().out)["error"] == "ValidationError"


WORDS = ("project", "get", "respond", "-", "--help")


@given(
    st.lists(
        st.text(max_size=20) | st.sampled_from(WORDS),
        max_size=5,
    )
)
def test_any_words(argv: list[str]) -> None:
    """JSON or help, never a traceback; no gateway is there to be called."""
    written, kept = io.StringIO(), (sys.stdout, sys.stdin)
    sys.stdout, sys.stdin = written, io.TextIOWrapper(io.BytesIO(b""))
    try:
        code = cli.main(argv)
    finally:
        sys.stdout, sys.stdin = kept
    assert code in {OK, FAILED, USAGE}
    if code == OK:
        assert written.getvalue().startswith("Usage: ")
    else:
        assert json.loads(written.getvalue())["success"] is False


# Answers


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"success": True}, OK),
        ({"success": False, "error": "PermissionDenied"}, FAILED),
        ({"success": False, "error": "ValidationError"}, USAGE),
        ({"success": False, "error": "UsageError"}, USAGE),
        ({"success": False}, FAILED),
        ({"success": "true"}, FAILED),
        ({}, FAILED),
    ],
    ids=str,
)
def test_exit_codes(answer: dict[str, object], code: int) -> None:
    assert exit_code(answer) == code


@given(st.text(), st.text(alphabet="abcXYZ019._-", min_size=8))
def test_one_line_of_plain_ascii(text: str, token: str) -> None:
    printed = line({"success": True, "data": text, "message": f"{token}{text}"}, token)
    assert printed.isascii()
    assert printed.isprintable()
    assert token not in printed
    json.loads(printed)


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_problems_are_few_and_short(values: dict[str, object]) -> None:
    for kind in (Arguments, OfProject, OfTask, Remark):
        try:
            kind.model_validate(values)
        except ValidationError as error:
            found = problems(error)
        else:
            continue
        assert 0 < len(found) <= 5
        assert all(len(text) <= 200 for problem in found for text in problem.values())


# Where it calls


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("http://127.0.0.1:8484", "127.0.0.1", 8484, "/v1/command"),
        ("http://127.0.0.1:8484/", "127.0.0.1", 8484, "/v1/command"),
        ("http://[::1]:80/gate/", "::1", 80, "/gate/v1/command"),
        ("http://gateway", "gateway", 80, "/v1/command"),
    ],
)
def test_where_it_calls(url: str, host: str, port: int, path: str) -> None:
    found = gateway({"ORC_GATEWAY": url, "ORC_TOKEN": TOKEN})
    assert (found.host, found.port, found.path) == (host, port, path)
    assert TOKEN not in repr(found)


def test_without_a_token_there_is_no_gateway() -> None:
    with pytest.raises(Failed, match="ORC_GATEWAY and ORC_TOKEN"):
        gateway({"ORC_GATEWAY": "http://127.0.0.1:8484"})
