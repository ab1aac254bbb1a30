"""Notes what becomes of jobs that do not run: those that wait, are skipped, or can't begin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.sandbox.actions import report
from app.sandbox.actions.record import JobRecord, StepRecord
from app.sandbox.actions.runner.log import Masks, StepLog
from app.sandbox.state import Repository
from app.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Ledger:
    """Of one attempt of a run. `logs`: the folder of its jobs."""

    world: World
    repo: Repository
    run_id: int
    logs: Path

    def queue(self, name: str, key: str, labels: tuple[str, ...] = ()) -> JobRecord:
        run = self.repo.workflow_runs[self.run_id]
        new = report.NewJob(name, key, labels)
        return report.add_job(self.world, self.repo, run, new, self.logs)

    def skip(self, name: str, key: str) -> None:
        report.end_job(self.world, self.repo, self.queue(name, key), "skipped")

    def copy(self, old: JobRecord) -> JobRecord:
        """A job of the attempt before, which counts for this one too."""
        run = self.repo.workflow_runs[self.run_id]
        return report.copy_job(self.world, self.repo, run, self.repo.jobs[old.id])

    def cancel(self, record: JobRecord) -> None:
        report.end_job(self.world, self.repo, record, "cancelled")

    def fail(self, record: JobRecord, why: str) -> None:
        """Its log has one step, which says why."""
        record.folder.mkdir(parents=True, exist_ok=True)
        path = record.folder / "1.log"
        with StepLog(path, Masks(), self.world.clock.time) as log:
            log.error(why)
        step = StepRecord(1, "Set up job", log=path)
        report.start_step(self.world, self.repo, record.id, step)
        report.end_step(self.world, self.repo, record.id, 1, {"conclusion": "failure"})
        report.end_job(self.world, self.repo, record, "failure")
