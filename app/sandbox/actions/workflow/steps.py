"""Reads steps, of jobs and of composite actions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.sandbox.actions.workflow.definition import Step
from app.sandbox.actions.workflow.parts import (
    Said,
    read_condition,
    read_optional,
    read_texts,
    read_value,
)
from app.sandbox.actions.workflow.tree import Tree

_ANY = ("id", "if", "name", "env", "continue-on-error", "timeout-minutes")
_USES = (*_ANY, "uses", "with")
_RUN = (*_ANY, "run", "shell", "working-directory")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_MAX_STEPS = 1000


def read_steps(tree: Tree) -> tuple[Step, ...]:
    found = tree.items()
    if not 0 < len(found) <= _MAX_STEPS:
        raise tree.wrong(f"There are from 1 to {_MAX_STEPS} steps")
    steps = [_step(one) for one in found]
    _refuse_twins(found, steps)
    return tuple(steps)


def _refuse_twins(trees: Sequence[Tree], steps: Sequence[Step]) -> None:
    seen: set[str] = set()
    for tree, step in zip(trees, steps, strict=True):
        if step.id and step.id.lower() in seen:
            raise tree.wrong(f"The identifier '{step.id}' may not be used more than once")
        seen.add(step.id.lower())


def _step(tree: Tree) -> Step:
    keys = tree.mapping()
    if ("uses" in keys) == ("run" in keys):
        raise tree.wrong("A step has either `uses` or `run`")
    said: Said = tree.mapping(_USES if "uses" in keys else _RUN)
    key = read_optional(said, "id") or ""
    if key and not _ID.fullmatch(key):
        raise said["id"].wrong(f"The identifier '{key[:80]}' is invalid")
    return Step(
        id=key,
        name=read_optional(said, "name"),
        condition=read_condition(said),
        uses=read_optional(said, "uses"),
        run=read_optional(said, "run"),
        shell=read_optional(said, "shell"),
        working_directory=read_optional(said, "working-directory"),
        with_={name.lower(): text for name, text in read_texts(said, "with").items()},
        env=read_texts(said, "env"),
        continue_on_error=read_value(said, "continue-on-error", False),
        timeout_minutes=read_value(said, "timeout-minutes", None),
    )
