"""Every kind of answer is one that the provider's own client takes, and means the same there."""

from typing import Any

import httpx
import pytest

from app.sandbox.models import FakeModels, Tokens
from tests.integration.models import conftest as given
from tests.integration.models.published import check, stream


def post(client: httpx.Client, api: str, body: dict[str, Any]) -> httpx.Response:
    path, headers, _ = given.APIS[api]
    response = client.post(path, json=body, headers=headers)
    assert response.status_code == 200, response.text
    return response


def test_messages_as_json(client: httpx.Client, anthropic: Any) -> None:
    said = post(client, "messages", given.messages()).json()
    message = check(anthropic.types.Message, said)
    assert [block.type for block in message.content] == ["text", "tool_use", "tool_use"]
    assert message.stop_reason == "tool_use"
    usage = message.usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (60, 40, 20)


def test_messages_as_a_stream(client: httpx.Client, anthropic: Any) -> None:
    events = stream(post(client, "messages", given.messages(stream=True)).text)
    for name, data in events:
        assert name == data["type"]
        if name != "ping":
            check(anthropic.types.RawMessageStreamEvent, data)
    names = [name for name, _ in events]
    assert (names[0], names[-2], names[-1]) == ("message_start", "message_delta", "message_stop")
    assert names.count("content_block_start") == names.count("content_block_stop") == 3


def test_messages_with_its_own_client(models: FakeModels, anthropic: Any) -> None:
    with (
        anthropic.Anthropic(base_url=models.url, api_key="k", max_retries=0) as own,
        own.messages.stream(**given.messages()) as streamed,
    ):
        message = streamed.get_final_message()
    assert message.content[2].input == {"file_path": "a.txt", "content": "x" * 200}
    assert message.usage.output_tokens == 20
    assert models.ledger.total() == Tokens(input=100, output=20, cached=40)


def test_counted_tokens(client: httpx.Client, anthropic: Any) -> None:
    body = given.messages()
    del body["max_tokens"]
    said = client.post("/v1/messages/count_tokens", json=body, headers=given.ANTHROPIC_HEADERS)
    assert check(anthropic.types.MessageTokensCount, said.json()).input_tokens > 0


def test_responses_as_json(client: httpx.Client, openai: Any) -> None:
    said = post(client, "responses", given.responses()).json()
    response = check(openai.types.responses.Response, said)
    kinds = [item.type for item in response.output]
    assert kinds == ["message", "function_call", "custom_tool_call"]
    assert response.usage.input_tokens_details.cached_tokens == 40
    assert (response.usage.input_tokens, response.usage.total_tokens) == (100, 120)


def test_responses_as_a_stream(client: httpx.Client, openai: Any) -> None:
    events = stream(post(client, "responses", given.responses(stream=True)).text)
    for number, (name, data) in enumerate(events):
        assert (name, data["sequence_number"]) == (data["type"], number)
        check(openai.types.responses.ResponseStreamEvent, data)
    assert [events[0][0], events[-1][0]] == ["response.created", "response.completed"]
    assert events[-1][1]["response"]["id"] == events[0][1]["response"]["id"]


def test_responses_with_its_own_client(models: FakeModels, openai: Any) -> None:
    with (
        openai.OpenAI(base_url=f"{models.url}/openai/v1", api_key="k", max_retries=0) as own,
        own.responses.stream(**given.responses()) as streamed,
    ):
        response = streamed.get_final_response()
    assert response.output_text == "I look."
    assert response.output[2].input.startswith("*** Begin Patch")


def test_chat_as_json(client: httpx.Client, openai: Any) -> None:
    said = check(openai.types.chat.ChatCompletion, post(client, "chat", given.chat()).json())
    assert said.choices[0].finish_reason == "tool_calls"
    assert len(said.choices[0].message.tool_calls) == 2
    assert (said.usage.prompt_tokens, said.usage.completion_tokens) == (100, 20)


@pytest.mark.parametrize("told", [True, False])
def test_chat_as_a_stream(
    told: bool, client: httpx.Client, models: FakeModels, openai: Any
) -> None:
    """Who does not ask for it is not told what it used, and none is entered."""
    options = {"include_usage": True} if told else None
    body = given.chat(stream=True, stream_options=options)
    events = stream(post(client, "chat", body).text)
    assert events[-1] == (None, "[DONE]")
    chunks = [check(openai.types.chat.ChatCompletionChunk, data) for _, data in events[:-1]]
    assert [chunk.usage.prompt_tokens for chunk in chunks if chunk.usage] == ([100] if told else [])
    assert models.ledger.total().input == (100 if told else 0)


def test_chat_with_its_own_client(models: FakeModels, openai: Any) -> None:
    with (
        openai.OpenAI(base_url=f"{models.url}/v1", api_key="k", max_retries=0) as own,
        own.chat.completions.stream(**given.chat()) as streamed,
    ):
        said = streamed.get_final_completion()
    assert said.choices[0].message.tool_calls[0].function.name == "shell_command"
