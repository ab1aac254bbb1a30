"""One command run in a workspace, and what came of it. It knows no agent and no executor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class RunLimits:
    """Ceilings every run has. `output_bytes` is what is kept of each output stream.

    `cpus` is a share of processors, `processes` counts threads too, `disk_bytes` is all that a run
    may write. The executor `process`, which isolates nothing, holds only the first three.
    """

    wall_seconds: float = 1800.0
    idle_seconds: float = 600.0
    output_bytes: int = 1_000_000
    memory_bytes: int = 2 << 30
    disk_bytes: int = 2 << 30
    cpus: float = 1.0
    processes: int = 512


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same command again in the same workspace, until a turn's stdout holds the text `until`.

    At most `times` turns, all within the run's one wall deadline. A turn that did not end by itself
    with exit code 0 is the last.
    """

    until: str
    times: int

    MOST: ClassVar = 50

    def __post_init__(self) -> None:
        if not self.until or not 1 <= self.times <= self.MOST:
            raise ValueError(f"a loop needs a text to end with, and 1 to {self.MOST} turns")


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What to run. The id is derived from the task: starting the same id twice is starting it once.

    `files` are written read-only into the folder named by $ORC_JOB before the command starts.
    With `base` (a sha) the work is taken as commits: what is left uncommitted is committed and
    base..HEAD comes out as a git bundle. Files of the workspace that match a glob of `keep`, and
    all that the command writes into $ORC_OUT, come out as plain files.

    `capabilities` name what its image must hold, where the executor has images. With `gateway` the
    run can reach the gateway and nothing else; without it, nothing at all. `home` is a folder whose
    files are put into $HOME first; files of $HOME that match `keep_home` come out in `out/home`.
    """

    id: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    base: str | None = None
    keep: tuple[str, ...] = ()
    limits: RunLimits = RunLimits()
    capabilities: frozenset[str] = frozenset()
    gateway: bool = False
    home: Path | None = None
    keep_home: tuple[str, ...] = ()
    repeat: Repeat | None = None


class ExitReason(StrEnum):
    EXITED = "exited"
    TIMED_OUT = "timed out"  # wall deadline
    IDLE = "idle"  # no output for too long
    OUT_OF_MEMORY = "out of memory"
    OUT_OF_DISK = "out of disk"
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


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model was sent (`input`, of which `cached` cost less) and wrote; money."""

    input: int = 0
    output: int = 0
    cached: int = 0
    cost_usd: float = 0.0

    @property
    def tokens(self) -> int:
        return self.input + self.output

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
            self.cost_usd + other.cost_usd,
        )


UNUSED = Usage()


@dataclass(frozen=True, slots=True)
class Spent:
    """What the runs of one round of an issue used; round 0: nothing is known."""

    round: int = 0
    usage: Usage = UNUSED


@dataclass(frozen=True, slots=True)
class Access:
    """How a run reaches the gateway and its egress proxy, as seen from where it runs.

    `token` is shown at both: as a bearer or API key there, as the password here.
    """

    url: str
    proxy: str
    token: str = field(repr=False)

    @property
    def env(self) -> dict[str, str]:
        """What the `orchestrator` command and programs that know of proxies look for."""
        scheme, _, host = self.proxy.partition("://")
        proxy = f"{scheme}://run:{self.token}@{host}"
        return {
            "ORC_GATEWAY": self.url,
            "ORC_TOKEN": self.token,
            "HTTPS_PROXY": proxy,
            "https_proxy": proxy,
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }


@dataclass(frozen=True, slots=True)
class AgentSession:
    """An agent's own session: its id, and the folder with those files of $HOME that hold it.

    `request` is the digest of the request that it knows ("": none for sure), `heard` the last
    comment that it was told of. Of what is in `home`, only what matches the globs `files` is kept.
    """

    id: str
    home: Path
    request: str = ""
    heard: int = 0
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentJob:
    """What an agent is asked to do in one run; `attempt` counts from 1, for each role by itself.

    `session` is an earlier session to go on with.
    """

    run_id: str
    prompt: str
    attempt: int
    access: Access | None = None
    model: str | None = None
    session: AgentSession | None = None
    role: str = "developer"


class AgentOutcome(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # the agent itself says that it could not do it
    NEEDS_ANSWER = "needs an answer"  # it asks a question and can't go on without an answer
    CRASHED = "crashed"  # it ended without saying anything that can be read
    TIMED_OUT = "timed out"
    STOPPED = "stopped"


class AgentError(StrEnum):
    """What stood in an agent's way, where its output tells."""

    DENIED = "a tool was denied"
    UNAUTHORIZED = "the model refused the key"
    RATE_LIMITED = "the model's rate limit"
    OVERLOADED = "the model could not be reached"
    OVER_BUDGET = "the budget is spent"
    CEILING = "a ceiling of turns or money"
    NO_SESSION = "its session is gone"
    NO_RESULT = "it ended without a result"
    UNREADABLE = "its output can't be read"


@dataclass(frozen=True, slots=True)
class AgentResult:
    """What a coding agent's run means, read from its exit and output by the agent's own adapter.

    `usage` is what the agent says of itself; the gateway's count is what is believed. `details` is
    what its result holds besides verdict and text, as JSON: whoever asked for it must check it.
    """

    outcome: AgentOutcome
    text: str = ""
    session: str | None = None
    usage: Usage = Usage()
    error: AgentError | None = None
    denials: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
