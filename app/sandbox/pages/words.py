"""The words and tones of states: what an issue, a pull request or a check is said to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.sandbox.actions.record import JobRecord, StepRecord, WorkflowRun
from app.sandbox.review import Review
from app.sandbox.state import CheckRun, Issue, PullRequest


@dataclass(frozen=True, slots=True)
class Badge:
    """`tone` is a class of the style sheet, `icon` a name from `icons`."""

    word: str
    tone: str
    icon: str


_STATUSES = {"queued": "queued", "pending": "waiting"}
_FAILING = {"failure", "timed_out", "action_required", "startup_failure"}
_CONCLUSIONS = {
    "success": Badge("passed", "good", "circle-check"),
    "failure": Badge("failed", "bad", "circle-cross"),
    "timed_out": Badge("timed out", "bad", "clock"),
    "action_required": Badge("needs a person", "bad", "alert"),
    "cancelled": Badge("cancelled", "off", "circle-dash"),
    "startup_failure": Badge("could not start", "bad", "alert"),
    "skipped": Badge("skipped", "off", "circle-dash"),
    "neutral": Badge("neutral", "off", "circle-dash"),
}


def badge(issue: Issue) -> Badge:
    if isinstance(issue, PullRequest):
        if issue.merged:
            return Badge("Merged", "done", "merge")
        if issue.state == "closed":
            return Badge("Closed", "bad", "pull")
        return Badge("Draft", "off", "pull") if issue.draft else Badge("Open", "good", "pull")
    if issue.state == "open":
        return Badge("Open", "good", "circle-dot")
    if issue.state_reason in {"not_planned", "duplicate"}:
        return Badge(f"Closed as {issue.state_reason.replace('_', ' ')}", "off", "circle-dash")
    return Badge("Closed", "done", "circle-check")


def mark(run: CheckRun | WorkflowRun | JobRecord | StepRecord) -> Badge:
    if run.status != "completed":
        return Badge(_STATUSES.get(run.status, "running"), "wait", "clock")
    word = run.conclusion or "done"
    return _CONCLUSIONS.get(word, Badge(word.replace("_", " "), "off", "circle-dash"))


_REVIEWS = {
    "APPROVED": Badge("approved this", "good", "circle-check"),
    "CHANGES_REQUESTED": Badge("requested changes", "bad", "report"),
    "DISMISSED": Badge("had a review that was dismissed", "off", "circle-dash"),
}


def reviewed(review: Review) -> Badge:
    return _REVIEWS.get(review.state, Badge("reviewed this", "off", "report"))


def verdict(runs: Iterable[CheckRun]) -> Badge | None:
    """All checks of a commit in one; None where there are none."""
    runs = list(runs)
    if not runs:
        return None
    failed = sum(run.conclusion in _FAILING for run in runs)
    if failed:
        return Badge(f"{failed} of {counted(len(runs), 'check')} failed", "bad", "circle-cross")
    if any(run.status != "completed" for run in runs):
        return Badge("Checks are running", "wait", "clock")
    if any(run.conclusion == "success" for run in runs):
        return Badge("All checks passed", "good", "circle-check")
    return Badge("Checks ended without a verdict", "off", "circle-dash")


def when(moment: datetime, now: datetime) -> str:
    """To the second today: a demo lasts less than a minute."""
    if moment.date() == now.date():
        return f"{moment:%H:%M:%S}"
    return f"{moment:%d %b}" if moment.year == now.year else f"{moment:%d %b %Y}"


def seconds(length: float | timedelta) -> str:
    value = length.total_seconds() if isinstance(length, timedelta) else length
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 60 else f"{value // 60:.0f} min {value % 60:.0f} s"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def tallied(names: Iterable[str]) -> list[str]:
    """Each once, with how often it is there."""
    return [f"{name} × {n}" if n > 1 else name for name, n in Counter(names).items()]
