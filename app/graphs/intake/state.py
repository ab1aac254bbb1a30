"""What the intake graph carries from node to node; plain values, for checkpoints."""

from dataclasses import asdict
from typing import Any

from app.domain.spec import Kind, Project, Specification
from app.graphs.state import Carried


class State(Carried, total=False):
    """`base` is the sha that agents look at. One of `spec`, `question`, `answer` and `reason` is
    what the run ends with.
    """

    base: str
    spec: dict[str, Any] | None
    question: str
    answer: str
    reason: str
    over_budget: bool


def plain_spec(spec: Specification) -> dict[str, Any]:
    return {
        **asdict(spec),
        "kind": spec.kind.value,
        "checks": list(spec.checks),
        "out_of_scope": list(spec.out_of_scope),
        "project": None
        if spec.project is None
        else {**asdict(spec.project), "modules": list(spec.project.modules)},
    }


def spec_of(state: State) -> Specification | None:
    said = state.get("spec")
    if said is None:
        return None
    return Specification(
        request=said["request"],
        kind=Kind(said["kind"]),
        what=said["what"],
        checks=tuple(said["checks"]),
        out_of_scope=tuple(said["out_of_scope"]),
        project=_project_of(said.get("project")),
    )


def _project_of(said: dict[str, Any] | None) -> Project | None:
    return None if said is None else Project(said["name"], tuple(said["modules"]))
