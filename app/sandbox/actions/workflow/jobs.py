"""Reads jobs, and what they need of each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from app.sandbox.actions.expression import Value
from app.sandbox.actions.workflow.definition import Job
from app.sandbox.actions.workflow.parts import (
    Said,
    read_concurrency,
    read_condition,
    read_defaults,
    read_optional,
    read_permissions,
    read_texts,
    read_value,
)
from app.sandbox.actions.workflow.steps import read_steps
from app.sandbox.actions.workflow.tree import Tree

_EVERY = ("name", "needs", "if", "permissions", "concurrency", "strategy")
_OWN = (
    *_EVERY, "runs-on", "env", "defaults", "outputs", "steps", "timeout-minutes",
    "continue-on-error",
)  # fmt: skip
_CALLING = (*_EVERY, "uses", "with", "secrets")
_ON_GITHUB_ONLY = frozenset({"environment", "container", "services", "snapshot"})
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_MAX_JOBS = 256


def read_jobs(tree: Tree) -> tuple[Job, ...]:
    found = tree.mapping()
    if not 0 < len(found) <= _MAX_JOBS:
        raise tree.wrong(f"A workflow has from 1 to {_MAX_JOBS} jobs")
    for name in found:
        if not _ID.fullmatch(name):
            raise tree.labels[name].wrong(f"The identifier '{name[:80]}' is invalid")
    jobs = tuple(_job(name, one) for name, one in found.items())
    for job in jobs:
        for needed in job.needs:
            if needed not in found:
                raise found[job.id].wrong(f"Job '{job.id}' depends on unknown job '{needed[:80]}'")
    _refuse_circles(tree, {job.id: job.needs for job in jobs})
    return jobs


def _refuse_circles(tree: Tree, needs: Mapping[str, tuple[str, ...]]) -> None:
    left = dict(needs)
    while free := [name for name, wanted in left.items() if not set(wanted) & left.keys()]:
        for name in free:
            del left[name]
    if left:
        raise tree.wrong(f"Jobs depend on each other in a circle: {', '.join(left)}")


def _job(name: str, tree: Tree) -> Job:
    for key in tree.mapping().keys() & _ON_GITHUB_ONLY:
        raise tree.labels[key].wrong(f"The sandbox does not do '{key}' of a job")
    calls = "uses" in tree.mapping()
    said = tree.mapping(_CALLING if calls else _OWN)
    for needed in () if calls else ("runs-on", "steps"):
        if needed not in said:
            raise tree.wrong(f"Required property is missing: {needed}")
    strategy: Said = {}
    if "strategy" in said:
        strategy = said["strategy"].mapping(("matrix", "fail-fast", "max-parallel"))
    return Job(
        id=name,
        name=read_optional(said, "name"),
        needs=said["needs"].texts() if "needs" in said else (),
        condition=read_condition(said),
        runs_on=_runs_on(said),
        permissions=read_permissions(said),
        concurrency=read_concurrency(said),
        env=read_texts(said, "env"),
        defaults=read_defaults(said),
        outputs=read_texts(said, "outputs"),
        steps=read_steps(said["steps"]) if "steps" in said else (),
        timeout_minutes=read_value(said, "timeout-minutes", 360.0),
        continue_on_error=read_value(said, "continue-on-error", False),
        matrix=read_value(strategy, "matrix", None),
        fail_fast=read_value(strategy, "fail-fast", True),
        max_parallel=read_value(strategy, "max-parallel", None),
        uses=read_optional(said, "uses"),
        with_={key: one.plain() for key, one in said["with"].mapping().items()}
        if "with" in said else {},
        secrets=_handed_on(said),
    )  # fmt: skip


def _runs_on(said: Said) -> Value:
    if "runs-on" not in said:
        return None
    if isinstance(said["runs-on"].value, Mapping):
        raise said["runs-on"].wrong("The sandbox has no groups of runners: name a label")
    return [*said["runs-on"].texts()]


def _handed_on(said: Said) -> Mapping[str, str] | Literal["inherit"] | None:
    if "secrets" not in said:
        return None
    if said["secrets"].value == "inherit":
        return "inherit"
    return read_texts(said, "secrets")
