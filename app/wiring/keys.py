"""Keys made from the webhook's secret, so that there is none more to keep, and the App's own."""

import hashlib
import hmac

from app.domain.record import Record, read
from app.domain.ref import IssueRef, RepoRef
from app.github.auth import AppKey
from app.settings import Settings, SettingsError


def _derived(secret: str, purpose: bytes) -> bytes:
    return hmac.new(secret.encode(), purpose, hashlib.sha256).digest()


def record_key(secret: str) -> bytes:
    """The key that signs records."""
    return _derived(secret, b"orc record v1")


def run_key(secret: str) -> bytes:
    """The key that signs the tokens of runs."""
    return _derived(secret, b"orc run v1")


def read_record(comment: str, repository: int, number: int, secret: str) -> Record | None:
    """A status comment's record, for those who hold the webhook's secret."""
    issue = IssueRef(RepoRef(repository, "", "", 0), number)
    return read(comment, issue, record_key(secret))


def app_key(settings: Settings) -> AppKey:
    """The App's key, parsed. Raises SettingsError."""
    try:
        return AppKey(settings.app_id, settings.key())
    except ValueError as error:
        raise SettingsError(
            f"ORC_PRIVATE_KEY is not the PEM of an RSA private key: {error}. Download the key anew "
            "from the App's settings."
        ) from None
