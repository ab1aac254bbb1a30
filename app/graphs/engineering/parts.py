"""The lead's parts on their way through the graph's state, to the issues that they become."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from app.domain.part import MadePart, Part, wording
from app.domain.record import digest
from app.domain.ref import IssueRef


def plain_parts(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [{**asdict(part), "after": list(part.after)} for part in parts]


def parts_of(said: Sequence[Mapping[str, Any]], number: int) -> tuple[Part, ...]:
    """Their keys hold in round `number` alone: a later one may mean something else by them."""
    parts = (Part(**{**one, "after": tuple(one["after"])}) for one in said)
    return tuple(
        replace(
            part,
            key=f"{part.key}-{number}",
            after=tuple(f"{key}-{number}" for key in part.after),
        )
        for part in parts
    )


def is_of_round(key: str, number: int) -> bool:
    return key.endswith(f"-{number}")


def made_parts(
    parent: IssueRef, parts: Sequence[Part], numbers: Mapping[str, int]
) -> tuple[MadePart, ...]:
    """With the digest of the wording in which each was made."""
    return tuple(
        MadePart(
            IssueRef(parent.repo, numbers[part.key]),
            part.key,
            part.title,
            digest(*wording(parent, part)),
            part.after,
        )
        for part in parts
    )
