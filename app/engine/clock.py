"""The time of day, for the parts that may know it."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
