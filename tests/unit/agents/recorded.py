"""Outputs of the agents' own programs, as recorded from the versions that are pinned."""

import json
from dataclasses import dataclass

SESSION = "0bb186b4-f044-4eef-8a8b-e3742374bcea"
RESULT = '<result>{"verdict": "success", "text": "done"}</result>'


def lines(*events: object) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def claude_result(**changed: object) -> dict[str, object]:
    usage = {
        "input_tokens": 10, "cache_creation_input_tokens": 2, "cache_read_input_tokens": 3,
        "output_tokens": 7,
    }  # fmt: skip
    return {
        "type": "result", "subtype": "success", "is_error": False, "result": RESULT,
        "session_id": SESSION, "num_turns": 1, "total_cost_usd": 0.5, "usage": usage,
        "permission_denials": [], "api_error_status": None, "terminal_reason": "completed",
    } | changed  # fmt: skip


def claude(**changed: object) -> bytes:
    init = {"type": "system", "subtype": "init", "session_id": SESSION, "tools": ["Bash"]}
    content = [{"type": "text", "text": "I begin."}]
    said = {"type": "assistant", "message": {"role": "assistant", "content": content}}
    return lines(init, said, claude_result(**changed))


def claude_error(text: str, status: int | None = None) -> bytes:
    """Errors of the model come with the subtype `success`."""
    return claude(is_error=True, result=text, api_error_status=status, terminal_reason="api_error")


THREAD = {"type": "thread.started", "thread_id": SESSION}
TURN = {"type": "turn.started"}


def codex(final: str = RESULT, *before: object) -> bytes:
    # Such an item appears in good runs, too.
    warning = {"id": "item_0", "type": "error", "message": "Model metadata for `x` not found."}
    message = {"id": "item_2", "type": "agent_message", "text": final}
    usage = {"input_tokens": 15, "cached_input_tokens": 3, "output_tokens": 7}
    return lines(
        THREAD, {"type": "item.completed", "item": warning}, TURN, *before,
        {"type": "item.completed", "item": message},
        {"type": "turn.completed", "usage": usage},
    )  # fmt: skip


def codex_command(status: str) -> dict[str, object]:
    item = {"id": "item_1", "type": "command_execution", "command": "ls", "status": status}
    return {"type": "item.completed", "item": item}


def codex_error(message: str) -> bytes:
    again = {"type": "error", "message": f"Reconnecting... 1/1 ({message})"}
    failed = {"type": "turn.failed", "error": {"message": message}}
    return lines(THREAD, TURN, again, {"type": "error", "message": message}, failed)


DROID_INIT = {"type": "system", "subtype": "init", "session_id": SESSION}
DROID_USAGE = {
    "input_tokens": 12, "output_tokens": 7, "cache_read_input_tokens": 3,
    "cache_creation_input_tokens": 0, "factory_credits": 0,
}  # fmt: skip


def droid(final: str = RESULT, *before: object) -> bytes:
    ended = {"type": "completion", "finalText": final, "session_id": SESSION, "usage": DROID_USAGE}
    return lines(DROID_INIT, {"type": "message", "role": "user", "text": "hi"}, *before, ended)


def droid_tool_error(message: str) -> dict[str, object]:
    error = {"type": "tool_error", "message": message}
    return {"type": "tool_result", "toolId": "FetchUrl", "isError": True, "error": error}


def droid_error(message: str) -> bytes:
    failed = {"type": "error", "source": "agent_loop", "message": message}
    return lines(DROID_INIT, failed, {"type": "error", "source": "cli", "message": "Exec failed"})


@dataclass(frozen=True, slots=True)
class Voice:
    """How one agent says a final text, an error of the model, and that a tool was denied."""

    good: bytes
    other: bytes
    asks: bytes
    without: bytes
    denied: bytes


QUESTION = '<result>{"verdict": "question", "text": "Which city?"}</result>'
FAILURE = "I could not. <result>failure: no such file</result>"
DENIED = [{"tool_name": "WebFetch", "tool_use_id": "x", "tool_input": {}}]
VOICES = {
    "claude": Voice(
        claude(), claude(result=FAILURE), claude(result=QUESTION), claude(result="Done."),
        claude(permission_denials=DENIED),
    ),
    "codex": Voice(
        codex(), codex(FAILURE), codex(QUESTION), codex("Done."),
        codex(RESULT, codex_command("declined")),
    ),
    "droid": Voice(
        droid(), droid(FAILURE), droid(QUESTION), droid("Done."),
        droid(RESULT, droid_tool_error("Error: Tool FetchUrl is not permitted in this exec "
                                       "session. Available tools: Read.")),
    ),
}  # fmt: skip
