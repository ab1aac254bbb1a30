"""Anthropic's Messages API: https://docs.anthropic.com/en/api/messages. It decides no answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from app.sandbox.models.conversation import Said, Tool, conversation
from app.sandbox.models.dialect import (
    Asked,
    Event,
    Json,
    Open,
    Refused,
    Strict,
    bearer,
    decoded,
    pieces,
    problem,
    sse,
    told,
)
from app.sandbox.models.reply import Reply, ToolCall, unique
from app.sandbox.models.script import Tokens

_TYPES = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error",
    403: "permission_error", 404: "not_found_error", 413: "request_too_large",
    429: "rate_limit_error", 529: "overloaded_error",
}  # fmt: skip
Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]


class _Block(Open):
    type: str
    id: str | None = None
    text: str | None = None
    tool_use_id: str | None = None
    content: Any = None  # of a tool_result


class _Message(Open):
    role: Literal["user", "assistant", "system"]
    content: str | list[_Block]


class _Schema(Open):
    type: Literal["object"]
    properties: dict[str, Any] = Field(default_factory=dict)


class _Tool(Open):
    name: Name
    input_schema: _Schema | None = None  # Anthropic's own tools have none


class _Counted(Strict):
    """What count_tokens takes."""

    model: Annotated[str, Field(min_length=1)]
    messages: Annotated[list[_Message], Field(min_length=1)]
    system: str | list[_Block] | None = None
    tools: list[_Tool] = Field(default_factory=list)
    tool_choice: dict[str, Any] | None = None
    thinking: dict[str, Any] | None = None
    cache_control: dict[str, Any] | None = None
    context_management: dict[str, Any] | None = None
    mcp_servers: list[Any] | None = None
    output_config: dict[str, Any] | None = None
    speed: str | None = None


class _Request(_Counted):
    max_tokens: Annotated[int, Field(ge=1)]
    stream: bool = False
    metadata: dict[str, Any] | None = None
    stop_sequences: list[str] | None = None
    service_tier: str | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    betas: list[str] | None = None
    container: Any = None
    fallbacks: Any = None
    inference_geo: str | None = None


Request = TypeVar("Request", bound=_Counted)


class Messages:
    name = "messages"

    def key(self, headers: Mapping[str, str]) -> str:
        key = headers.get("x-api-key") or bearer(headers)
        if not key:
            raise Refused(401, "x-api-key header is required")
        return key

    def read(self, headers: Mapping[str, str], body: bytes) -> Asked:
        request = _checked(_Request, headers, body)
        tools = tuple(
            Tool(tool.name, takes=frozenset(tool.input_schema.properties))
            for tool in request.tools
            if tool.input_schema is not None
        )
        said = [_said(message) for message in request.messages]
        return Asked(request.model, request.stream, conversation(said, tools))

    def refusal(self, refused: Refused) -> Json:
        kind = _TYPES.get(refused.status, "api_error")
        error = {"type": kind, "message": refused.message}
        return {"type": "error", "error": error, "request_id": unique("req")}

    def whole(self, reply: Reply, asked: Asked) -> Json:
        content: list[Json] = [{"type": "text", "text": reply.text}] if reply.text else []
        content += [_tool_use(call, call.input) for call in reply.calls]
        return _message(asked.model, content, _stop(reply), _usage(reply.tokens))

    def events(self, reply: Reply, asked: Asked) -> Iterator[Event]:
        begun = reply.tokens.model_copy(update={"output": min(1, reply.tokens.output)})
        start = _message(asked.model, [], None, _usage(begun))
        yield Event(_event("message_start", message=start), begun)
        yield Event(_event("ping"))
        blocks: list[str | ToolCall] = [reply.text] if reply.text else []
        for index, block in enumerate([*blocks, *reply.calls]):
            for data in _block(index, block):
                yield Event(data)
        delta = {"stop_reason": _stop(reply), "stop_sequence": None}
        usage = _usage(reply.tokens)
        yield Event(_event("message_delta", delta=delta, usage=usage), reply.tokens)
        yield Event(_event("message_stop"))


def count_tokens(headers: Mapping[str, str], body: bytes) -> Json:
    """An estimate, and free of charge. Raises Refused."""
    _checked(_Counted, headers, body)
    return {"input_tokens": len(body) // 4}


def _checked(kind: type[Request], headers: Mapping[str, str], body: bytes) -> Request:
    if "anthropic-version" not in headers:
        raise Refused(400, "anthropic-version: header is required")
    try:
        request = kind.model_validate(decoded(body))
    except ValidationError as error:
        where, what, _ = problem(error)
        message = f"{where}: {what}" if where else "The request body is not valid JSON"
        raise Refused(400, message) from None
    _check_tools(request.messages)
    return request


def _blocks(message: _Message) -> list[_Block]:
    return message.content if isinstance(message.content, list) else []


def _check_tools(messages: list[_Message]) -> None:
    """Each tool_use is answered by the next message, and nothing else is."""
    open_ids: set[str] = set()
    for number, message in enumerate(messages):
        if message.role == "system":
            continue
        blocks = _blocks(message)
        if any(block.type == "text" and not block.text for block in blocks):
            raise Refused(400, "messages: text content blocks must be non-empty")
        results = {str(block.tool_use_id) for block in blocks if block.type == "tool_result"}
        for one in sorted(results - open_ids):
            raise Refused(
                400,
                f"messages.{number}.content: unexpected `tool_use_id` found in `tool_result` "
                f"blocks: {one}. Each `tool_result` block must have a corresponding `tool_use` "
                "block in the previous message.",
            )
        if open_ids - results:
            raise Refused(
                400,
                f"messages.{number - 1}: `tool_use` ids were found without `tool_result` blocks "
                f"immediately after: {', '.join(sorted(open_ids - results))}.",
            )
        open_ids = {str(block.id) for block in blocks if block.type == "tool_use"}


def _said(message: _Message) -> Said:
    if message.role == "assistant":
        return Said("model")
    if isinstance(message.content, str):
        texts = [message.content]
    else:
        texts = [block.text for block in message.content if block.type == "text" and block.text]
    answers = [told(block.content) for block in _blocks(message) if block.type == "tool_result"]
    by: Literal["user", "other"] = "user" if message.role == "user" else "other"
    return Said(by, tuple(texts), tuple(chain.from_iterable(answers)))


def _usage(tokens: Tokens) -> Json:
    """Here input_tokens are those that were not read from the cache."""
    return {
        "input_tokens": tokens.input - tokens.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": tokens.cached,
        "output_tokens": tokens.output,
    }


def _stop(reply: Reply) -> str:
    return "tool_use" if reply.calls else "end_turn"


def _message(model: str, content: list[Json], stop: str | None, usage: Json) -> Json:
    return {
        "id": unique("msg"), "type": "message", "role": "assistant", "model": model,
        "content": content, "stop_reason": stop, "stop_sequence": None, "usage": usage,
    }  # fmt: skip


def _tool_use(call: ToolCall, given: object) -> Json:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": given}


def _event(kind: str, **fields: object) -> bytes:
    return sse({"type": kind, **fields}, kind)


def _block(index: int, block: str | ToolCall) -> Iterator[bytes]:
    if isinstance(block, str):
        start: Json = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": piece} for piece in pieces(block)]
    else:
        start = _tool_use(block, {})
        given = pieces(json.dumps(block.input))
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in given]
    yield _event("content_block_start", index=index, content_block=start)
    for delta in deltas:
        yield _event("content_block_delta", index=index, delta=delta)
    yield _event("content_block_stop", index=index)
