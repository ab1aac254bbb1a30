"""The deliveries that are sent: payloads GitHub published, signed as GitHub signs."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

INSTALLATION = {"id": 1, "node_id": "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uMQ=="}
EVENTS = ("issues.opened", "issue_comment.created", "pull_request.closed", "push")
# Most published issues have one line of text; people's have paragraphs.
REPORT = (
    "### What happened\n\nSince the last release the forecast for “Zürich” is empty:\n\n"
    "```\n$ weather --city Zürich\n{}\n```\n\n### What I expected\n\nTemperatures, as before.\n\n"
) * 12


@dataclass(frozen=True, slots=True)
class Shot:
    """One delivery without its GUID, which is new each time it is sent."""

    event: str
    body: bytes
    signature: str


def choose(examples: Mapping[str, Sequence[dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """Issues opened (all sizes, and one with a report), a comment, a pull request, a push."""
    chosen: list[tuple[str, dict[str, Any]]] = []
    for kind in EVENTS:
        event, _, action = kind.partition(".")
        fitting = [e for e in examples[event] if not action or e.get("action") == action]
        fitting.sort(key=lambda e: len(msgspec.json.encode(e)))
        taken = fitting if kind == "issues.opened" else fitting[-1:]
        chosen += [(event, {**example, "installation": INSTALLATION}) for example in taken]
    event, example = chosen[0]
    return [*chosen, (event, {**example, "issue": {**example["issue"], "body": REPORT}})]


def sign(event: str, payload: dict[str, Any], secret: str) -> Shot:
    body = msgspec.json.encode(payload)
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Shot(event, body, f"sha256={digest}")


def shots(packages: Path, secret: str) -> list[Shot]:
    """From the npm package @octokit/webhooks-examples below `packages`."""
    index = packages / "@octokit/webhooks-examples/api.github.com/index.json"
    listed = msgspec.json.decode(index.read_bytes())
    examples = {entry["name"]: entry["examples"] for entry in listed}
    return [sign(event, payload, secret) for event, payload in choose(examples)]
