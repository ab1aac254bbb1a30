"""The parts of a large request as its sub-issues: made once, ordered, listed. It plans nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.part import Part, PartIssue, check, key_of, wording
from app.domain.ref import IssueRef
from app.engine.ports import Refused
from app.github.api import Api
from app.github.auth import Purpose, access
from app.github.once import once

PARTS = """
query Parts($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    id
    issue(number: $number) {
      id
      subIssues(first: 100) {
        nodes { fullDatabaseId number body viewerDidAuthor }
      }
    }
  }
}
"""
_AT_ONCE = 10  # parts in one mutation


@dataclass(frozen=True, slots=True)
class _Known:
    """Node ids of the repository and the parent; by key, (number, id) of the parts there are."""

    repository: str
    parent: str
    parts: dict[str, tuple[int, int]]


class GitHubSubIssues:
    """`slug` is the App's own."""

    def __init__(self, api: Api, slug: str, *, retry_seconds: float = 1.0) -> None:
        self._api = api
        self._slug = slug
        self._retry_seconds = retry_seconds

    async def create(self, parent: IssueRef, parts: Sequence[Part]) -> dict[str, IssueRef]:
        """Make the parts that are not there yet and let each wait for those it names; by key.

        ValueError where they can't be worked in any order.
        """
        check(parts)
        known = await self._known(parent)
        made_before = set(known.parts)
        for start in range(0, len(parts), _AT_ONCE):
            known = await self._create(parent, parts[start : start + _AT_ONCE], known)
        for part in parts:
            await self._order(parent, part, known, look=part.key in made_before)
        return {part.key: IssueRef(parent.repo, known.parts[part.key][0]) for part in parts}

    async def _create(self, parent: IssueRef, parts: Sequence[Part], known: _Known) -> _Known:
        async def find() -> _Known | None:
            nonlocal known
            known = await self._known(parent)
            return known if known.parts.keys() >= {part.key for part in parts} else None

        async def create() -> _Known:
            missing = [part for part in parts if part.key not in known.parts]
            if not missing:
                return known
            document, variables = _creation(parent, missing, known)
            board = access(parent.repo, Purpose.BOARD)
            data = await self._api.mutate(board, document, variables, content=len(missing))
            made = [data[f"part{i}"]["issue"] for i in range(len(missing))]
            ids = [(issue["number"], int(issue["fullDatabaseId"])) for issue in made]
            keys = [part.key for part in missing]
            return _Known(
                known.repository, known.parent, known.parts | dict(zip(keys, ids, strict=True))
            )

        return await once(find, create, look_first=False, retry_seconds=self._retry_seconds)

    async def _known(self, parent: IssueRef) -> _Known:
        repo = parent.repo
        data = await self._api.query(
            access(repo, Purpose.BOARD),
            PARTS,
            owner=repo.owner,
            name=repo.name,
            number=parent.number,
        )
        seen = data.get("repository") or {}
        if not seen.get("issue"):
            raise Refused(404, f"parts of {parent}", "the issue is gone")
        ours = [node for node in seen["issue"]["subIssues"]["nodes"] if node["viewerDidAuthor"]]
        parts: dict[str, tuple[int, int]] = {}
        for node in ours:
            if (key := key_of(parent, node["body"])) is not None:
                parts.setdefault(key, (node["number"], int(node["fullDatabaseId"])))
        return _Known(seen["id"], seen["issue"]["id"], parts)

    async def _order(self, parent: IssueRef, part: Part, known: _Known, *, look: bool) -> None:
        """POST …/dependencies/blocked_by for each need; `look`: some may be there."""
        number = known.parts[part.key][0]
        path = f"/repos/{parent.repo.full_name}/issues/{number}/dependencies/blocked_by"
        board = access(parent.repo, Purpose.BOARD)
        for need in (known.parts[key][1] for key in part.after):

            async def find(need: int = need) -> bool | None:
                seen = await self._api.get(board, path, per_page=100)
                return True if need in {issue["id"] for issue in seen} else None

            async def block(need: int = need) -> bool:
                try:
                    await self._api.write(board, "POST", path, {"issue_id": need})
                except Refused as refused:  # GitHub says no to a dependency that is there
                    if refused.status != 422 or not await find(need):
                        raise
                return True

            await once(find, block, look_first=look, retry_seconds=self._retry_seconds)

    async def listed(self, parent: IssueRef) -> tuple[PartIssue, ...]:
        """GET …/sub_issues: GitHub keeps at most a hundred, so this is one request."""
        answer: list[dict[str, Any]] = await self._api.get(
            access(parent.repo, Purpose.BOARD),
            f"/repos/{parent.repo.full_name}/issues/{parent.number}/sub_issues",
            per_page=100,
        )
        return tuple(self._part(parent, seen) for seen in answer if _is_here(parent, seen))

    def _part(self, parent: IssueRef, seen: dict[str, Any]) -> PartIssue:
        ours = (seen["user"] or {}).get("login") == f"{self._slug}[bot]"
        return PartIssue(
            issue=IssueRef(parent.repo, seen["number"]),
            is_open=seen["state"] == "open",
            key=key_of(parent, seen["body"] or "") if ours else None,
        )


def _is_here(parent: IssueRef, seen: dict[str, Any]) -> bool:
    """Sub-issues may be in other repositories, which are none of this task's business."""
    path = f"/repos/{parent.repo.full_name}".lower()
    return str(seen["repository_url"]).lower().endswith(path)


def _creation(parent: IssueRef, parts: Sequence[Part], known: _Known) -> tuple[str, dict[str, str]]:
    """One mutation for all of them; each is its parent's from the start."""
    variables = {"repository": known.repository, "parent": known.parent}
    declared, fields = ["$repository: ID!", "$parent: ID!"], []
    for i, part in enumerate(parts):
        variables[f"title{i}"], variables[f"body{i}"] = wording(parent, part)
        declared += [f"$title{i}: String!", f"$body{i}: String!"]
        fields.append(
            f"part{i}: createIssue(input: {{repositoryId: $repository, parentIssueId: $parent, "
            f"title: $title{i}, body: $body{i}}}) {{ issue {{ number fullDatabaseId }} }}"
        )
    return f"mutation Split({', '.join(declared)}) {{ {' '.join(fields)} }}", variables
