"""The fake model server is strict with requests, keeps to its script, and notes what it sent."""

from typing import Any

import httpx
import pytest

from app.sandbox.models import FakeModels, Script, Tokens
from tests.integration.models import conftest as given
from tests.integration.models.conftest import APIS

LONG = "x" * 200


def send(client: httpx.Client, api: str, body: Any, **headers: str) -> httpx.Response:
    path, good, _ = APIS[api]
    return client.post(path, json=body, headers={**good, **headers})


def tool_use(id_: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": id_, "name": "Bash", "input": {}}


def tool_result(id_: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id_}]}


USER = {"role": "user", "content": "please"}
USED = {"role": "assistant", "content": [tool_use("t1")]}
CALLED = {"type": "function_call", "call_id": "c1", "name": "shell", "arguments": "{}"}
CHAT_CALL = {"id": "c1", "type": "function", "function": {"name": "x", "arguments": "{}"}}
CHAT_CALLED = {"role": "assistant", "content": None, "tool_calls": [CHAT_CALL]}
MESSAGES: dict[str, tuple[dict[str, Any], str]] = {
    "no model": ({"model": None}, "model: Input should be a valid string"),
    "no tokens": ({"max_tokens": 0}, "max_tokens: Input should be greater than"),
    "tokens as text": ({"max_tokens": "9"}, "max_tokens: Input should be a valid integer"),
    "no messages": ({"messages": []}, "messages: List should have at least 1 item"),
    "odd role": ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
    "unknown field": ({"input": "x"}, "input: Extra inputs are not permitted"),
    "odd tool": ({"tools": [{"name": "a b", "input_schema": {"type": "object"}}]}, "tools.0.name"),
    "empty text": (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]},
        "text content blocks must be non-empty",
    ),
    "no result": ({"messages": [USER, USED, USER]}, "without `tool_result` blocks"),
    "no use": ({"messages": [tool_result("t9")]}, "unexpected `tool_use_id` found"),
}
RESPONSES: dict[str, tuple[dict[str, Any], str, str]] = {
    "no model": ({"model": 3}, "model", "invalid_type"),
    "unknown field": ({"messages": []}, "messages", "unknown_parameter"),
    "no output": ({"input": [CALLED]}, "input", ""),
    "no call": (
        {"input": [{"type": "function_call_output", "call_id": "c9", "output": ""}]}, "input", "",
    ),
    "another's answer": (
        {"previous_response_id": "x"}, "previous_response_id", "previous_response_not_found",
    ),
}  # fmt: skip
CHAT: dict[str, tuple[dict[str, Any], str]] = {
    "no messages": ({"messages": []}, "messages"),
    "odd role": ({"messages": [{"role": "bot", "content": "x"}]}, "messages.0.role"),
    "unknown field": ({"input": "x"}, "input"),
    "no result": ({"messages": [USER, CHAT_CALLED]}, "messages"),
    "no call": (
        {"messages": [USER, {"role": "tool", "tool_call_id": "x", "content": ""}]},
        "messages.[1].role",
    ),
}


@pytest.mark.parametrize(("change", "message"), MESSAGES.values(), ids=MESSAGES)
def test_messages_refuses(change: dict[str, Any], message: str, client: httpx.Client) -> None:
    response = send(client, "messages", given.messages(**change))
    assert response.status_code == 400
    said = response.json()
    assert (said["type"], said["error"]["type"]) == ("error", "invalid_request_error")
    assert message in said["error"]["message"]


@pytest.mark.parametrize(("change", "param", "code"), RESPONSES.values(), ids=RESPONSES)
def test_responses_refuses(
    change: dict[str, Any], param: str, code: str, client: httpx.Client
) -> None:
    response = send(client, "responses", given.responses(**change))
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert (error["code"] or "") == code


@pytest.mark.parametrize(("change", "param"), CHAT.values(), ids=CHAT)
def test_chat_refuses(change: dict[str, Any], param: str, client: httpx.Client) -> None:
    response = send(client, "chat", given.chat(**change))
    assert response.status_code == 400
    assert response.json()["error"]["param"] == param


@pytest.mark.parametrize("field", ["model", "messages", "max_tokens"])
def test_messages_needs(field: str, client: httpx.Client) -> None:
    body = given.messages()
    del body[field]
    response = send(client, "messages", body)
    assert response.json()["error"]["message"] == f"{field}: Field required"


@pytest.mark.parametrize("field", ["model", "input"])
def test_responses_needs(field: str, client: httpx.Client) -> None:
    body = given.responses()
    del body[field]
    error = send(client, "responses", body).json()["error"]
    assert error["message"] == f"Missing required parameter: '{field}'."


@pytest.mark.parametrize("api", APIS)
class TestEveryApi:
    @pytest.mark.parametrize("body", [b"", b"[", b"\xff\0", b"[]", b"[" * 100_000, b'"x"'])
    def test_a_body_that_is_none(self, api: str, body: bytes, client: httpx.Client) -> None:
        path, headers, _ = APIS[api]
        assert client.post(path, content=body, headers=headers).status_code == 400

    def test_without_a_key(self, api: str, client: httpx.Client, models: FakeModels) -> None:
        path, _, body = APIS[api]
        response = client.post(path, json=body(), headers={"anthropic-version": "2023-06-01"})
        assert response.status_code == 401
        assert [entry.status for entry in models.ledger.entries] == [401]

    def test_the_key_is_noted_and_not_shown(
        self, api: str, client: httpx.Client, models: FakeModels
    ) -> None:
        _, _, body = APIS[api]
        send(client, api, body())
        assert models.ledger.entries[0].key == "the-key"
        assert "the-key" not in client.get("/ledger").text
        assert "the-key" not in repr(models.ledger.entries)

    def test_below_the_gateways_prefix(self, api: str, client: httpx.Client) -> None:
        path, headers, body = APIS[api]
        prefix = "/anthropic" if api == "messages" else "/openai"
        assert client.post(prefix + path, json=body(), headers=headers).status_code == 200

    def test_a_limit_that_passes(self, api: str, client: httpx.Client, models: FakeModels) -> None:
        _, _, body = APIS[api]
        answers = [send(client, api, body("limited")) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [429, 429, 200]
        assert answers[0].headers["retry-after"] == "7"
        assert answers[0].json()["error"]["message"] == "slow down"
        assert models.ledger.total() == Tokens(**given.USAGE)

    def test_a_cut_stream(self, api: str, client: httpx.Client, models: FakeModels) -> None:
        """It ends in the middle; what went out before is noted, and no more."""
        _, _, body = APIS[api]
        with pytest.raises(httpx.RemoteProtocolError):
            send(client, api, body("cut", stream=True))
        (entry,) = models.ledger.entries
        assert not entry.complete
        told = Tokens(input=100, output=1, cached=40) if api == "messages" else Tokens()
        assert entry.sent == told
        assert send(client, api, body("cut", stream=True)).text

    def test_a_cut_answer(self, api: str, client: httpx.Client) -> None:
        _, _, body = APIS[api]
        with pytest.raises(httpx.RemoteProtocolError):
            send(client, api, body("cut"))

    def test_a_side_request(self, api: str, client: httpx.Client, models: FakeModels) -> None:
        _, _, body = APIS[api]
        assert "A title" in send(client, api, body(tools=[])).text
        assert [entry.side for entry in models.ledger.entries] == [True]
        assert models.ledger.total() == Tokens(input=5, output=2)


def test_the_next_turn_also_after_a_restart(client: httpx.Client, models: FakeModels) -> None:
    said = send(client, "messages", given.messages()).json()["content"]
    results = [tool_result(block["id"])["content"][0] for block in said if block["type"] != "text"]
    talk = [USER, {"role": "assistant", "content": said}, {"role": "user", "content": results}]
    anew = FakeModels(models.script)
    anew.start()
    try:
        with httpx.Client(base_url=anew.url, trust_env=False) as other:
            text = send(other, "messages", given.messages(messages=talk)).json()["content"]
    finally:
        anew.stop()
    assert [block["type"] for block in text] == ["text"]
    assert text[0]["text"].startswith("Done.")
    assert [(entry.case, entry.turn) for entry in anew.ledger.entries] == [(2, 1)]


def test_beyond_the_script() -> None:
    only = {"when": ["x"], "turns": [{"text": "hi"}]}
    server = FakeModels(Script.model_validate({"name": "s", "description": "d", "cases": [only]}))
    server.start()
    try:
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            assert "no case fits" in send(client, "chat", given.chat("y")).text
            said = [{"role": "user", "content": "x"}, {"role": "assistant", "content": "hi"}]
            assert "there is no turn 1" in send(client, "chat", given.chat(messages=said)).text
    finally:
        server.stop()


def test_the_ledger(client: httpx.Client) -> None:
    send(client, "messages", given.messages())
    send(client, "responses", given.responses(stream=True))
    seen = client.get("/ledger").json()
    assert [entry["api"] for entry in seen["requests"]] == ["messages", "responses"]
    assert seen["total"] == {"input": 200, "output": 40, "cached": 80}


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/openai/v1/responses/x", "/anthropic/v1/messages"]
)
def test_elsewhere(path: str, client: httpx.Client) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "error" in response.json()
