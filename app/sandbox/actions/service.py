"""GitHub Actions of the sandbox: hears what happens, starts runs, keeps them, ends them all."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from app.sandbox.actions import events, report
from app.sandbox.actions.contexts import github, plain
from app.sandbox.actions.dispatch import Dispatch
from app.sandbox.actions.dispatch import read as read_dispatch
from app.sandbox.actions.downloads import Downloads
from app.sandbox.actions.events import Happening
from app.sandbox.actions.execution import Attempt, Execution, Setting
from app.sandbox.actions.expression import ExpressionError, Value, text_of
from app.sandbox.actions.globs import GlobError
from app.sandbox.actions.groups import Groups
from app.sandbox.actions.ledger import Ledger
from app.sandbox.actions.level import Instance, Level, Node
from app.sandbox.actions.record import Workflow, WorkflowRun
from app.sandbox.actions.runner.plan import Machine
from app.sandbox.actions.scopes import Scopes
from app.sandbox.actions.trigger import starts
from app.sandbox.actions.work import BOT, work
from app.sandbox.actions.workflow import Workflow as Definition
from app.sandbox.actions.workflow import WorkflowError, read_workflow
from app.sandbox.auth import Tokens
from app.sandbox.refusal import Refusal, not_found
from app.sandbox.state import Repository
from app.sandbox.world import Actor, World

EVERYWHERE = 0  # no repository has this id: the organisation's
AT_ONCE = 2  # jobs; the others wait


@dataclass(slots=True)
class Store:
    """What people set for workflows: by repository's id, then by name."""

    secrets: dict[int, dict[str, str]] = field(default_factory=dict)
    variables: dict[int, dict[str, str]] = field(default_factory=dict)


class Actions:
    """`minute`: how long one of `timeout-minutes` lasts. `environment` is given to all steps."""

    def __init__(self, world: World, tokens: Tokens) -> None:
        self.world, self.tokens = world, tokens
        self.groups = Groups()
        self.downloads = Downloads(world.clock)
        self.folder = world.root / "actions"
        self.store = Store()
        self.minute = 60.0
        self.environment: dict[str, str] = {}
        self.changed = threading.Condition(world.state.lock)
        self._executions: dict[int, Execution] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._stopped = False

    # What happens.

    def hear(self, event: str, repo: Repository, actor: Actor, payload: Mapping[str, Any]) -> None:
        """Under the state's lock. What a job's own token does starts nothing, as on GitHub."""
        if actor.login == BOT or self._stopped:
            return
        happening = events.read(repo, event, payload)
        if happening is None:
            return
        for path, content in events.workflow_files(repo.path, happening.sha):
            try:
                definition = read_workflow(content)
                if not starts(definition, happening.occasion):
                    continue
            except (WorkflowError, GlobError) as error:
                self._broken(repo, path, happening, actor, str(error))
                continue
            self._start(repo, path, happening, actor, definition, {})

    def _broken(
        self, repo: Repository, path: str, happening: Happening, actor: Actor, error: str
    ) -> None:
        """A file that can't be read is told at a push, as a run that failed without a job."""
        if happening.occasion.event == "push":
            run = self._new(repo, self._workflow(repo, path, path), happening, actor)
            report.put_run(self.world, repo, run, status="completed", conclusion="failure",
                           error=error)  # fmt: skip
            self.changed.notify_all()

    def _start(
        self, repo: Repository, path: str, happening: Happening, actor: Actor,
        definition: Definition, inputs: dict[str, Value],
    ) -> WorkflowRun:  # fmt: skip
        workflow = self._workflow(repo, path, definition.name or path)
        run = self._new(repo, workflow, happening, actor)
        setting = Setting(definition, plain(dict(happening.payload)), inputs)
        self._execute(repo, run, setting, {})
        return repo.workflow_runs[run.id]

    def _workflow(self, repo: Repository, path: str, name: str) -> Workflow:
        known = repo.workflows.get(path)
        if known is None:
            number = self.world.next_id("workflow")
            known = Workflow(number, repo.id, path, name, self.world.now())
        repo.workflows[path] = replace(known, name=name)
        return repo.workflows[path]

    def _new(
        self, repo: Repository, workflow: Workflow, happening: Happening, actor: Actor
    ) -> WorkflowRun:
        now = self.world.now()
        before = [run for run in repo.workflow_runs.values() if run.workflow_id == workflow.id]
        return WorkflowRun(
            id=self.world.next_id("workflow_run"), repo_id=repo.id, workflow_id=workflow.id,
            name=workflow.name, path=workflow.path, display_title=happening.title,
            event=happening.occasion.event, head_branch=happening.head_branch,
            head_sha=happening.head_sha, ref=happening.ref, sha=happening.sha,
            run_number=len(before) + 1, suite_id=self.world.next_id("check_suite"),
            actor=actor.login, triggering_actor=actor.login, created_at=now, started_at=now,
            updated_at=now, pull_number=happening.pull_number,
        )  # fmt: skip

    def _execute(
        self, repo: Repository, run: WorkflowRun, setting: Setting, kept: Mapping[str, Instance]
    ) -> None:
        said = self.store.variables
        variables: dict[str, Value] = {**said.get(EVERYWHERE, {}), **said.get(repo.id, {})}
        scopes = Scopes(github(self.world.site, repo, run, setting.event), variables)
        secrets = dict(self.store.secrets.get(repo.id, {}))
        logs = self.folder / "logs" / str(run.id) / str(run.run_attempt)
        report.put_run(self.world, repo, run)
        ledger = Ledger(self.world, repo, run.id, logs)
        execution = Execution(self, ledger, setting, Attempt(scopes, secrets, kept))
        self._executions[run.id] = execution
        if setting.workflow.run_name is not None:
            try:
                title = text_of(setting.workflow.run_name, scopes.workflow(execution.root))
            except ExpressionError as error:
                title = f"{setting.workflow.run_name}: {error}"
            if title:
                report.put_run(self.world, repo, execution.run, display_title=title)
        execution.begin()

    def workflows(self, repo: Repository) -> list[Workflow]:
        """Those of the default branch, and all that have ever run."""
        if repo.head_sha is not None:
            for path, content in events.workflow_files(repo.path, repo.head_sha):
                if path not in repo.workflows:
                    self._workflow(repo, path, _name(path, content))
        return list(repo.workflows.values())

    def workflow(self, repo: Repository, name: str) -> Workflow:
        """By the name of its file; 404 when there is none."""
        for one in self.workflows(repo):
            if name in {one.path, one.path.rpartition("/")[2]}:
                return one
        raise not_found()

    # What people and Apps ask for.

    def dispatch(
        self, repo: Repository, workflow: Workflow, ref: str, given: Mapping[str, Value],
        actor: Actor,
    ) -> WorkflowRun:  # fmt: skip
        """422 as GitHub says it. `ref`: a branch or a tag."""
        asked = Dispatch(workflow, ref, given, actor.login)
        happening, definition, inputs = read_dispatch(self.world.site, repo, asked)
        return self._start(repo, workflow.path, happening, actor, definition, inputs)

    def cancel(self, run: WorkflowRun) -> None:
        execution = self._executions.get(run.id)
        if execution is None or execution.ended:
            raise Refusal(409, "Cannot cancel a workflow run that is completed.")
        execution.cancel()

    def rerun(self, repo: Repository, run: WorkflowRun, actor: Actor, *, failed: bool) -> None:
        """All jobs, or those that did not succeed and what depends on them."""
        execution = self._executions.get(run.id)
        if run.status != "completed":
            raise Refusal(403, "This workflow is already running")
        if execution is None:
            raise Refusal(403, "This workflow run cannot be retried")
        kept = _good(execution) if failed else {}
        if failed and execution.root.result == "success" and not execution.cancelled:
            raise Refusal(403, "This workflow run has no failed jobs to retry")
        again = replace(
            run, run_attempt=run.run_attempt + 1, status="queued", conclusion=None, error="",
            triggering_actor=actor.login, started_at=self.world.now(),
            attempts=(*run.attempts, replace(run, attempts=())),
        )  # fmt: skip
        self._execute(repo, again, execution.setting, kept)

    # Jobs in threads.

    def submit(self, execution: Execution, level: Level, node: Node, instance: Instance) -> None:
        if self._stopped:
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sandbox-job")
        machine = Machine(self.folder, execution.repo.path, dict(self.environment), self.minute)
        self._pool.submit(work, self.tokens, machine, execution, level, node, instance)

    def ended(self, execution: Execution) -> None:
        self.changed.notify_all()

    def wait(self, repo: Repository | None, timeout: float) -> None:
        """Until all runs of the repository, or all there are, have ended."""

        def over() -> bool:
            executions = self._executions.values()
            return all(one.ended for one in executions if repo is None or one.repo is repo)

        with self.changed:
            if not self.changed.wait_for(over, timeout):
                left = [one.run.id for one in self._executions.values() if not one.ended]
                raise TimeoutError(f"workflow runs {left} have not ended")

    def stop(self) -> None:
        """Ends everything that was started, and returns when nothing of it is left."""
        with self.world.state.lock:
            self._stopped = True
            for execution in self._executions.values():
                execution.stop()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


def _name(path: str, content: bytes) -> str:
    try:
        return read_workflow(content).name or path
    except WorkflowError:
        return path


def _good(execution: Execution) -> dict[str, Instance]:
    """Jobs that succeeded, and all that they need too."""
    kept: dict[str, Instance] = {}
    for level, node in execution.root.everything():
        if node.result == "success" and level.status(node, cancelled=False).success:
            kept |= {one.key: one for one in node.instances if one.inner is None}
    return kept
