"""One command run in a workspace, and what came of it. It knows no agent and no executor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunLimits:
    """Ceilings every run has; seconds, and bytes kept of each output stream."""

    wall_seconds: float = 1800.0
    idle_seconds: float = 600.0
    output_bytes: int = 1_000_000


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What to run. The id is derived from the task: starting the same id twice is starting it once.

    `files` are written read-only into the folder named by $ORC_JOB before the command starts.
    With `base` (a sha) the work is taken as commits: what is left uncommitted is committed and
    base..HEAD comes out as a git bundle. Files of the workspace that match a glob of `keep`, and
    all that the command writes into $ORC_OUT, come out as plain files.
    """

    id: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    base: str | None = None
    keep: tuple[str, ...] = ()
    limits: RunLimits = RunLimits()


class ExitReason(StrEnum):
    EXITED = "exited"
    TIMED_OUT = "timed out"  # wall deadline
    IDLE = "idle"  # no output for too long
    STOPPED = "stopped"  # stop() was called
    LOST = "lost"  # the supervisor itself died; nothing can be said of the command
    NOT_STARTED = "not started"  # the command could not be executed at all


@dataclass(frozen=True, slots=True)
class RunExit:
    """How a run ended. Exactly one of exit_code and signal is set when reason is EXITED.

    `stdout` and `stderr` keep the head and the tail within the limit; `work` is a git bundle (None:
    no new commit, or no base was asked for), `out` a folder of regular files.
    """

    reason: ExitReason
    exit_code: int | None = None
    signal: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    truncated: bool = False
    seconds: float = 0.0
    detail: str = ""
    work: Path | None = None
    out: Path | None = None


class AgentOutcome(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # the agent itself says that it could not do it
    CRASHED = "crashed"  # it ended without saying anything that can be read
    TIMED_OUT = "timed out"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class AgentResult:
    """What a coding agent's run means, read from its exit and output by the agent's own adapter."""

    outcome: AgentOutcome
    text: str = ""
    session_id: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
