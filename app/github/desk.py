"""What the engineering graph leaves on GitHub: check runs and pull requests. It judges nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain import finding
from app.domain.ref import IssueRef
from app.domain.verdict import Outcome, Verdict
from app.domain.words import check_summary, check_text, check_title, with_part
from app.engine.clock import now
from app.engine.ports import Refused
from app.github.api import Api
from app.github.auth import Purpose, access
from app.github.once import once
from app.graphs.ports import GivenUp, PullRequestDraft

CHECK_NAME = "orc / tests"
_CONCLUSIONS = {Outcome.PASSED: "success", Outcome.TIMED_OUT: "timed_out"}
_MAX_BODY = 65_536  # characters that GitHub takes


@dataclass(frozen=True, slots=True)
class _Seen:
    """A pull request, and what it says of itself."""

    number: int
    body: str


class GitHubDesk:
    """`slug` is the App's: what others have opened is not ours."""

    def __init__(self, api: Api, slug: str, *, retry_seconds: float = 1.0) -> None:
        self._api = api
        self._login = f"{slug}[bot]"
        self._retry_seconds = retry_seconds

    async def publish_check(self, issue: IssueRef, verdict: Verdict, *, resumed: bool) -> None:
        """POST /repos/{owner}/{repo}/check-runs; found again by its external id."""
        board = access(issue.repo, Purpose.BOARD)
        repo = f"/repos/{issue.repo.full_name}"
        marker = f"{issue.key}:{verdict.sha}"

        async def find() -> int | None:
            listed = await self._api.get(
                board,
                f"{repo}/commits/{verdict.sha}/check-runs",
                check_name=CHECK_NAME,
                filter="all",
                per_page=100,
            )
            return next(
                (int(run["id"]) for run in listed["check_runs"] if run["external_id"] == marker),
                None,
            )

        async def create() -> int:
            ended = now()
            body = {
                "name": CHECK_NAME,
                "started_at": _time(ended - timedelta(seconds=verdict.seconds)),
                "completed_at": _time(ended),
                "head_sha": verdict.sha,
                "external_id": marker,
                "status": "completed",
                "conclusion": _CONCLUSIONS.get(verdict.outcome, "failure"),
                "output": {
                    "title": " · ".join(
                        filter(None, (check_title(verdict), finding.title(verdict.findings)))
                    ),
                    "summary": "\n\n".join(
                        filter(None, (check_summary(verdict), finding.section(verdict.findings)))
                    ),
                    "text": check_text(verdict),
                },
            }
            made = await self._api.write(board, "POST", f"{repo}/check-runs", body, content=1)
            return int(made["id"])

        await once(find, create, look_first=resumed, retry_seconds=self._retry_seconds)

    async def open_pull_request(
        self, issue: IssueRef, draft: PullRequestDraft, *, resumed: bool
    ) -> int:
        """POST /repos/{owner}/{repo}/pulls; found again by its branch. Raises GivenUp where it is
        somebody else's: its words would be merged in our name, and it could be closed at will.

        PATCH …/pulls/{pull_number} where our part of it is not what it should be.
        """
        board = access(issue.repo, Purpose.BOARD)
        path = f"/repos/{issue.repo.full_name}/pulls"

        async def find(state: str = "open") -> _Seen | None:
            head = f"{issue.repo.owner}:{draft.branch}"
            listed: list[Any] = await self._api.get(
                board, path, head=head, base=draft.base, state=state
            )
            fitting = [pull for pull in listed if state == "open" or pull["merged_at"]]
            if not fitting:
                return None
            pull, by = fitting[0], (fitting[0]["user"] or {}).get("login", "ghost")
            if by != self._login:
                raise GivenUp(
                    f"Pull request #{pull['number']} was opened from this task's branch by {by}, "
                    "not by us. Close it, then write `/retry`."
                )
            return _Seen(int(pull["number"]), pull["body"] or "")

        async def create() -> _Seen:
            body = {
                "title": draft.title,
                "body": draft.body,
                "head": draft.branch,
                "base": draft.base,
            }
            try:
                made = await self._api.write(board, "POST", path, body, content=1)
            except Refused as refused:
                # "A pull request already exists", or "No commits between", when it is merged
                found = await find() or await find("closed") if refused.status == 422 else None
                if found is None:
                    raise
                return found
            return _Seen(int(made["number"]), draft.body)

        seen = await once(find, create, look_first=resumed, retry_seconds=self._retry_seconds)
        body = with_part(seen.body, draft.part)
        if body != seen.body and len(body) <= _MAX_BODY:
            await self._api.write(board, "PATCH", f"{path}/{seen.number}", {"body": body})
        return seen.number


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
