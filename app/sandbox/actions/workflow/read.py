"""Reads a whole workflow file; a key it does not know is an error, never passed over."""

from __future__ import annotations

import functools

from app.sandbox.actions.workflow.definition import Workflow
from app.sandbox.actions.workflow.jobs import read_jobs
from app.sandbox.actions.workflow.parts import (
    read_concurrency,
    read_defaults,
    read_optional,
    read_permissions,
    read_texts,
)
from app.sandbox.actions.workflow.tree import WorkflowError, read_tree
from app.sandbox.actions.workflow.triggers import read_triggers

_KEYS = ("name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs")


def read_workflow(content: bytes) -> Workflow:
    """Raises `WorkflowError`."""
    found = _read(content)
    if isinstance(found, str):
        raise WorkflowError(found)
    return found


@functools.lru_cache(maxsize=256)
def _read(content: bytes) -> Workflow | str:
    """What is wrong is remembered like what is right."""
    try:
        return _workflow(content.decode())
    except UnicodeDecodeError:
        return "The file is not UTF-8"
    except WorkflowError as error:
        return str(error)


def _workflow(text: str) -> Workflow:
    tree = read_tree(text)
    said = tree.mapping(_KEYS)
    for name in ("on", "jobs"):
        if name not in said:
            raise tree.wrong(f"Required property is missing: {name}")
    return Workflow(
        name=read_optional(said, "name"),
        run_name=read_optional(said, "run-name"),
        triggers=read_triggers(said["on"]),
        permissions=read_permissions(said),
        env=read_texts(said, "env"),
        defaults=read_defaults(said),
        concurrency=read_concurrency(said),
        jobs=read_jobs(said["jobs"]),
    )
