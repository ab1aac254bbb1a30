"""Makes and reads node ids in GitHub's new style; callers must treat them as opaque."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

import msgspec

_SHAPE = re.compile(r"([A-Z]{1,8})_([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class NodeKey:
    """What a node id stands for: a kind ("I", "IC", "PR", …) and where it lives."""

    kind: str
    repo_id: int | None
    key: int | str


def node_id(kind: str, key: int | str, repo_id: int | None = None) -> str:
    parts: list[int | str] = [0, key] if repo_id is None else [0, repo_id, key]
    packed = base64.urlsafe_b64encode(msgspec.msgpack.encode(parts))
    return f"{kind}_{packed.decode().rstrip('=')}"


def read_node_id(text: str) -> NodeKey | None:
    """The key inside a node id, or None when it is not one of ours."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    kind, packed = match.groups()
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        parts = msgspec.msgpack.decode(raw, type=list[int | str])
    except (ValueError, msgspec.MsgspecError):
        return None
    if len(parts) == 2:
        return NodeKey(kind, None, parts[1])
    if len(parts) == 3 and isinstance(parts[1], int):
        return NodeKey(kind, parts[1], parts[2])
    return None
