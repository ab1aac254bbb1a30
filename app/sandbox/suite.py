"""Check suites: a workflow run is one, and the App has one for each commit; plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AppSuite:
    """What GitHub keeps for the App's own checks of a commit."""

    id: int
    head_sha: str
    head_branch: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Any suite, as it stands now. `checks`: ids of its latest check runs."""

    id: int
    head_sha: str
    head_branch: str | None
    status: str
    conclusion: str | None
    created_at: datetime
    updated_at: datetime
    checks: tuple[int, ...]
    by_actions: bool
    pull_number: int | None = None
