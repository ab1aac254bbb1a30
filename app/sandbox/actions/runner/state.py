"""What the steps of a job change as they run: environment, PATH, outputs, whether it still goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.sandbox.actions.expression import Scope, Status, Value, text_of
from app.sandbox.actions.record import Conclusion
from app.sandbox.actions.runner.log import Masks, StepLog
from app.sandbox.actions.runner.plan import Plan
from app.sandbox.actions.runner.process import Cancel, Processes
from app.sandbox.actions.runner.space import SYSTEM_PATH, Space
from app.sandbox.actions.runner.storage import hash_files


@dataclass(slots=True)
class JobState:
    """`soft` ends the step at work, `hard` also those that run always()."""

    plan: Plan
    space: Space
    masks: Masks
    soft: Cancel
    hard: Cancel
    processes: Processes
    deadline: float
    env: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    posts: list[tuple[str, Callable[[StepLog], None]]] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    failed: bool = False
    cancelled: bool = False
    made: int = 0  # command files, counted

    @property
    def status(self) -> Status:
        well = not (self.failed or self.cancelled)
        return Status(well, self.failed and not self.cancelled, self.cancelled)

    @property
    def cancel(self) -> Cancel:
        return self.hard if self.cancelled else self.soft

    def path(self) -> str:
        home = self.space.home / ".local" / "bin"
        return ":".join([*reversed(self.paths), *SYSTEM_PATH, str(home)])


@dataclass(slots=True)
class Frame:
    """The steps of a job or of a composite action, and what only they see."""

    state: JobState
    env: Mapping[str, str]
    steps: dict[str, Value] = field(default_factory=dict)
    inputs: Mapping[str, Value] | None = None  # of an action
    folder: Path | None = None  # the action's
    depth: int = 0
    failed: bool = False

    def scope(self, env: Mapping[str, str] | None = None, *, secrets: bool = True) -> Scope:
        state = self.state
        contexts = dict(state.plan.contexts)
        github = contexts.get("github")
        here: dict[str, Value] = state.space.github()
        if self.folder is not None:
            here["action_path"] = str(self.folder)
        contexts["github"] = {**(github if isinstance(github, dict) else {}), **here}
        contexts["runner"] = state.space.runner()
        contexts["job"] = {"status": self._word()}
        contexts["steps"] = self.steps
        contexts["env"] = {**(self.env if env is None else env)}
        if self.inputs is not None:
            contexts["inputs"] = dict(self.inputs)
        if self.inputs is not None or not secrets:
            contexts.pop("secrets", None)  # neither conditions nor actions see them
        return Scope(contexts, self._status(), self._hash_files)

    def _hash_files(self, patterns: Sequence[str]) -> str:
        return hash_files(self.state.space.workspace, list(patterns))

    def _status(self) -> Status:
        """Within an action, that of its own steps."""
        if self.depth == 0:
            return self.state.status
        well = not (self.failed or self.state.cancelled)
        return replace(self.state.status, success=well, failure=self.failed)

    def _word(self) -> str:
        return (
            "cancelled" if self.state.cancelled else "failure" if self.state.failed else "success"
        )

    def evaluated(self, texts: Mapping[str, str], env: Mapping[str, str]) -> dict[str, str]:
        scope = self.scope(env)
        return {name: text_of(text, scope) for name, text in texts.items()}

    def record(self, key: str, outcome: Conclusion, conclusion: Conclusion,
               outputs: Mapping[str, str]) -> None:  # fmt: skip
        if key:
            self.steps[key] = {
                "outputs": dict(outputs), "outcome": outcome, "conclusion": conclusion,
            }  # fmt: skip
