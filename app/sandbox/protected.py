"""What protects a branch, as a plain value; who it stops is decided in `gate`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """None: that rule is off. `checks` are names of check runs that must have passed."""

    branch: str
    checks: tuple[str, ...] | None = None
    strict: bool = False  # the head must hold all of the base
    reviews: int | None = None  # approvals by people who may write
    dismiss_stale: bool = False
    admins: bool = False
    force_pushes: bool = False
    deletions: bool = False
    conversations: bool = False
