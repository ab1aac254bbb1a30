"""Reads a call before it leaves: what it may cost, and nothing in it that reaches past us.

A provider would fetch an address, search the web, run code or answer later where nobody counts.
What asks for that is taken out or refused. It judges no words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.policy import Price
from app.gateway.models.answer import Problem
from app.gateway.models.route import Route
from app.gateway.models.usage import Dialect

MOST_PARTS = 500_000  # a million tokens hold fewer
_MOST_OUTPUT = 128_000  # what a call may write where it names no ceiling itself
_STORED_INPUT = 400_000  # what a call may be sent from an answer stored before

# Left out of every call: work for the provider's own machines, prices of other tiers.
_DROPPED = {
    Dialect.ANTHROPIC: ("mcp_servers", "container", "speed", "inference_geo"),
    Dialect.OPENAI: ("background", "conversation", "prompt", "web_search_options"),
}
# Tools whose work is done by the agent, not by the provider; by the beginning of their type.
_OWN_TOOLS = {
    Dialect.ANTHROPIC: ("custom", "bash_", "text_editor_", "memory_", "tool_search_tool_"),
    Dialect.OPENAI: ("function", "custom", "local_shell", "apply_patch", "namespace"),
}
_CONTENT = ("messages", "system", "input", "content", "output", "image_url", "source")


@dataclass(frozen=True, slots=True)
class Request:
    """A call as it leaves. `output` is the most it may write."""

    body: bytes
    model: str
    output: int
    stored: bool

    def ceiling_usd(self, price: Price) -> float:
        """About the most it can cost: no token is shorter than a byte."""
        sent = len(self.body) + (_STORED_INPUT if self.stored else 0)
        dearest = max(price.input, price.cache_write * 2)
        return sent * dearest / 1_000_000 + self.output_usd(price)

    def output_usd(self, price: Price) -> float:
        """The most that its answer can cost."""
        return self.output * price.output / 1_000_000


def read(body: bytes, route: Route) -> Request:
    """The call in these bytes. It is written anew, so that what we read is what is meant.

    Raises Problem.
    """
    if _parts(body) > MOST_PARTS:
        raise Problem(413, "orc: the conversation has too many parts", "too_large")
    try:
        said = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise Problem(400, "orc: the body is not JSON that can be read", "invalid_json") from None
    if not isinstance(said, dict) or not isinstance(model := said.get("model"), str):
        raise Problem(400, "orc: the body must be an object that names a model", "invalid_request")
    for source in _addresses(said):
        raise Problem(
            400,
            f"orc: the model may not fetch {source[:100]!r} for this run; send the content itself",
            "address_refused",
        )
    _drop(said, route)
    if route.chat and said.get("stream"):
        options = said.get("stream_options")
        kept = options if isinstance(options, dict) else {}
        said["stream_options"] = {**kept, "include_usage": True}
    stored = said.get("previous_response_id") is not None
    return Request(msgspec.json.encode(said), model, _output(said), stored)


def _parts(body: bytes) -> int:
    """At least half as many as the values in this JSON, told without making them: each would take
    many times its bytes."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _drop(said: dict[str, Any], route: Route) -> None:
    for name in _DROPPED[route.dialect]:
        said.pop(name, None)
    if said.get("service_tier") == "priority":
        del said["service_tier"]
    if isinstance(tools := said.get("tools"), list):
        said["tools"] = [tool for tool in tools if _is_own(tool, route.dialect)]
        if not said["tools"]:
            del said["tools"]


def _is_own(tool: Any, dialect: Dialect) -> bool:
    kind = tool.get("type", "custom") if isinstance(tool, dict) else None
    return isinstance(kind, str) and kind.startswith(_OWN_TOOLS[dialect])


def _output(said: dict[str, Any]) -> int:
    names = ("max_tokens", "max_output_tokens", "max_completion_tokens")
    named = [said[name] for name in names if isinstance(said.get(name), int)]
    answers = said.get("n")
    return max(named, default=_MOST_OUTPUT) * max(answers if isinstance(answers, int) else 1, 1)


def _addresses(said: dict[str, Any]) -> Iterator[str]:
    """Every address in the conversation that the provider would fetch."""
    todo: list[Any] = [said]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo.extend(node)
        elif isinstance(node, dict) and node.get("type") != "tool_use":
            for name in ("url", "image_url", "file_url"):
                address = node.get(name)
                if isinstance(address, str) and not address.lower().startswith("data:"):
                    yield address
            todo.extend(node[name] for name in _CONTENT if name in node)
