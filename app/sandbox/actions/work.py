"""One job at work, from the pool's thread: what it is given, and what is noted as it goes."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.sandbox.actions import report
from app.sandbox.actions.execution import Execution
from app.sandbox.actions.level import Instance, Level, Node
from app.sandbox.actions.permissions import granted, of_token
from app.sandbox.actions.record import Conclusion, StepRecord
from app.sandbox.actions.runner.job import JobRun
from app.sandbox.actions.runner.plan import Machine, Outcome, Plan
from app.sandbox.actions.workflow import WorkflowError
from app.sandbox.auth import Tokens
from app.sandbox.world import World

log = logging.getLogger(__name__)
BOT = "github-actions[bot]"


@dataclass(frozen=True, slots=True)
class Reported:
    """Hears how a job goes, and writes it down."""

    execution: Execution
    job_id: int

    def step_started(self, number: int, name: str, log: Path) -> None:
        repo = self.execution.repo
        report.start_step(self._world, repo, self.job_id, StepRecord(number, name, log=log))

    def step_ended(self, number: int, conclusion: Conclusion, seconds: float) -> None:
        ended = {"conclusion": conclusion, "seconds": seconds}
        report.end_step(self._world, self.execution.repo, self.job_id, number, ended)

    def time(self) -> float:
        return self._world.clock.time()

    @property
    def _world(self) -> World:
        return self.execution.world


def work(
    tokens: Tokens, machine: Machine, execution: Execution, level: Level, node: Node,
    instance: Instance,
) -> None:  # fmt: skip
    """Runs a job whose turn it is, unless it was cancelled meanwhile."""
    world = execution.world
    with world.state.lock:
        if instance.result is not None or instance.record is None:
            return
        try:
            plan, token = _plan(tokens, machine, execution, level, node, instance)
        except WorkflowError as error:
            execution.refuse(instance, str(error))
            return
        instance.run = JobRun(plan, Reported(execution, instance.record.id))
        report.start_job(world, execution.repo, instance.record)
        if execution.run.status != "in_progress":
            report.put_run(world, execution.repo, execution.run, status="in_progress")
    outcome = Outcome("failure")
    try:
        outcome = instance.run.execute()
    except Exception:
        log.exception("the sandbox failed at job %s", instance.name)
    finally:
        with world.state.lock:
            tokens.revoke(token)
            execution.job_ended(node, instance, outcome)


def _plan(
    tokens: Tokens, machine: Machine, execution: Execution, level: Level, node: Node,
    instance: Instance,
) -> tuple[Plan, str]:  # fmt: skip
    repo, record = execution.repo, instance.record
    assert record is not None  # noqa: S101 - a planned one has it
    permissions = granted(level.workflow.permissions, node.job.permissions, level.ceiling)
    execution.world.add_account(BOT)
    token = tokens.mint_job(BOT, of_token(permissions), repo.id).token
    plan = Plan(
        job=node.job,
        workflow=level.workflow,
        contexts=execution.scopes.steps(level, node, instance, token),
        machine=machine,
        mark=f"sandbox_{secrets.token_hex(8)}",
        work=machine.folder / "work" / str(record.id),
        logs=record.folder,
        masked=(token, *level.secrets.values()),
        permissions=permissions,
        event=msgspec.json.encode(execution.setting.event),
    )
    return plan, token
