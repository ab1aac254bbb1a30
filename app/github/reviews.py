"""What reviewers say of a pull request, and our answers in their threads, each given once.

It decides nothing: whose word counts is asked elsewhere, and what is answered comes from outside.
"""

from datetime import datetime
from typing import Any

from app.domain.ref import IssueRef
from app.domain.review import Reviews, Said, Thread, settled_marker
from app.domain.thread import MAX_TEXT
from app.engine.ports import Refused
from app.github.api import Api
from app.github.auth import Purpose, access
from app.github.once import once

# One request for all; one more for each further hundred threads, resolved ones counted.
REVIEWS = """
query Reviews($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      decisive: latestOpinionatedReviews(first: 100) { nodes { ...Review } }
      remarks: reviews(last: 50, states: [COMMENTED]) { nodes { ...Review } }
      reviewThreads(first: 100, after: $after) {
        nodes {
          id path line isResolved
          begun: comments(first: 1) { nodes { ...Remark diffHunk } }
          comments(last: 30) { nodes { ...Remark } }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
fragment Review on PullRequestReview {
  fullDatabaseId body createdAt submittedAt lastEditedAt viewerDidAuthor
  author { login __typename }
}
fragment Remark on PullRequestReviewComment {
  fullDatabaseId body createdAt lastEditedAt viewerDidAuthor
  author { login __typename }
}
"""
THREAD = """
query ReviewThread($id: ID!) {
  node(id: $id) {
    ... on PullRequestReviewThread {
      isResolved
      comments(last: 50) { nodes { body viewerDidAuthor } }
    }
  }
}
"""
_REPLY = (
    "reply: addPullRequestReviewThreadReply("
    "input: {pullRequestReviewThreadId: $thread, body: $body}) { clientMutationId }"
)
_RESOLVE = "resolve: resolveReviewThread(input: {threadId: $thread}) { clientMutationId }"
_MAX_PAGES = 10
_MAX_HUNK = 4_000


class GitHubReviews:
    def __init__(self, api: Api, *, retry_seconds: float = 1.0) -> None:
        self._api = api
        self._retry_seconds = retry_seconds

    async def read(self, issue: IssueRef, number: int) -> Reviews:
        """Of pull request `number` in the issue's repository."""
        threads: list[Thread] = []
        after: str | None = None
        for _ in range(_MAX_PAGES):
            seen = await self._page(issue, number, after)
            page = seen["reviewThreads"]
            threads += [_thread(node) for node in page["nodes"] if not node["isResolved"]]
            after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
            if after is None:
                break
        remarks = [_said(node) for node in seen["remarks"]["nodes"]]
        return Reviews(
            decisive=tuple(_said(node) for node in seen["decisive"]["nodes"]),
            remarks=tuple(one for one in remarks if one.text.strip()),
            threads=tuple(threads),
        )

    async def _page(self, issue: IssueRef, number: int, after: str | None) -> dict[str, Any]:
        repo = issue.repo
        data = await self._api.query(
            access(repo, Purpose.BOARD),
            REVIEWS,
            owner=repo.owner,
            name=repo.name,
            number=number,
            after=after,
        )
        seen: dict[str, Any] | None = (data.get("repository") or {}).get("pullRequest")
        if seen is None:
            raise Refused(404, f"reviews of {repo.full_name}#{number}", "it is gone")
        return seen

    async def answer(
        self, issue: IssueRef, thread: str, text: str, *, key: str, resolve: bool
    ) -> None:
        """Reply in a thread and resolve it: one mutation, after a look whether that was done.

        `text` is Markdown, made harmless before; `key` names this answer among those of a thread.
        """
        settle = access(issue.repo, Purpose.SETTLE)
        marker = settled_marker(key)
        missing: list[str] = []

        async def find() -> bool | None:
            data = await self._api.query(settle, THREAD, id=thread)
            seen = data.get("node")
            if not seen:
                raise Refused(404, f"thread of {issue}", "it is gone")
            ours = [one["body"] for one in seen["comments"]["nodes"] if one["viewerDidAuthor"]]
            replied = any(body.rstrip().endswith(marker) for body in ours)
            missing[:] = [] if replied else [_REPLY]
            missing.extend([_RESOLVE] if resolve and not seen["isResolved"] else [])
            return None if missing else True

        async def write() -> bool:
            variables = {"thread": thread}
            declared = "$thread: ID!"
            if _REPLY in missing:
                variables["body"] = f"{text}\n\n{marker}"
                declared += ", $body: String!"
            document = f"mutation Answer({declared}) {{ {' '.join(missing)} }}"
            content = int(_REPLY in missing)
            await self._api.mutate(settle, document, variables, content=content)
            return True

        await once(find, write, look_first=True, retry_seconds=self._retry_seconds)


def _said(node: dict[str, Any]) -> Said:
    author = node["author"] or {}
    return Said(
        id=int(node["fullDatabaseId"]),
        by=author.get("login", "ghost"),
        at=datetime.fromisoformat(node.get("submittedAt") or node["createdAt"]),
        text=node["body"][:MAX_TEXT],
        is_person=author.get("__typename") == "User",
        ours=node["viewerDidAuthor"],
        edited=node["lastEditedAt"] is not None,
    )


def _thread(node: dict[str, Any]) -> Thread:
    """With its first comment, however long it has become."""
    begun = node["begun"]["nodes"]
    comments = {comment["fullDatabaseId"]: comment for comment in begun}
    comments |= {comment["fullDatabaseId"]: comment for comment in node["comments"]["nodes"]}
    return Thread(
        id=node["id"],
        path=node["path"],
        line=node["line"],
        hunk=begun[0]["diffHunk"][-_MAX_HUNK:] if begun else "",
        comments=tuple(_said(comment) for comment in comments.values()),
    )
