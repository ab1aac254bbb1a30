"""OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses.

It decides no answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from app.sandbox.models.conversation import Said, Tool, conversation
from app.sandbox.models.dialect import (
    Asked,
    Event,
    Json,
    Open,
    Refused,
    Strict,
    decoded,
    openai_key,
    openai_problem,
    openai_refusal,
    pieces,
    sse,
    told,
)
from app.sandbox.models.reply import Reply, ToolCall, unique
from app.sandbox.models.script import Tokens

_CREATED = 1_790_000_000  # the same in every answer: nothing depends on it
_MODEL_ITEMS = ("function_call", "custom_tool_call", "reasoning")


class _Part(Open):
    type: str
    text: str | None = None


class _Item(Open):
    type: str = "message"
    role: str | None = None
    content: str | list[_Part] | None = None
    call_id: str | None = None
    output: Any = None  # of a call's answer
    tools: list[_Tool] = Field(default_factory=list)  # of an item `additional_tools`


class _Tool(Open):
    type: str
    name: str | None = None
    parameters: dict[str, Any] | None = None
    tools: list[_Tool] = Field(default_factory=list)  # of a namespace


class _Request(Strict):
    model: Annotated[str, Field(min_length=1)]
    input: str | list[_Item]
    instructions: str | None = None
    stream: bool | None = None
    tools: list[_Tool] = Field(default_factory=list)
    background: bool | None = None
    client_metadata: dict[str, Any] | None = None  # not published, but Codex sends it
    context_management: Any = None
    conversation: Any = None
    include: list[str] | None = None
    max_output_tokens: int | None = None
    max_tool_calls: int | None = None
    metadata: dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    previous_response_id: str | None = None
    prompt: Any = None
    prompt_cache_key: str | None = None
    prompt_cache_options: Any = None
    prompt_cache_retention: str | None = None
    reasoning: dict[str, Any] | None = None
    safety_identifier: str | None = None
    service_tier: str | None = None
    store: bool | None = None
    stream_options: dict[str, Any] | None = None
    temperature: float | None = None
    text: dict[str, Any] | None = None
    tool_choice: Any = None
    top_logprobs: int | None = None
    top_p: float | None = None
    truncation: str | None = None
    user: str | None = None


class Responses:
    name = "responses"

    def key(self, headers: Mapping[str, str]) -> str:
        return openai_key(headers)

    def read(self, headers: Mapping[str, str], body: bytes) -> Asked:
        try:
            request = _Request.model_validate(decoded(body))
        except ValidationError as error:
            raise openai_problem(error) from None
        if request.previous_response_id is not None:
            raise Refused(400, "Previous response is not found: nothing is stored here.",
                          "previous_response_id", "previous_response_not_found")  # fmt: skip
        items = [_Item(role="user", content=request.input)] if isinstance(request.input, str) else (
            request.input
        )  # fmt: skip
        _check_calls(items)
        offered = [*request.tools, *(tool for item in items for tool in item.tools)]
        tools = tuple(tool for one in offered for tool in _tools(one))
        said = [_said(item) for item in items]
        return Asked(request.model, bool(request.stream), conversation(said, tools))

    def refusal(self, refused: Refused) -> Json:
        return openai_refusal(refused)

    def whole(self, reply: Reply, asked: Asked) -> Json:
        return _response(asked, "completed", _items(reply), reply.tokens)

    def events(self, reply: Reply, asked: Asked) -> Iterator[Event]:
        items = _items(reply)
        begun = _response(asked, "in_progress", [], None)
        stream = list(_stream(begun, items))
        for number, data in enumerate(stream):
            yield Event(_event(data, number))
        last = {**begun, "status": "completed", "output": items, "usage": _usage(reply.tokens)}
        data = {"type": "response.completed", "response": last}
        yield Event(_event(data, len(stream)), reply.tokens)


def _tools(tool: _Tool) -> Iterator[Tool]:
    """Newer models get theirs in a namespace `functions`; other namespaces are left alone."""
    if tool.type == "namespace" and tool.name == "functions":
        for inner in tool.tools:
            yield from _tools(inner)
    elif tool.name and tool.type in ("function", "custom"):
        yield Tool(tool.name, custom=tool.type == "custom")


def _check_calls(items: list[_Item]) -> None:
    """Each call has its output and each output its call."""
    calls = {str(item.call_id) for item in items if item.type in _MODEL_ITEMS and item.call_id}
    outputs = {str(item.call_id) for item in items if item.type.endswith("call_output")}
    for one in sorted(outputs - calls):
        message = f"No tool call found for function call output with call_id {one}."
        raise Refused(400, message, "input")
    for one in sorted(calls - outputs):
        raise Refused(400, f"No tool output found for function call {one}.", "input")


def _said(item: _Item) -> Said:
    if item.type in _MODEL_ITEMS or item.role == "assistant":
        return Said("model")
    if item.type.endswith("call_output"):
        return Said("other", told=told(item.output))
    if isinstance(item.content, str):
        texts = [item.content]
    else:
        texts = [
            part.text for part in item.content or () if part.type == "input_text" and part.text
        ]
    return Said("user" if item.role == "user" else "other", tuple(texts))


def _usage(tokens: Tokens) -> Json:
    return {
        "input_tokens": tokens.input,
        "input_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": 0},
        "output_tokens": tokens.output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens.input + tokens.output,
    }


def _response(asked: Asked, status: str, output: list[Json], used: Tokens | None) -> Json:
    return {
        "id": unique("resp"), "object": "response", "created_at": _CREATED, "status": status,
        "background": False, "error": None, "incomplete_details": None, "instructions": None,
        "max_output_tokens": None, "metadata": {}, "model": asked.model, "output": output,
        "parallel_tool_calls": True, "previous_response_id": None, "reasoning": {},
        "temperature": 1.0, "text": {"format": {"type": "text"}}, "tool_choice": "auto",
        "tools": [], "top_p": 1.0, "truncation": "disabled", "user": None,
        "usage": _usage(used) if used else None,
    }  # fmt: skip


def _items(reply: Reply) -> list[Json]:
    return ([_message(reply.text)] if reply.text else []) + [_call(call) for call in reply.calls]


def _message(text: str) -> Json:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"type": "message", "id": unique("msg"), "role": "assistant", "status": "completed",
            "content": [part]}  # fmt: skip


def _call(call: ToolCall) -> Json:
    named = {"call_id": call.id, "name": call.name}
    if isinstance(call.input, str):
        return {"type": "custom_tool_call", "id": unique("ctc"), "input": call.input, **named}
    given = json.dumps(call.input)
    return {"type": "function_call", "id": unique("fc"), "arguments": given,
            "status": "completed", **named}  # fmt: skip


def _event(data: Json, number: int) -> bytes:
    return sse({**data, "sequence_number": number}, data["type"])


def _stream(begun: Json, items: list[Json]) -> Iterator[Json]:
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(items):
        place = {"output_index": index, "item_id": item["id"]}
        hollow: Json = {"content": []} if item["type"] == "message" else {_field(item): ""}
        progress = {"status": "in_progress"} if "status" in item else {}
        draft = {**item, **hollow, **progress}
        yield {"type": "response.output_item.added", "output_index": index, "item": draft}
        yield from _text(item, place) if item["type"] == "message" else _given(item, place)
        yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _text(item: Json, place: Json) -> Iterator[Json]:
    place = {**place, "content_index": 0}
    part = item["content"][0]
    yield {"type": "response.content_part.added", **place, "part": {**part, "text": ""}}
    for piece in pieces(part["text"]):
        yield {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
    yield {"type": "response.output_text.done", **place, "text": part["text"], "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": part}


def _field(item: Json) -> str:
    return "input" if item["type"] == "custom_tool_call" else "arguments"


def _given(item: Json, place: Json) -> Iterator[Json]:
    field = _field(item)
    kind = f"response.{item['type']}_{field}"
    for piece in pieces(item[field]):
        yield {"type": f"{kind}.delta", **place, "delta": piece}
    yield {"type": f"{kind}.done", **place, field: item[field]}
