"""One attempt of a run: which job may begin, what follows from its end. No process starts here.

Everything is called under the state's lock; jobs themselves run outside of it, in the pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.sandbox.actions import calling, report
from app.sandbox.actions.expression import (
    ExpressionError,
    Value,
    condition,
    resolve,
    text_of,
    to_text,
)
from app.sandbox.actions.groups import Groups
from app.sandbox.actions.ledger import Ledger
from app.sandbox.actions.level import Instance, Level, Node
from app.sandbox.actions.matrix import combinations, suffix
from app.sandbox.actions.record import Conclusion, WorkflowRun
from app.sandbox.actions.runner.plan import Outcome
from app.sandbox.actions.scopes import Scopes
from app.sandbox.actions.turn import Turn
from app.sandbox.actions.workflow import Concurrency, Workflow, WorkflowError

_OURS = ("ubuntu-", "self-hosted", "linux", "x64")


class Starter(Protocol):
    """Who lets jobs run."""

    groups: Groups

    def submit(self, execution: Execution, level: Level, node: Node, instance: Instance) -> None:
        """Later, in a thread of its own."""

    def ended(self, execution: Execution) -> None: ...


@dataclass(slots=True)
class Setting:
    """What stays the same over the attempts of a run."""

    workflow: Workflow
    event: dict[str, Any]
    inputs: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is its own. `kept`: jobs of the attempt before that are not run again, by key."""

    scopes: Scopes
    secrets: Mapping[str, str]
    kept: Mapping[str, Instance] = field(default_factory=dict)


class Execution:
    def __init__(
        self, starter: Starter, ledger: Ledger, setting: Setting, attempt: Attempt
    ) -> None:
        self.world, self.repo, self.run_id = ledger.world, ledger.repo, ledger.run_id
        self.setting, self.scopes = setting, attempt.scopes
        self.cancelled = self.ended = False
        self.root = Level.of(setting.workflow, inputs=setting.inputs, secrets=attempt.secrets)
        self._starter, self._ledger = starter, ledger
        self._holds = False
        self._kept = attempt.kept

    @property
    def run(self) -> WorkflowRun:
        return self.repo.workflow_runs[self.run_id]

    def begin(self) -> None:
        try:
            said = self._concurrency(self.setting.workflow.concurrency, self.root)
        except ExpressionError as error:
            self._finish("startup_failure", str(error))
            return
        if said is None:
            self._holds = True
        else:
            entered = self._starter.groups.enter(self.repo.id, said[0], self, cancel=said[1])
            self._holds = self._holds or entered
        if self._holds:
            self.advance()
        elif not self.ended:
            report.put_run(self.world, self.repo, self.run, status="pending")

    def _concurrency(self, said: Concurrency | None, level: Level) -> tuple[str, bool] | None:
        if said is None:
            return None
        scope = self.scopes.workflow(level)
        return text_of(said.group, scope), resolve(said.cancel_in_progress, scope) is True

    # Concurrency.

    def proceed(self) -> None:
        self._holds = True
        if not self.ended:
            report.put_run(self.world, self.repo, self.run, status="queued")
            self.advance()

    def give_way(self) -> None:
        self.cancel()

    # Going on.

    def advance(self) -> None:
        if not self._holds or self.ended:
            return
        moved = True
        while moved:
            moved = False
            for level, node in list(self.root.everything()):
                moved = self._move(level, node) or moved
        if self.root.done and not self.ended:
            self._finish("cancelled" if self.cancelled else self.root.result)

    def _move(self, level: Level, node: Node) -> bool:
        if node.state == "waiting" and level.ready(node):
            self._begin(level, node)
            return True
        if node.state != "running":
            return False
        for instance in node.instances:
            if instance.inner is not None and instance.result is None and instance.inner.done:
                self._return(instance)
        self._launch_some(level, node)
        return node.settle()

    def _begin(self, level: Level, node: Node) -> None:
        scope = self.scopes.job(level, node, cancelled=self.cancelled)
        try:
            if not condition(node.job.condition, scope):
                self._ledger.skip(level.prefix + (node.job.name or node.job.id),
                                  level.prefix + node.job.id)  # fmt: skip
                node.finish("skipped")
                return
            node.fail_fast = resolve(node.job.fail_fast, scope) is True
            at_once = resolve(node.job.max_parallel, scope)
            node.at_once = max(int(at_once), 1) if isinstance(at_once, int | float) else 256
            found = combinations(resolve(node.job.matrix, scope))
            node.instances = [
                self._instance(level, node, number, one) for number, one in enumerate(found)
            ]
        except (ExpressionError, ValueError, OverflowError) as error:
            name = level.prefix + (node.job.name or node.job.id)
            node.instances = [Instance({}, name, level.prefix + node.job.id, 0)]
            self._fail(node.instances[0], str(error))
        node.state = "running"

    def _instance(
        self, level: Level, node: Node, number: int, combination: dict[str, Value]
    ) -> Instance:
        job = node.job
        said = job.name if job.name is not None else job.id
        name = text_of(said, self.scopes.instance(level, node, combination))
        # Who names the matrix in the name has said what tells the jobs apart.
        name = name if "${{" in said else name + suffix(combination)
        key = f"{level.prefix}{job.id}{suffix(combination)}"
        return Instance(combination, level.prefix + name, key, number)

    def _fail(self, instance: Instance, why: str) -> None:
        instance.record = instance.record or self._ledger.queue(instance.name, instance.key)
        instance.begun = True
        self._ledger.fail(instance.record, why)
        instance.result = "failure"

    def refuse(self, instance: Instance, why: str) -> None:
        """A job that was queued and can't run."""
        self._fail(instance, why)
        self._leave(instance)
        self.advance()

    # Jobs.

    def _launch_some(self, level: Level, node: Node) -> None:
        for instance in node.instances:
            at_work = sum(one.begun and one.result is None for one in node.instances)
            if at_work >= node.at_once:
                return
            if not instance.begun and instance.result is None:
                self._launch(level, node, instance)

    def _launch(self, level: Level, node: Node, instance: Instance) -> None:
        instance.begun = True
        kept = self._kept.get(instance.key)
        try:
            if kept is not None and kept.record is not None:
                instance.record = self._ledger.copy(kept.record)
                instance.result, instance.outputs = kept.result, kept.outputs
            elif node.job.uses is not None:
                instance.inner = calling.call(
                    self.repo, self.run, self.scopes, level, node, instance
                )
            else:
                self._queue(level, node, instance)
        except (ExpressionError, WorkflowError) as error:
            self._fail(instance, str(error))

    def _queue(self, level: Level, node: Node, instance: Instance) -> None:
        scope = self.scopes.instance(level, node, instance.combination)
        said = resolve(node.job.runs_on, scope)
        flat = said[0] if isinstance(said, list) and len(said) == 1 else said
        labels = tuple(to_text(one) for one in (flat if isinstance(flat, list) else [flat]))
        if not labels or not all(label.lower().startswith(_OURS) for label in labels):
            raise WorkflowError(f"No runner here has the labels {', '.join(labels)[:200]}")
        instance.forgiven = resolve(node.job.continue_on_error, scope) is True
        instance.record = self._ledger.queue(instance.name, instance.key, labels)
        turn = Turn(lambda: self._starter.submit(self, level, node, instance),
                    lambda: self.drop(instance))  # fmt: skip
        concurrency = node.job.concurrency
        if concurrency is None:
            turn.proceed()
            return
        instance.turn = turn
        name = text_of(concurrency.group, scope)
        cancel = resolve(concurrency.cancel_in_progress, scope) is True
        if self._starter.groups.enter(self.repo.id, name, turn, cancel=cancel):
            turn.proceed()

    def _return(self, instance: Instance) -> None:
        try:
            if instance.inner is not None:
                calling.finished(self.scopes, instance, instance.inner)
        except ExpressionError as error:
            self._fail(instance, str(error))

    def job_ended(self, node: Node, instance: Instance, outcome: Outcome) -> None:
        if instance.record is not None:
            report.end_job(
                self.world, self.repo, instance.record, outcome.conclusion,
                summary=outcome.summary[:1_000_000],
            )  # fmt: skip
        instance.result, instance.outputs = outcome.conclusion, outcome.outputs
        instance.forgiven = instance.forgiven and outcome.conclusion == "failure"
        self._leave(instance)
        if outcome.conclusion == "failure" and not instance.forgiven and node.fail_fast:
            for other in node.instances:
                self.drop(other)
        self.advance()

    def _leave(self, instance: Instance) -> None:
        if instance.turn is not None:
            self._starter.groups.leave(instance.turn)
            instance.turn = None

    # Ending.

    def cancel(self) -> None:
        if self.cancelled or self.ended:
            return
        self.cancelled = True
        for instance in list(self.instances()):
            self.drop(instance)
        if not self._holds:
            self._finish("cancelled")
        self.advance()

    def drop(self, instance: Instance) -> None:
        """Ends a job, at work or waiting; one that has ended stays as it is."""
        if instance.result is not None:
            return
        if instance.run is not None:
            instance.run.cancel()
        elif instance.inner is None:
            instance.result = "cancelled"
            if instance.record is not None:
                self._ledger.cancel(instance.record)
            self._leave(instance)

    def stop(self) -> None:
        for instance in self.instances():
            if instance.run is not None:
                instance.run.stop()

    def instances(self) -> Iterator[Instance]:
        for _, node in list(self.root.everything()):
            yield from node.instances

    def _finish(self, conclusion: Conclusion, error: str = "") -> None:
        self.ended = True
        report.put_run(
            self.world, self.repo, self.run, status="completed", conclusion=conclusion, error=error
        )
        self._starter.groups.leave(self)
        self._starter.ended(self)
