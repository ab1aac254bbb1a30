"""Concurrency groups: one holder, one that waits; who comes later takes the waiting place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Member(Protocol):
    def proceed(self) -> None:
        """It holds the group now."""

    def give_way(self) -> None:
        """A later one wants in: end, or do not begin."""


@dataclass(slots=True)
class _Group:
    holder: Member
    waiting: Member | None = None


class Groups:
    """Called under the state's lock."""

    def __init__(self) -> None:
        self._groups: dict[tuple[int, str], _Group] = {}

    def enter(self, repo_id: int, name: str, member: Member, *, cancel: bool) -> bool:
        """False: wait for `proceed`."""
        key = (repo_id, name.lower())
        group = self._groups.get(key)
        if group is None:
            self._groups[key] = _Group(member)
            return True
        before, group.waiting = group.waiting, member
        if before is not None:
            before.give_way()
        if cancel:
            group.holder.give_way()
        return False

    def leave(self, member: Member) -> None:
        """From all groups; the next in line proceeds."""
        for key, group in list(self._groups.items()):
            if group.waiting is member:
                group.waiting = None
            if group.holder is not member:
                continue
            if group.waiting is None:
                del self._groups[key]
            else:
                group.holder, group.waiting = group.waiting, None
                group.holder.proceed()
