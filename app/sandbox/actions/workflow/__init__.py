"""Workflow files as typed definitions: read strictly; nothing is evaluated or run here."""

from app.sandbox.actions.workflow.action import Action, read_action
from app.sandbox.actions.workflow.definition import (
    Concurrency,
    Input,
    Job,
    Step,
    Trigger,
    Workflow,
)
from app.sandbox.actions.workflow.read import read_workflow
from app.sandbox.actions.workflow.tree import WorkflowError

__all__ = [
    "Action", "Concurrency", "Input", "Job", "Step", "Trigger", "Workflow", "WorkflowError",
    "read_action", "read_workflow",
]  # fmt: skip
