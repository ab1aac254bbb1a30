"""A fake model server on loopback and its client."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.sandbox.models import FakeModels, Script

USAGE = {"input": 100, "output": 20, "cached": 40}
CALLS = [{"bash": "ls"}, {"write": {"path": "a.txt", "content": "x" * 200}}]
SCRIPT = {
    "name": "test",
    "description": "test",
    "side": {"text": "A title", "usage": {"input": 5, "output": 2}},
    "cases": [
        {"when": ["limited"], "turns": [
            {"text": "ok", "usage": USAGE,
             "fault": {"status": 429, "retry_after": 7, "times": 2, "message": "slow down"}}]},
        {"when": ["cut"], "turns": [{"text": "y" * 300, "usage": USAGE, "fault": {"cut": 5}}]},
        {"turns": [
            {"text": "I look.", "calls": CALLS, "usage": USAGE},
            {"text": "Done. " + "z" * 200, "usage": {"input": 150, "output": 30, "cached": 100}}]},
    ],
}  # fmt: skip


# Fixtures, since each of these imports takes seconds of every test process that collects.
@pytest.fixture(scope="session")
def anthropic() -> Any:
    return pytest.importorskip("anthropic", reason="needs the providers' types: anthropic")


@pytest.fixture(scope="session")
def openai() -> Any:
    return pytest.importorskip("openai", reason="needs the providers' types: openai")


@pytest.fixture
def models() -> Iterator[FakeModels]:
    server = FakeModels(Script.model_validate(SCRIPT))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(models: FakeModels) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=models.url, timeout=20, trust_env=False) as client:
        yield client


def schema(**properties: str) -> dict[str, Any]:
    kinds = {key: {"type": kind} for key, kind in properties.items()}
    return {"type": "object", "properties": kinds}


ANTHROPIC_TOOLS = [
    {"name": "Bash", "input_schema": schema(command="string")},
    {"name": "Write", "input_schema": schema(file_path="string", content="string")},
]
RESPONSES_TOOLS = [
    {"type": "function", "name": "shell", "parameters": schema(command="array"), "strict": False},
    {"type": "custom", "name": "apply_patch"},
]
CHAT_TOOLS = [
    {"type": "function", "function": {"name": "shell_command", "parameters": schema()}},
]
ANTHROPIC_HEADERS = {"x-api-key": "the-key", "anthropic-version": "2023-06-01"}
OPENAI_HEADERS = {"authorization": "Bearer the-key"}


def messages(prompt: str = "please", **more: Any) -> dict[str, Any]:
    asked = [{"role": "user", "content": prompt}]
    return {"model": "m", "max_tokens": 99, "messages": asked, "tools": ANTHROPIC_TOOLS} | more


def responses(prompt: str = "please", **more: Any) -> dict[str, Any]:
    return {"model": "m", "input": prompt, "tools": RESPONSES_TOOLS} | more


def chat(prompt: str = "please", **more: Any) -> dict[str, Any]:
    asked = [{"role": "user", "content": prompt}]
    return {"model": "m", "messages": asked, "tools": CHAT_TOOLS} | more


# Path, headers and a good body of each API.
APIS = {
    "messages": ("/v1/messages", ANTHROPIC_HEADERS, messages),
    "responses": ("/v1/responses", OPENAI_HEADERS, responses),
    "chat": ("/v1/chat/completions", OPENAI_HEADERS, chat),
}
