"""Which turn is due, decided from the request alone."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.models.conversation import Conversation, Said, Tool, conversation
from app.sandbox.models.dialect import told
from app.sandbox.models.reply import reply
from app.sandbox.models.script import Call, Edit, Turn, Write

ASK, AGAIN, MODEL, RESULT = Said("user", ("do it",)), Said("user", ("again",)), Said("model"), (
    Said("user")
)  # fmt: skip
REMINDER = "<system-reminder>\nbe good\n</system-reminder>\n"
ENVIRONMENT = "<environment_context>\n  <cwd>/w</cwd>\n</environment_context>"

TALKS = {
    "nothing yet": ([ASK], ("do it", 0, 0)),
    "one tool was used": ([ASK, MODEL, RESULT], ("do it", 1, 0)),
    "two at once": ([ASK, MODEL, MODEL, RESULT, RESULT], ("do it", 1, 0)),
    "one after the other": ([ASK, MODEL, RESULT, MODEL, RESULT], ("do it", 2, 0)),
    "another prompt": ([ASK, MODEL, RESULT, MODEL, AGAIN], ("again", 0, 2)),
    "and its first tool": ([ASK, MODEL, AGAIN, MODEL, RESULT], ("again", 1, 1)),
    "the last one is the system's": ([ASK, Said("other", ("env",))], ("do it", 0, 0)),
    "a reminder beside it": ([Said("user", (REMINDER, "do it"))], ("do it", 0, 0)),
    "a reminder beside a result": ([ASK, MODEL, Said("user", (REMINDER,))], ("do it", 1, 0)),
    "surroundings first": ([Said("user", (ENVIRONMENT,)), ASK], ("do it", 0, 0)),
    "rules first": ([Said("user", ("# AGENTS.md instructions for /w\n",)), ASK], ("do it", 0, 0)),
    "a prompt with tags in it": ([Said("user", ("<a>x</a> do <b>",))], ("<a>x</a> do <b>", 0, 0)),
    "nobody asked": ([], ("", 0, 0)),
}


@pytest.mark.parametrize(("said", "expected"), TALKS.values(), ids=TALKS)
def test_the_turn_that_is_due(said: list[Said], expected: tuple[str, int, int]) -> None:
    found = conversation(said, ())
    assert (found.prompt, found.turn, found.earlier) == expected


FOLDERS = {
    "Claude Code": "# Environment\n - Primary working directory: /w/x\n - Is a git repository",
    "Claude Code, resumed": " - Primary working directory: /w/x (was /old/one)\n - Platform",
    "Codex": "<environment_context>\n  <cwd>/w/x</cwd>\n  <shell>bash</shell>",
    "Droid": "You may assume.\n\n% pwd\n/w/x\n\n\n",
}


@pytest.mark.parametrize("text", FOLDERS.values(), ids=FOLDERS)
def test_where_it_works(text: str) -> None:
    assert (
        conversation([Said("other", ("% pwd\n/old\n",)), Said("user", (text,))], ()).folder
        == "/w/x"
    )


WRITE = Call(write=Write(path="a/b.txt", content="it's\n"))
PATCH = "*** Begin Patch\n*** Add File: a/b.txt\n+it's\n*** End Patch\n"
SHELL = "mkdir -p a && printf %s 'it'\"'\"'s\n' > a/b.txt"
TOOLS = {
    "Write": (Tool("Write"), {"file_path": "/w/a/b.txt", "content": "it's\n"}),
    "Create": (Tool("Create"), {"file_path": "/w/a/b.txt", "content": "it's\n"}),
    "apply_patch": (Tool("apply_patch", custom=True), PATCH),
    "shell": (Tool("shell"), {"command": ["bash", "-c", SHELL]}),
    "shell_command": (Tool("shell_command"), {"command": SHELL}),
    "exec_command": (Tool("exec_command"), {"cmd": SHELL, "yield_time_ms": 30_000}),
}


@pytest.mark.parametrize(("tool", "takes"), TOOLS.values(), ids=TOOLS)
def test_a_file_is_written_with_what_is_there(tool: Tool, takes: object) -> None:
    asked = Conversation("x", 0, (Tool("other"), tool), "/w")
    (call,) = reply(Turn(calls=(WRITE,)), asked).calls
    assert (call.name, call.input) == (tool.name, takes)


EDIT = Call(edit=Edit(path="a/b.txt", old="it's\n", new="is\nit\n"))
CHANGE = """\
*** Begin Patch
*** Update File: a/b.txt
@@
-it's
+is
+it
*** End Patch
"""
CLAUDES = frozenset({"file_path", "old_string", "new_string"})
DROIDS = frozenset({"file_path", "old_str", "new_str"})
EDITORS = {
    "Claude Code": (
        Tool("Edit", takes=CLAUDES),
        {"file_path": "/w/a/b.txt", "old_string": "it's\n", "new_string": "is\nit\n"},
    ),
    "Droid": (
        Tool("Edit", takes=DROIDS),
        {"file_path": "/w/a/b.txt", "old_str": "it's\n", "new_str": "is\nit\n"},
    ),
    "Codex": (Tool("apply_patch", custom=True), CHANGE),
}


@pytest.mark.parametrize(("tool", "takes"), EDITORS.values(), ids=EDITORS)
def test_lines_are_replaced_with_what_is_there(tool: Tool, takes: object) -> None:
    asked = Conversation("x", 0, (Tool("Write"), Tool("shell"), tool), "/w")
    (call,) = reply(Turn(calls=(EDIT,)), asked).calls
    assert (call.name, call.input) == (tool.name, takes)


@pytest.mark.parametrize(
    ("before", "after"),
    [("so\nit's\nso\n", "so\nis\nit\nso\n"), ("so\n", None), ("it's\nit's\n", None)],
    ids=["once", "not at all", "twice"],
)
def test_lines_are_replaced_by_a_shell(tmp_path: Path, before: str, after: str | None) -> None:
    (call,) = reply(Turn(calls=(EDIT,)), Conversation("x", 0, (Tool("shell"),), "/w")).calls
    assert isinstance(call.input, dict)
    file = tmp_path / "a" / "b.txt"
    file.parent.mkdir()
    file.write_text(before)
    done = subprocess.run(call.input["command"], cwd=tmp_path, check=False, capture_output=True)
    assert file.read_text() == (after or before)
    assert (done.returncode == 0) == (after is not None)


ANSWERS = {
    "none yet": ([ASK], ()),
    "two": ([ASK, MODEL, Said("other", told=("a",)), Said("user", told=("b",))], ("a", "b")),
    "of an earlier prompt": ([ASK, MODEL, Said("other", told=("a",)), MODEL, AGAIN], ()),
    "beside a prompt": ([ASK, MODEL, Said("user", ("again",), ("a",))], ("a",)),
}


@pytest.mark.parametrize(("said", "heard"), ANSWERS.values(), ids=ANSWERS)
def test_what_tools_have_told(said: list[Said], heard: tuple[str, ...]) -> None:
    assert conversation(said, ()).told == heard


PARTS = st.fixed_dictionaries({}, optional={"type": st.text(), "text": st.text() | st.none()})


@given(st.none() | st.integers() | st.text() | st.lists(st.text() | st.none() | PARTS))
def test_whatever_a_tool_tells_is_texts(content: object) -> None:
    assert all(isinstance(text, str) for text in told(content))


def test_a_tool_tells_in_parts() -> None:
    image = {"type": "image", "source": {}}
    assert told([{"type": "text", "text": "a"}, image, {"text": "b"}]) == ("a", "b")
    assert told("a") == ("a",)


def test_the_code_mode_of_codex() -> None:
    asked = Conversation("x", 0, (Tool("exec", custom=True),), "/w")
    patch, run = reply(Turn(calls=(WRITE, Call(bash="ls"))), asked).calls
    assert str(patch.input).startswith('text(await tools.apply_patch("*** Begin Patch\\n')
    assert str(run.input).startswith('text(await tools.exec_command({"cmd": "ls"')


def test_no_tool_serves() -> None:
    said = reply(Turn(calls=(WRITE,)), Conversation("x", 0, (Tool("Grep"),), "/w"))
    assert said.calls == ()
    assert "no tool does" in said.text
    assert "Grep" in said.text
