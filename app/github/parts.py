"""How the parts of a task stand, by their own records. It reads, and decides nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.domain.part import MadePart
from app.domain.record import STATUS_MARKER, Record, read
from app.domain.ref import IssueRef, RepoRef
from app.github import queries
from app.github.api import Api
from app.github.auth import Access, Purpose


async def as_they_stand(api: Api, key: bytes, home: RepoRef, whole: Record) -> tuple[MadePart, ...]:
    """One request for all; more for those whose status comment is far down."""
    found = list(whole.parts)
    after: dict[int, str | None] = dict.fromkeys(range(len(found)))
    while after:
        pages = await _comments(api, home, [(found[i].issue, after[i]) for i in after])
        asked, after = tuple(after), {}
        for i, page in zip(asked, pages, strict=True):
            seen = _seen(found[i], page, key, whole)
            if seen is not None:
                found[i] = seen
            elif page is not None:
                after[i] = page["pageInfo"]["endCursor"]
    return tuple(found)


async def _comments(
    api: Api, home: RepoRef, issues: Sequence[tuple[IssueRef, str | None]]
) -> list[dict[str, Any] | None]:
    """A page of each issue's; None where there is no such issue for us."""
    survey = Access(home.installation, None, Purpose.SURVEY)
    document, variables = queries.parts(issues)
    data = await api.query_each(survey, document, **variables)
    found = [(data.get(f"part{i}") or {}).get("issue") for i in range(len(issues))]
    return [issue["comments"] if issue else None for issue in found]


def _seen(
    part: MadePart, page: dict[str, Any] | None, key: bytes, whole: Record
) -> MadePart | None:
    """As its record says, or as it stood where that can't be read; None: more is to be read."""
    if page is None:
        return replace(part, gone=True)
    there = replace(part, gone=False)
    for comment in page["nodes"]:
        if comment["viewerDidAuthor"] and comment["body"].startswith(STATUS_MARKER):
            own = read(comment["body"], part.issue, key)
            return there if own is None else whole.standing(part, own)
    return None if page["pageInfo"]["hasNextPage"] else there
