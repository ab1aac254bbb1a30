"""What agents say, as comments on their issues: each once. It decides nothing of what they may."""

from app.domain.ref import IssueRef
from app.domain.remark import Remark, comment, marker
from app.engine.ports import Refused
from app.github.api import Api
from app.github.auth import Purpose, access
from app.github.once import once

LAST = """
query LastComments($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) { comments(last: 100) { nodes { body viewerDidAuthor } } }
  }
}
"""


class GitHubRemarks:
    def __init__(self, api: Api, *, retry_seconds: float = 1.0) -> None:
        self._api = api
        self._retry_seconds = retry_seconds

    async def comment(self, issue: IssueRef, key: str, remark: Remark) -> None:
        """POST a comment that ends with the marker of `key`; looked for first.

        An app that was started anew remembers no call, so a call that comes again then is found
        here. It can only be minutes old: the last hundred comments will do.
        """
        board = access(issue.repo, Purpose.BOARD)
        body = comment(remark, key)

        async def find() -> bool | None:
            repo = issue.repo
            data = await self._api.query(
                board, LAST, owner=repo.owner, name=repo.name, number=issue.number
            )
            seen = (data.get("repository") or {}).get("issue")
            if seen is None:
                raise Refused(404, f"comments of {issue}", "the issue is gone")
            ours = [node["body"] for node in seen["comments"]["nodes"] if node["viewerDidAuthor"]]
            return True if any(text.rstrip().endswith(marker(key)) for text in ours) else None

        async def create() -> bool:
            path = f"/repos/{issue.repo.full_name}/issues/{issue.number}/comments"
            await self._api.write(board, "POST", path, {"body": body}, content=1)
            return True

        await once(find, create, look_first=True, retry_seconds=self._retry_seconds)
