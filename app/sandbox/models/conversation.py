"""A request in no provider's words: what was asked last, and how far the answer has come."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# What the agents' programs put beside the prompt is wrapped in one tag, or says where it is from.
_INJECTED = re.compile(
    r"\s*(<([a-zA-Z_-]+)>.*</\2>\s*\Z|# AGENTS\.md instructions for )", re.DOTALL
)
_FOLDER = re.compile(
    r"Primary working directory: (/[^\n]*?)(?: \(was [^\n]*)?$|<cwd>(/.*?)</cwd>|^% pwd\n(/[^\n]*)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool on offer, and what it takes by name; `custom` ones take plain text instead of JSON."""

    name: str
    custom: bool = False
    takes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Said:
    """One message or item: the texts of a person or program, or that the model answered.

    `told` is what tools answered.
    """

    by: Literal["model", "user", "other"]
    texts: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """`turn` is the number of the answer that is due, from 0 after each prompt.

    `earlier` are the answers to prompts before it: more than none where a session was resumed.
    `told` is what tools answered since the prompt.
    """

    prompt: str
    turn: int
    tools: tuple[Tool, ...]
    folder: str | None
    earlier: int = 0
    told: tuple[str, ...] = ()


def conversation(said: Iterable[Said], tools: tuple[Tool, ...]) -> Conversation:
    """Decided by what the request holds alone, so that a resumed session goes on where it was."""
    prompt, turn, earlier, folder, answering = "", 0, 0, None, False
    told: list[str] = []
    for one in said:
        for match in (_FOLDER.search(text) for text in one.texts):
            folder = match.group(match.lastindex or 0) if match else folder
        asked = [text for text in one.texts if not _INJECTED.match(text)]
        if one.by == "user" and asked:
            prompt, turn, earlier = "\n".join(asked), 0, earlier + turn
            told.clear()
        told.extend(one.told)
        turn += one.by == "model" and not answering
        answering = one.by == "model"
    return Conversation(prompt, turn, tools, folder, earlier, tuple(told))
