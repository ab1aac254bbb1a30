"""What a job is given and what it says back; plain values and narrow interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.sandbox.actions.expression import Value
from app.sandbox.actions.record import Conclusion
from app.sandbox.actions.workflow import Job, Workflow


class StepFailed(Exception):
    """A step can't go on; the text is for its log."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine offers. `minute`: how many seconds one in `timeout-minutes` lasts."""

    folder: Path  # for workspaces, caches and artifacts
    repository: Path  # the bare repository
    environment: Mapping[str, str] = field(default_factory=dict)
    minute: float = 60.0

    @property
    def caches(self) -> Path:
        return self.folder / "caches" / self.repository.stem

    def artifacts(self, run_id: int) -> Path:
        return self.folder / "artifacts" / str(run_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One job, its contexts evaluated: github, inputs, matrix, needs, secrets, strategy, vars."""

    job: Job
    workflow: Workflow
    contexts: Mapping[str, Value]
    machine: Machine
    mark: str  # found in the environment of everything it starts
    work: Path  # its own folder, gone when it ends
    logs: Path
    masked: tuple[str, ...] = ()
    permissions: Mapping[str, str] = field(default_factory=dict)
    event: bytes = b"{}"


@dataclass(frozen=True, slots=True)
class Outcome:
    conclusion: Conclusion
    outputs: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""


class Reporter(Protocol):
    """Hears how a job goes."""

    def step_started(self, number: int, name: str, log: Path) -> None: ...

    def step_ended(self, number: int, conclusion: Conclusion, seconds: float) -> None: ...

    def time(self) -> float:
        """Seconds since the epoch, on the sandbox's clock."""
        ...


def github(contexts: Mapping[str, Value], name: str) -> str:
    """One text of the github context."""
    context = contexts.get("github")
    found = context.get(name) if isinstance(context, dict) else None
    return found if isinstance(found, str) else ""
