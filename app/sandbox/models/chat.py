"""OpenAI's Chat Completions API: https://platform.openai.com/docs/api-reference/chat.

It decides no answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

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
)
from app.sandbox.models.reply import Reply, ToolCall, unique
from app.sandbox.models.script import Tokens

_CREATED = 1_790_000_000  # the same in every answer: nothing depends on it


class _Part(Open):
    type: str
    text: str | None = None


class _Call(Open):
    id: str
    type: Literal["function", "custom"]


class _Message(Open):
    role: Literal["developer", "system", "user", "assistant", "tool"]
    content: str | list[_Part] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None


class _Function(Open):
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    parameters: dict[str, Any] = Field(default_factory=dict)


class _Tool(Open):
    type: Literal["function", "custom"]
    function: _Function | None = None


class _StreamOptions(Open):
    include_usage: bool = False


class _Request(Strict):
    model: Annotated[str, Field(min_length=1)]
    messages: Annotated[list[_Message], Field(min_length=1)]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    tools: list[_Tool] = Field(default_factory=list)
    frequency_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    max_completion_tokens: int | None = None
    max_tokens: int | None = None
    metadata: dict[str, Any] | None = None
    modalities: list[str] | None = None
    n: int | None = None
    parallel_tool_calls: bool | None = None
    prediction: Any = None
    presence_penalty: float | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    reasoning_effort: str | None = None
    response_format: dict[str, Any] | None = None
    safety_identifier: str | None = None
    seed: int | None = None
    service_tier: str | None = None
    stop: str | list[str] | None = None
    store: bool | None = None
    temperature: float | None = None
    tool_choice: Any = None
    top_logprobs: int | None = None
    top_p: float | None = None
    user: str | None = None
    verbosity: str | None = None
    web_search_options: Any = None


class Chat:
    name = "chat"

    def key(self, headers: Mapping[str, str]) -> str:
        return openai_key(headers)

    def read(self, headers: Mapping[str, str], body: bytes) -> Asked:
        try:
            request = _Request.model_validate(decoded(body))
        except ValidationError as error:
            raise openai_problem(error) from None
        _check_calls(request.messages)
        tools = tuple(
            Tool(tool.function.name) for tool in request.tools if tool.function is not None
        )
        talk = conversation([_said(message) for message in request.messages], tools)
        told = request.stream_options is not None and request.stream_options.include_usage
        return Asked(request.model, bool(request.stream), talk, usage_told=told)

    def refusal(self, refused: Refused) -> Json:
        return openai_refusal(refused)

    def whole(self, reply: Reply, asked: Asked) -> Json:
        message: Json = {
            "role": "assistant", "content": reply.text or None, "refusal": None,
            "annotations": [],
        }  # fmt: skip
        if reply.calls:
            message["tool_calls"] = [_tool_call(call) for call in reply.calls]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _end(reply)}
        return {
            "id": unique("chatcmpl"), "object": "chat.completion", "created": _CREATED,
            "model": asked.model, "choices": [choice], "usage": _usage(reply.tokens),
        }  # fmt: skip

    def events(self, reply: Reply, asked: Asked) -> Iterator[Event]:
        """Without `include_usage` nobody is told what it cost, as with the provider."""
        shared = {
            "id": unique("chatcmpl"), "object": "chat.completion.chunk", "created": _CREATED,
            "model": asked.model,
        }  # fmt: skip
        told: Json = {"usage": None} if asked.usage_told else {}
        for delta in _deltas(reply):
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
            yield Event(sse({**shared, "choices": [choice], **told}))
        end = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": _end(reply)}
        yield Event(sse({**shared, "choices": [end], **told}))
        if asked.usage_told:
            usage = _usage(reply.tokens)
            yield Event(sse({**shared, "choices": [], "usage": usage}), reply.tokens)
        yield Event(b"data: [DONE]\n\n")


def _check_calls(messages: list[_Message]) -> None:
    """Each tool call is answered before anything else is said, and nothing else is."""
    waiting: set[str] = set()
    for number, message in enumerate(messages):
        if message.role == "tool":
            if message.tool_call_id not in waiting:
                raise Refused(
                    400,
                    "Invalid parameter: messages with role 'tool' must be a response to a "
                    "preceeding message with 'tool_calls'.",
                    f"messages.[{number}].role",
                )
            waiting.discard(message.tool_call_id)
            continue
        _check_answered(waiting)
        waiting = {call.id for call in message.tool_calls or ()}
    _check_answered(waiting)


def _check_answered(waiting: set[str]) -> None:
    if waiting:
        raise Refused(
            400,
            "An assistant message with 'tool_calls' must be followed by tool messages responding "
            "to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
            + ", ".join(sorted(waiting)),
            "messages",
        )


def _said(message: _Message) -> Said:
    if message.role == "assistant":
        return Said("model")
    if isinstance(message.content, str):
        texts = [message.content]
    else:
        texts = [part.text for part in message.content or () if part.text]
    if message.role == "tool":
        return Said("other", told=tuple(texts))
    return Said("user" if message.role == "user" else "other", tuple(texts))


def _end(reply: Reply) -> str:
    return "tool_calls" if reply.calls else "stop"


def _usage(tokens: Tokens) -> Json:
    return {
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _tool_call(call: ToolCall) -> Json:
    given = call.input if isinstance(call.input, str) else json.dumps(call.input)
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": given}}


def _deltas(reply: Reply) -> Iterator[Json]:
    yield {"role": "assistant", "content": "", "refusal": None}
    for piece in pieces(reply.text):
        yield {"content": piece}
    for index, call in enumerate(reply.calls):
        whole = _tool_call(call)
        given = whole["function"]["arguments"]
        begun = {**whole, "index": index, "function": {"name": call.name, "arguments": ""}}
        yield {"tool_calls": [begun]}
        for piece in pieces(given):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
