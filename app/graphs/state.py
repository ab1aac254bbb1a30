"""What graphs with agents carry from node to node: plain values for checkpoints, and no secrets."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, TypedDict

from app.domain.run import Usage
from app.domain.thread import Comment


class Told(TypedDict, total=False):
    """What people have said, as far as agents know it; `heard` is the id of its last comment."""

    comments: list[dict[str, Any]]
    heard: int


class Carried(Told, total=False):
    """`usage` is the domain's value as a plain mapping."""

    usage: dict[str, Any]


def plain_comment(comment: Comment) -> dict[str, Any]:
    return {**asdict(comment), "at": comment.at.isoformat()}


def comments_of(state: Told) -> tuple[Comment, ...]:
    """What people have said, in order."""
    return tuple(
        Comment(**{**comment, "at": datetime.fromisoformat(comment["at"])})
        for comment in state.get("comments", ())
    )


def usage_of(state: Carried) -> Usage:
    """What the round's agents have used so far."""
    return Usage(**state.get("usage", {}))
