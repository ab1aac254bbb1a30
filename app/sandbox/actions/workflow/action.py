"""Reads a composite action's `action.yml`; actions of other kinds are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.sandbox.actions.workflow.definition import Input, Step
from app.sandbox.actions.workflow.parts import read_optional
from app.sandbox.actions.workflow.steps import read_steps
from app.sandbox.actions.workflow.tree import Tree, WorkflowError, read_tree
from app.sandbox.actions.workflow.triggers import read_inputs, read_outputs

_KEYS = ("name", "author", "description", "branding", "inputs", "outputs", "runs")


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    inputs: tuple[Input, ...]
    outputs: Mapping[str, str]
    steps: tuple[Step, ...]


def read_action(content: bytes) -> Action:
    """Raises `WorkflowError`."""
    try:
        tree = read_tree(content.decode())
    except UnicodeDecodeError:
        raise WorkflowError("The file is not UTF-8") from None
    said = tree.mapping(_KEYS)
    if "runs" not in said:
        raise tree.wrong("Required property is missing: runs")
    return Action(
        read_optional(said, "name") or "",
        read_inputs(said["inputs"]) if "inputs" in said else (),
        read_outputs(said["outputs"]) if "outputs" in said else {},
        _steps(said["runs"]),
    )


def _steps(tree: Tree) -> tuple[Step, ...]:
    runs = tree.mapping()
    using = read_optional(runs, "using") or "nothing"
    if using != "composite":
        raise tree.wrong(f"The sandbox runs composite actions only, not those using {using[:40]}")
    said = tree.mapping(("using", "steps"))
    if "steps" not in said:
        raise tree.wrong("Required property is missing: steps")
    steps = read_steps(said["steps"])
    for one, step in zip(said["steps"].items(), steps, strict=True):
        if step.run is not None and step.shell is None:
            raise one.wrong("Required property is missing: shell")
        if step.timeout_minutes is not None:
            raise one.wrong("Unexpected value 'timeout-minutes'")
    return steps
