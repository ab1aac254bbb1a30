"""What a workflow file says, typed; texts still hold their expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.sandbox.actions.expression import Value

# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
SCOPES = frozenset({
    "actions", "attestations", "checks", "contents", "deployments", "discussions", "id-token",
    "issues", "models", "packages", "pages", "pull-requests", "security-events", "statuses",
})  # fmt: skip

Permissions = Mapping[str, str] | Literal["read-all", "write-all"] | None
InputType = Literal["string", "boolean", "number", "choice", "environment"]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of workflow_dispatch, workflow_call or an action."""

    name: str
    type: InputType = "string"
    required: bool = False
    default: Value = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """Filters of one event; None: not said. `secrets` and `outputs` are of workflow_call."""

    branches: tuple[str, ...] | None = None
    branches_ignore: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    tags_ignore: tuple[str, ...] | None = None
    paths: tuple[str, ...] | None = None
    paths_ignore: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    inputs: tuple[Input, ...] = ()
    secrets: Mapping[str, bool] = field(default_factory=dict)  # name -> required
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Concurrency:
    group: str
    cancel_in_progress: Value = False


@dataclass(frozen=True, slots=True)
class Defaults:
    """Of `run` steps."""

    shell: str | None = None
    working_directory: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    id: str = ""
    name: str | None = None
    condition: str = ""
    uses: str | None = None
    run: str | None = None
    shell: str | None = None
    working_directory: str | None = None
    with_: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    continue_on_error: Value = False
    timeout_minutes: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`secrets` is of jobs that call a workflow; None: none are handed on."""

    id: str
    name: str | None = None
    needs: tuple[str, ...] = ()
    condition: str = ""
    runs_on: Value = None
    permissions: Permissions = None
    concurrency: Concurrency | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    defaults: Defaults = field(default_factory=Defaults)
    outputs: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    timeout_minutes: Value = 360.0
    continue_on_error: Value = False
    matrix: Value = None
    fail_fast: Value = True
    max_parallel: Value = None
    uses: str | None = None
    with_: Mapping[str, Value] = field(default_factory=dict)
    secrets: Mapping[str, str] | Literal["inherit"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    name: str | None = None
    run_name: str | None = None
    triggers: Mapping[str, Trigger]
    permissions: Permissions = None
    env: Mapping[str, str] = field(default_factory=dict)
    defaults: Defaults = field(default_factory=Defaults)
    concurrency: Concurrency | None = None
    jobs: tuple[Job, ...]
