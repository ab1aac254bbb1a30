"""Workflow runs as demo and tests see and start them; the runs themselves are in `actions`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

from app.sandbox.actions import logs
from app.sandbox.actions.record import JobRecord, WorkflowRun
from app.sandbox.actions.runner.log import without_times
from app.sandbox.actions.service import EVERYWHERE, Actions
from app.sandbox.refusal import not_found
from app.sandbox.state import Repository, Role, State
from app.sandbox.world import Actor


class Runs(ABC):
    """Part of `Sandbox`."""

    _actions: Actions

    @property
    @abstractmethod
    def state(self) -> State: ...

    @abstractmethod
    def _enter(self, repo: str, login: str, role: Role) -> tuple[Repository, Actor]: ...

    @abstractmethod
    def repository(self, name: str) -> Repository: ...

    def runs(self, repo: str) -> list[WorkflowRun]:
        """Oldest first."""
        with self.state.lock:
            return list(self.repository(repo).workflow_runs.values())

    def has_workflows(self, repo: str) -> bool:
        """On its default branch."""
        return bool(self.actions.workflows(self.repository(repo)))

    def jobs(self, repo: str, run_id: int, attempt: int | None = None) -> list[JobRecord]:
        """Of one attempt of a run: the last, unless another is named."""
        with self.state.lock:
            found = self.repository(repo)
            wanted = attempt or _run(found, run_id).run_attempt
            return [job for job in found.jobs.values()
                    if (job.run_id, job.run_attempt) == (run_id, wanted)]  # fmt: skip

    def run_log(self, repo: str, run_id: int, job: str | None = None) -> str:
        """What the jobs of the last attempt said, without times; or why the run never began."""
        found = self.jobs(repo, run_id)
        texts = [logs.of_job(one) for one in found if job in {None, one.name}]
        error = _run(self.repository(repo), run_id).error
        return (f"##[error]{error}\n" if error else "") + without_times("".join(texts))

    def wait_for_runs(self, repo: str | None = None, timeout: float = 30) -> list[WorkflowRun]:
        """Until none is under way, here or anywhere. In async code: in a thread."""
        found = None if repo is None else self.repository(repo)
        self._actions.wait(found, timeout)
        return [] if repo is None else self.runs(repo)

    def artifacts(self, repo: str, run_id: int) -> dict[str, Path]:
        """The folder of each artifact that the run has uploaded."""
        _run(self.repository(repo), run_id)
        folder = self._actions.folder / "artifacts" / str(run_id)
        return {one.name: one for one in sorted(folder.iterdir())} if folder.is_dir() else {}

    def set_secret(self, repo: str, name: str, value: str) -> None:
        """For workflows; masked in logs, shown on no page."""
        key = self.repository(repo).id
        with self.state.lock:
            self._actions.store.secrets.setdefault(key, {})[name.upper()] = value

    def set_variable(self, repo: str | None, name: str, value: str) -> None:
        """Of one repository; None: of the organisation, which a repository's own goes before."""
        key = EVERYWHERE if repo is None else self.repository(repo).id
        with self.state.lock:
            self._actions.store.variables.setdefault(key, {})[name.upper()] = value

    def dispatch(
        self, repo: str, workflow: str, *, by: str, ref: str | None = None,
        inputs: Mapping[str, str] | None = None,
    ) -> WorkflowRun:  # fmt: skip
        """`workflow`: the file's name, e.g. deploy.yml."""
        found, actor = self._enter(repo, by, "write")
        with self.state.lock:
            known = self._actions.workflow(found, workflow)
            return self._actions.dispatch(
                found, known, ref or found.default_branch, dict(inputs or {}), actor
            )

    def rerun(self, repo: str, run_id: int, *, by: str, failed: bool = False) -> None:
        found, actor = self._enter(repo, by, "write")
        with self.state.lock:
            self._actions.rerun(found, _run(found, run_id), actor, failed=failed)

    def cancel_run(self, repo: str, run_id: int, *, by: str) -> None:
        found, _ = self._enter(repo, by, "write")
        with self.state.lock:
            self._actions.cancel(_run(found, run_id))

    @property
    def actions(self) -> Actions:
        """How jobs are run: `minute` (what `timeout-minutes` counts) and `environment`."""
        return self._actions


def _run(repo: Repository, run_id: int) -> WorkflowRun:
    run = repo.workflow_runs.get(run_id)
    if run is None:
        raise not_found()
    return run
