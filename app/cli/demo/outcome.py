"""What came of a demo, counted from the sandbox and not from what the app says of itself."""

import subprocess
from dataclasses import dataclass
from typing import Any

from app.cli.demo.stand import Stand
from app.domain.record import Record
from app.domain.stage import Stage


@dataclass(frozen=True, slots=True)
class Outcome:
    """`record` is that of the issue on which it was built; `stages`, `tokens` and `cost_usd` are
    also of the one that asked for it. `stat`: git's summary of the merged change, if any.
    `pulls` are the merged pull requests of its parts, where it was split. `project` is the
    repository that was made for it, "" where none was.
    """

    stage: Stage | None
    stages: tuple[Stage, ...]
    record: Record
    tokens: int
    cost_usd: float
    issue: int
    head_sha: str | None
    merged: bool
    api_requests: int
    content_writes: int
    git_requests: int
    seconds: float
    stat: str | None
    pulls: tuple[int, ...] = ()
    project: str = ""

    def to_json(self) -> dict[str, Any]:
        """The object that `--json` prints; null where there is nothing yet."""
        last = self.record.attempts[-1] if self.record.attempts else None
        return {
            "stage": self.stage,
            "stages": list(self.stages),
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
            "tokens": self.tokens,
            "cost": self.cost_usd,
            "url": None,
            "seconds": round(self.seconds, 2),
        }


def outcome(asked: Stand, built: Stand, record: Record, mark: int, seconds: float) -> Outcome:
    """`mark`: how many API requests there had been before the issue was opened."""
    sandbox, repo = asked.sandbox, built.repository
    pulls = [p for p in sandbox.pull_requests(repo) if p.number == record.pull_request]
    pull = pulls[0] if pulls else None
    requests = sandbox.requests[mark:]
    merged = pull is not None and pull.merged
    stat = None
    if pull is not None and merged and pull.merge_commit_sha:
        stat = _stat(str(sandbox.repository(repo).path), pull.merge_commit_sha)
    whole = record if asked == built else asked.record() or Record()
    others = () if asked == built else (whole,)
    split = [asked.at(part.issue).record() or Record() for part in record.parts]
    used = [*others, *split]
    return Outcome(
        stage=whole.stage,
        stages=_stages(whole, *([record] if others else ())),
        record=record,
        tokens=record.tokens + sum(other.tokens for other in used),
        cost_usd=record.cost_usd + sum(other.cost_usd for other in used),
        issue=asked.number,
        head_sha=pull.head_sha if pull else None,
        merged=merged,
        api_requests=len(requests),
        content_writes=sum(request.content for request in requests),
        git_requests=len(sandbox.git_requests),
        seconds=seconds,
        stat=stat,
        pulls=tuple(one.pull_request for one in split if one.merged and one.pull_request),
        project="" if asked == built else repo,
    )


def _stages(whole: Record, *parts: Record) -> tuple[Stage, ...]:
    """In the order in which they were come to."""
    visits = [visit for record in (whole, *parts) for visit in record.history]
    return tuple(visit.stage for visit in sorted(visits, key=lambda visit: visit.at))


def _stat(repository: str, merge: str) -> str:
    command = ["git", "-C", repository, "diff", "--stat", f"{merge}^1", merge]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip()
