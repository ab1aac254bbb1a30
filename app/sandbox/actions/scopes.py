"""What expressions of jobs see, place by place, as GitHub's table of contexts has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.sandbox.actions.expression import Scope, Value
from app.sandbox.actions.level import Instance, Level, Node
from app.sandbox.actions.matrix import Combination


@dataclass(slots=True)
class Scopes:
    """Of one run. `github` lacks the token, which only a job's own steps see."""

    github: dict[str, Value]
    variables: dict[str, Value] = field(default_factory=dict)

    def workflow(self, level: Level) -> Scope:
        """run-name and concurrency of the workflow."""
        return Scope(self._of(level))

    def job(self, level: Level, node: Node, *, cancelled: bool = False) -> Scope:
        """`if` and strategy of a job."""
        contexts = {**self._of(level), "needs": level.needs(node)}
        return Scope(contexts, level.status(node, cancelled=cancelled))

    def instance(self, level: Level, node: Node, combination: Combination) -> Scope:
        """Everything of a job that may differ over its matrix."""
        contexts = {**self._of(level), "needs": level.needs(node), "matrix": combination}
        return Scope(contexts)

    def call(self, level: Level, node: Node, instance: Instance) -> Scope:
        """`secrets` of a job that calls a workflow."""
        scope = self.instance(level, node, instance.combination)
        return Scope({**scope.contexts, "secrets": {**level.secrets}})

    def outputs(self, level: Level) -> Scope:
        """Outputs of a called workflow."""
        return Scope({**self._of(level), "jobs": level.jobs()})

    def steps(
        self, level: Level, node: Node, instance: Instance, token: str
    ) -> Mapping[str, Value]:
        """What a job's steps see, without what only the machine knows."""
        job = node.job
        strategy: dict[str, Value] = {
            "fail-fast": node.fail_fast, "job-index": float(instance.number),
            "job-total": float(len(node.instances)), "max-parallel": float(node.at_once),
        }  # fmt: skip
        return {
            **self.instance(level, node, instance.combination).contexts,
            "github": {**self.github, "job": job.id, "token": token},
            "secrets": {**level.secrets, "GITHUB_TOKEN": token},
            "strategy": strategy,
        }

    def _of(self, level: Level) -> dict[str, Value]:
        return {
            "github": self.github, "inputs": {**level.inputs}, "vars": {**self.variables},
        }  # fmt: skip
