"""Workflow runs, jobs and steps as the sandbox remembers them; plain values, nothing runs here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from app.sandbox.ids import node_id

Status = Literal["queued", "in_progress", "completed", "pending"]
Conclusion = Literal["success", "failure", "cancelled", "skipped", "startup_failure"]


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow file of a repository, as long as it has had one."""

    id: int
    repo_id: int
    path: str
    name: str
    created_at: datetime

    @property
    def node_id(self) -> str:
        return node_id("W", self.id, self.repo_id)


@dataclass(frozen=True, slots=True)
class StepRecord:
    """`number` counts from 1, "Set up job" included. `log`: where its lines are."""

    number: int
    name: str
    status: Status = "queued"
    conclusion: Conclusion | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    seconds: float | None = None
    log: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """`id` is its check run's too."""

    id: int
    repo_id: int
    run_id: int
    run_attempt: int
    name: str
    key: str  # within the run, over attempts: "test", "test (3.11)", "call / test"
    created_at: datetime
    started_at: datetime
    folder: Path  # logs and summary
    status: Status = "queued"
    conclusion: Conclusion | None = None
    completed_at: datetime | None = None
    labels: tuple[str, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    summary: str = ""
    seconds: float | None = None

    @property
    def node_id(self) -> str:
        return node_id("CR", self.id, self.repo_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRun:
    """One run; `attempts` are those before this one. `error`: why it could not start."""

    id: int
    repo_id: int
    workflow_id: int
    name: str
    path: str
    display_title: str
    event: str
    head_branch: str | None
    head_sha: str
    ref: str  # full, e.g. refs/pull/3/merge
    sha: str  # what is checked out
    run_number: int
    suite_id: int
    actor: str
    triggering_actor: str
    created_at: datetime
    started_at: datetime
    updated_at: datetime
    run_attempt: int = 1
    status: Status = "queued"
    conclusion: Conclusion | None = None
    error: str = ""
    pull_number: int | None = None
    attempts: tuple[WorkflowRun, ...] = field(default=(), repr=False)

    @property
    def node_id(self) -> str:
        return node_id("WFR", self.id, self.repo_id)
