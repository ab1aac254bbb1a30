"""The issue in a new repository in which a request goes on: made once. It words nothing."""

from app.domain.part import key_of
from app.domain.ref import IssueRef, RepoRef
from app.engine.ports import Refused
from app.github.api import Api
from app.github.auth import Purpose, access
from app.github.once import once

FIRST = """
query First($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    issues(first: 50, orderBy: {field: CREATED_AT, direction: ASC}) {
      nodes { number body viewerDidAuthor }
    }
  }
}
"""


class GitHubFirstIssues:
    def __init__(self, api: Api, *, retry_seconds: float = 1.0) -> None:
        self._api = api
        self._retry_seconds = retry_seconds

    async def open(
        self, parent: IssueRef, repo: RepoRef, title: str, body: str, *, resumed: bool
    ) -> IssueRef:
        """POST /repos/{owner}/{repo}/issues; found again by the marker that ends its text."""

        async def create() -> IssueRef:
            path, said = f"/repos/{repo.full_name}/issues", {"title": title, "body": body}
            board = access(repo, Purpose.BOARD)
            made = await self._api.write(board, "POST", path, said, content=1)
            return IssueRef(repo, int(made["number"]))

        return await once(
            lambda: self.find(parent, repo),
            create,
            look_first=resumed,
            retry_seconds=self._retry_seconds,
        )

    async def find(self, parent: IssueRef, repo: RepoRef) -> IssueRef | None:
        """Ours alone: anybody may copy the marker into an issue of theirs."""
        board = access(repo, Purpose.BOARD)
        data = await self._api.query(board, FIRST, owner=repo.owner, name=repo.name)
        if data.get("repository") is None:
            raise Refused(404, f"issues of {repo.full_name}", "the repository is gone")
        ours = (
            node["number"]
            for node in data["repository"]["issues"]["nodes"]
            if node["viewerDidAuthor"] and key_of(parent, node["body"]) is not None
        )
        number = next(ours, None)
        return None if number is None else IssueRef(repo, number)
