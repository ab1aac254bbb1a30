"""Verifies and reads webhook deliveries. Pure: bytes in, a delivery or a refusal out."""

import hashlib
import hmac

import msgspec

from app.engine.delivery import Delivery, Payload

MAX_BYTES = 25 * 1024 * 1024  # GitHub's own limit for a payload
EVENTS = frozenset(
    {
        "issues",
        "issue_comment",
        "pull_request",
        "pull_request_review",
        "push",
        "check_suite",
        "installation",
        "installation_repositories",
    }
)
_DECODER = msgspec.json.Decoder(Payload)


class Malformed(Exception):
    """The body is not what GitHub sends."""


class Verifier:
    """Checks X-Hub-Signature-256 over the raw bytes, in constant time."""

    def __init__(self, secret: str) -> None:
        if not secret:
            raise ValueError("an empty webhook secret would accept anything")
        self._key = hmac.new(secret.encode(), digestmod=hashlib.sha256)

    def accepts(self, body: bytes, signature: bytes) -> bool:
        """`signature` is the header's value, `sha256=` and 64 hex digits."""
        mac = self._key.copy()
        mac.update(body)
        return hmac.compare_digest(b"sha256=" + mac.hexdigest().encode(), signature)


def read(guid: str, event: str, body: bytes) -> Delivery:
    """The fields we use, of a body whose signature was checked. Raises Malformed."""
    try:
        return Delivery(guid, event, _DECODER.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from None
