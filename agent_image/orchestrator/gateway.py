"""Sends one command to the gateway and takes its answer. It decides nothing.

Each call carries a random key, with which the gateway does it once: only so may it be sent again.
"""

import http.client
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from agent_image.orchestrator.answer import Answer, Failed

TRIES = 3
SECONDS = 60.0
MAX_ANSWER = 1_000_000
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,8192}")


@dataclass(frozen=True, slots=True)
class Gateway:
    """`pause_seconds` is doubled before every further try."""

    host: str
    port: int
    path: str
    token: str = field(repr=False)
    pause_seconds: float = 0.3

    def call(
        self, command: str, arguments: Mapping[str, Any], *, seconds: float = SECONDS
    ) -> Answer:
        """The gateway's answer, whichever it is. Raises Failed where there is none."""
        body = json.dumps(
            {"command": command, "arguments": arguments, "call": str(uuid.uuid4())}
        ).encode()
        for attempt in range(TRIES):
            if attempt:
                time.sleep(self.pause_seconds * 2 ** (attempt - 1))
            try:
                status, raw = self._post(body, seconds)
            except (OSError, http.client.HTTPException) as error:
                why = type(error).__name__
                continue
            return _read(status, raw)
        raise Failed(
            "GatewayUnreachable",
            f"The gateway did not answer ({why}, {TRIES} tries). Go on without it, or try again "
            "later; what must be known then belongs into your final result.",
        )

    def _post(self, body: bytes, seconds: float) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=seconds)
        try:
            connection.request(
                "POST",
                self.path,
                body,
                {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
            )
            answer = connection.getresponse()
            raw = answer.read(MAX_ANSWER + 1)
            if answer.length and len(raw) <= MAX_ANSWER:  # read() with a size does not mind
                raise http.client.IncompleteRead(raw, answer.length)
            return answer.status, raw
        finally:
            connection.close()


def gateway(environ: Mapping[str, str]) -> Gateway:
    """The gateway of $ORC_GATEWAY, with $ORC_TOKEN. Raises Failed where one can't be used."""
    url, token = environ.get("ORC_GATEWAY", ""), environ.get("ORC_TOKEN", "")
    if not url or not token:
        raise Failed(
            "NoGateway",
            "ORC_GATEWAY and ORC_TOKEN are not both set: this run has no way to speak to the "
            "system. Put what you have to say into your final result.",
        )
    if _TOKEN.fullmatch(token) is None:
        raise Failed("NoGateway", "ORC_TOKEN is not a token. Leave it as the run was given it.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        host, port = None, 0
    if host is None or parts.scheme != "http":
        raise Failed("NoGateway", "ORC_GATEWAY is no http:// address. Leave it as it was given.")
    return Gateway(host, port, f"{parts.path.rstrip('/')}/v1/command", token)


def _read(status: int, raw: bytes) -> Answer:
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        answer = None
    if len(raw) > MAX_ANSWER or not isinstance(answer, dict) or "success" not in answer:
        raise Failed("BadAnswer", f"The gateway's answer can't be read (status {status}).")
    return answer
