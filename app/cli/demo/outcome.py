"""What came of a demo, counted from the sandbox and not from what the app says of itself."""

import subprocess
from dataclasses import dataclass
from typing import Any

from app.domain.record import Record
from app.domain.stage import Stage
from app.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Outcome:
    """`stat`: git's summary of the merged change; None where nothing was merged."""

    stage: Stage | None
    record: Record
    issue: int
    head_sha: str | None
    merged: bool
    api_requests: int
    content_writes: int
    git_requests: int
    seconds: float
    stat: str | None

    def to_json(self) -> dict[str, Any]:
        """The object that `--json` prints; null where there is nothing yet."""
        last = self.record.attempts[-1] if self.record.attempts else None
        return {
            "stage": self.stage,
            "stages": [visit.stage for visit in self.record.history],
            "issue": self.issue,
            "pull_request": self.record.pull_request,
            "head_sha": self.head_sha,
            "merged": self.merged,
            "tests": {
                "passed": last.passed if last else None,
                "failed": last.failed if last else None,
                "skipped": last.skipped if last else None,
            },
            "attempts": len(self.record.attempts),
            "api_requests": self.api_requests,
            "content_writes": self.content_writes,
            "tokens": self.record.tokens,
            "cost": self.record.cost_usd,
            "url": None,
            "seconds": round(self.seconds, 2),
        }


def outcome(
    sandbox: Sandbox, repo: str, issue: int, record: Record, mark: int, seconds: float
) -> Outcome:
    """`mark`: how many API requests there had been before the issue was opened."""
    pulls = [p for p in sandbox.pull_requests(repo) if p.number == record.pull_request]
    pull = pulls[0] if pulls else None
    requests = sandbox.requests[mark:]
    merged = pull is not None and pull.merged
    stat = None
    if pull is not None and merged and pull.merge_commit_sha:
        stat = _stat(str(sandbox.repository(repo).path), pull.merge_commit_sha)
    return Outcome(
        stage=record.stage,
        record=record,
        issue=issue,
        head_sha=pull.head_sha if pull else None,
        merged=merged,
        api_requests=len(requests),
        content_writes=sum(request.content for request in requests),
        git_requests=len(sandbox.git_requests),
        seconds=seconds,
        stat=stat,
    )


def _stat(repository: str, merge: str) -> str:
    command = ["git", "-C", repository, "diff", "--stat", f"{merge}^1", merge]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip()
