"""Jobs that call a workflow of the same repository, and what comes back from them."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox import git
from app.sandbox.actions.expression import resolve, text_of
from app.sandbox.actions.inputs import called
from app.sandbox.actions.level import Instance, Level, Node
from app.sandbox.actions.permissions import granted
from app.sandbox.actions.record import WorkflowRun
from app.sandbox.actions.scopes import Scopes
from app.sandbox.actions.workflow import Trigger, WorkflowError, read_workflow
from app.sandbox.state import Repository

_MAX_DEPTH = 4
_FOLDER = "./.github/workflows/"


def call(repo: Repository, run: WorkflowRun, scopes: Scopes, level: Level, node: Node,
         instance: Instance) -> Level:  # fmt: skip
    """Raises `WorkflowError` or `ExpressionError`."""
    said = node.job.uses or ""
    if not said.startswith(_FOLDER):
        raise WorkflowError(
            f"The sandbox calls workflows of the same commit only, not {said[:200]}"
        )
    if level.depth >= _MAX_DEPTH:
        raise WorkflowError(f"Workflows call each other more than {_MAX_DEPTH} deep")
    found = git.blob(repo.path, run.sha, said.removeprefix("./"))
    if found is None:
        raise WorkflowError(f"error parsing called workflow: workflow was not found: {said[:200]}")
    workflow = read_workflow(found[1])
    trigger = workflow.triggers.get("workflow_call")
    if trigger is None:
        raise WorkflowError(f"{said[:200]} is not reusable: it is missing `on: workflow_call`")
    scope = scopes.instance(level, node, instance.combination)
    given = resolve(dict(node.job.with_), scope)
    return Level.of(
        workflow,
        inputs=called(trigger.inputs, given if isinstance(given, dict) else {}),
        secrets=_secrets(trigger, scopes, level, node, instance),
        prefix=f"{instance.name} / ",
        ceiling=granted(level.workflow.permissions, node.job.permissions, level.ceiling),
        depth=level.depth + 1,
    )


def _secrets(
    trigger: Trigger, scopes: Scopes, level: Level, node: Node, instance: Instance
) -> Mapping[str, str]:
    said = node.job.secrets
    if said == "inherit":
        given = dict(level.secrets)
    else:
        scope = scopes.call(level, node, instance)
        given = {name: text_of(text, scope) for name, text in (said or {}).items()}
        unknown = sorted(given.keys() - trigger.secrets.keys())
        if unknown:
            raise WorkflowError(f"Invalid secret, {unknown[0]} is not defined in the workflow.")
    for name, required in trigger.secrets.items():
        if required and not given.get(name):
            raise WorkflowError(f"Secret {name} is required, but not provided while calling.")
    return given


def finished(scopes: Scopes, instance: Instance, inner: Level) -> None:
    """Raises `ExpressionError` for outputs that can't be evaluated."""
    scope = scopes.outputs(inner)
    known = inner.workflow.triggers["workflow_call"].outputs
    instance.outputs = {name: text_of(text, scope) for name, text in known.items()}
    instance.result = inner.result
