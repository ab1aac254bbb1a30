"""The jobs of one workflow at work, and of those that it calls; what has become of them so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.sandbox.actions.expression import Status, Value
from app.sandbox.actions.matrix import Combination
from app.sandbox.actions.record import Conclusion, JobRecord
from app.sandbox.actions.runner.job import JobRun
from app.sandbox.actions.turn import Turn
from app.sandbox.actions.workflow import Job, Workflow


@dataclass(slots=True)
class Instance:
    """One job of a node: with a matrix there are several. `inner`: of a called workflow."""

    combination: Combination
    name: str
    key: str
    number: int
    record: JobRecord | None = None
    run: JobRun | None = None
    inner: Level | None = None
    turn: Turn | None = None
    begun: bool = False
    result: Conclusion | None = None
    forgiven: bool = False  # continue-on-error
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Node:
    """A job of the file, with all its instances."""

    job: Job
    state: Literal["waiting", "running", "done"] = "waiting"
    result: Conclusion | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    instances: list[Instance] = field(default_factory=list)
    fail_fast: bool = True
    at_once: int = 256

    def settle(self) -> bool:
        """True when this was what was missing."""
        if self.state != "running" or any(one.result is None for one in self.instances):
            return False
        results = [one.result for one in self.instances if not one.forgiven]
        order: tuple[Conclusion, ...] = ("failure", "cancelled", "skipped")
        worst = next((one for one in order if one in results), None)
        self.finish(worst or "success", {k: v for one in self.instances
                                         for k, v in one.outputs.items()})  # fmt: skip
        return True

    def finish(self, result: Conclusion, outputs: Mapping[str, str] | None = None) -> None:
        self.state, self.result, self.outputs = "done", result, outputs or {}


@dataclass(slots=True)
class Level:
    """One workflow file as it is run. `prefix` and `permissions` come from the calling job."""

    workflow: Workflow
    nodes: dict[str, Node]
    inputs: Mapping[str, Value] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    ceiling: Mapping[str, str] | None = None
    depth: int = 0

    @classmethod
    def of(cls, workflow: Workflow, **more: object) -> Level:
        return cls(workflow, {job.id: Node(job) for job in workflow.jobs}, **more)  # type: ignore[arg-type]

    @property
    def done(self) -> bool:
        return all(node.state == "done" for node in self.nodes.values())

    def everything(self) -> Iterator[tuple[Level, Node]]:
        for node in self.nodes.values():
            yield self, node
            for instance in node.instances:
                if instance.inner is not None:
                    yield from instance.inner.everything()

    def ready(self, node: Node) -> bool:
        return all(self.nodes[name].state == "done" for name in node.job.needs)

    def needs(self, node: Node) -> dict[str, Value]:
        return {name: self._told(name) for name in node.job.needs}

    def jobs(self) -> dict[str, Value]:
        """What outputs of a called workflow see."""
        return {name: self._told(name) for name in self.nodes}

    def _told(self, name: str) -> Value:
        node = self.nodes[name]
        return {"result": node.result or "", "outputs": {**node.outputs}}

    def status(self, node: Node, *, cancelled: bool) -> Status:
        """Of all that it needs, also at second hand: one that was skipped counts as well."""
        results = {self.nodes[name].result for name in self._ancestors(node)}
        well = results <= {"success"} and not cancelled
        return Status(well, "failure" in results, cancelled)

    def _ancestors(self, node: Node) -> set[str]:
        found: set[str] = set()
        todo = list(node.job.needs)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self.nodes[name].job.needs
        return found

    @property
    def result(self) -> Conclusion:
        results = {node.result for node in self.nodes.values()}
        for one in ("failure", "cancelled"):
            if one in results:
                return one
        return "skipped" if results == {"skipped"} else "success"
