"""An answer in no provider's words, and the tools of each agent's program that it uses."""

from __future__ import annotations

import json
import posixpath
import shlex
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from app.sandbox.models.conversation import Conversation, Tool
from app.sandbox.models.script import NOTHING, Call, Edit, Tokens, Turn, Write

_SUMMARY = "Run the next command"
_REPLACE = (
    "import pathlib, sys; path, old, new = sys.argv[1:]; file = pathlib.Path(path); "
    "text = file.read_text(); assert text.count(old) == 1; file.write_text(text.replace(old, new))"
)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`input` is text for a custom tool, else what is sent as JSON."""

    name: str
    input: Mapping[str, object] | str
    id: str


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    calls: tuple[ToolCall, ...] = ()
    tokens: Tokens = NOTHING


def unique(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex[:24]}"


def reply(turn: Turn, asked: Conversation) -> Reply:
    """The turn with its calls as the tools on offer take them.

    Where no tool serves, the text says so: the agent then ends, and a person sees why.
    """
    calls: list[ToolCall] = []
    for call in turn.calls:
        used = _used(call, asked)
        if used is None:
            offered = ", ".join(tool.name for tool in asked.tools)
            return Reply(f"(fake model) no tool does {call!r}; on offer: {offered}", (), turn.usage)
        calls.append(used)
    return Reply(turn.text, tuple(calls), turn.usage)


def _used(call: Call, asked: Conversation) -> ToolCall | None:
    if call.tool is not None:
        return ToolCall(call.tool.name, call.tool.input, unique("call"))
    for tool in asked.tools:
        given = _given(call, tool, asked.folder)
        if given is not None:
            return ToolCall(tool.name, given, unique("call"))
    command = _as_command(call)
    return _used(Call(bash=command), asked) if command else None


def _given(call: Call, tool: Tool, folder: str | None) -> Mapping[str, object] | str | None:
    """What this tool is given to do it; None when it is for something else."""
    if call.bash is not None:
        return _shell(call.bash, tool)
    if call.read is not None:
        path = posixpath.join(folder or "", call.read)
        return {"file_path": path} if tool.name == "Read" else None
    change = call.write or call.edit
    if change is None:
        return None
    path = posixpath.join(folder or "", change.path)
    if isinstance(change, Write) and tool.name in ("Write", "Create"):
        return {"file_path": path, "content": change.content}
    if isinstance(change, Edit) and tool.name == "Edit":
        return _edit(change, path, tool)
    if tool.name == "apply_patch" and tool.custom:
        return _patch(change)
    return _script("apply_patch", _patch(change)) if tool.name == "exec" else None


def _edit(edit: Edit, path: str, tool: Tool) -> Mapping[str, object]:
    """Claude Code and Droid name the same tool and not the same fields."""
    old, new = ("old_str", "new_str") if "old_str" in tool.takes else ("old_string", "new_string")
    return {"file_path": path, old: edit.old, new: edit.new}


def _shell(command: str, tool: Tool) -> Mapping[str, object] | str | None:
    match tool.name:
        case "Bash":
            return {"command": command, "description": _SUMMARY}
        case "Execute":
            risk = {"riskLevelReason": "Works in the project alone.", "riskLevel": "medium"}
            return {"summary": _SUMMARY, "command": command, **risk}
        case "exec_command":
            return {"cmd": command, "yield_time_ms": 30_000}
        case "exec" if tool.custom:
            return _script("exec_command", {"cmd": command, "yield_time_ms": 30_000})
        case "shell":
            return {"command": ["bash", "-c", command]}
        case "shell_command":
            return {"command": command}
    return None


def _script(tool: str, given: object) -> str:
    """Codex's newer models write JavaScript that calls the tools."""
    return f"text(await tools.{tool}({json.dumps(given)}));"


def _patch(change: Write | Edit) -> str:
    if isinstance(change, Write):
        lines = f"*** Add File: {change.path}\n{_each('+', change.content)}"
    else:
        edited = _each("-", change.old) + _each("+", change.new)
        lines = f"*** Update File: {change.path}\n@@\n{edited}"
    return f"*** Begin Patch\n{lines}*** End Patch\n"


def _each(mark: str, text: str) -> str:
    return "".join(f"{mark}{line}\n" for line in text.splitlines())


def _as_command(call: Call) -> str | None:
    """With nothing better than a shell."""
    if call.read is not None:
        return f"cat {shlex.quote(call.read)}"
    if call.edit is not None:
        return shlex.join(["python3", "-c", _REPLACE, call.edit.path, call.edit.old, call.edit.new])
    if call.write is None:
        return None
    path = shlex.quote(call.write.path)
    folder = shlex.quote(posixpath.dirname(call.write.path) or ".")
    return f"mkdir -p {folder} && printf %s {shlex.quote(call.write.content)} > {path}"
