"""The named actions that this machine stands in for, and what each is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.sandbox.actions.runner.log import Masks, StepLog
from app.sandbox.actions.runner.plan import Plan, StepFailed, github
from app.sandbox.actions.runner.process import Ended
from app.sandbox.actions.runner.space import Space


@dataclass(slots=True)
class Use:
    """One `uses:` at work. `outputs`, `env`, `paths` and `posts` are what it leaves behind."""

    plan: Plan
    space: Space
    log: StepLog
    masks: Masks
    inputs: Mapping[str, str]
    execute: Callable[[Sequence[str], Path], Ended]
    outputs: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    paths: list[Path] = field(default_factory=list)
    posts: list[Callable[[StepLog], None]] = field(default_factory=list)

    def github(self, name: str) -> str:
        return github(self.plan.contexts, name)

    def flag(self, name: str, *, default: bool) -> bool:
        said = self.inputs.get(name, "")
        if said.lower() not in {"", "true", "false"}:
            raise StepFailed(f"Input '{name}' is true or false, not '{said[:80]}'")
        return said.lower() == "true" if said else default

    def inside(self, said: str) -> Path:
        """A path below the workspace."""
        place = (self.space.workspace / said).resolve()
        if not place.is_relative_to(self.space.workspace.resolve()):
            raise StepFailed(f"'{said[:200]}' is not under '{self.space.workspace}'")
        return place


@dataclass(frozen=True, slots=True)
class StandIn:
    """`inputs` are those it heeds; `idle` change nothing here. All others fail the step."""

    name: str
    run: Callable[[Use], None]
    inputs: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()

    def start(self, use: Use) -> None:
        for name, value in use.inputs.items():
            if name not in {*self.inputs, *self.idle} and value:
                raise StepFailed(f"The sandbox does not do input '{name[:80]}' of {self.name}")
        self.run(use)
