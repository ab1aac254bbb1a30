"""Whether an event starts a workflow: a pure decision over what the file says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.sandbox.actions.globs import selected
from app.sandbox.actions.workflow import Trigger, Workflow

# https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs
_SKIP = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")
_PULL_TYPES = ("opened", "synchronize", "reopened")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What happened. `ref` is the pushed one, or a pull request's base; `changed` asks git."""

    event: str
    ref: str
    action: str = ""
    message: str = ""
    changed: Callable[[], Sequence[str]] = tuple


def starts(workflow: Workflow, occasion: Occasion) -> bool:
    trigger = workflow.triggers.get(occasion.event)
    if trigger is None or skipped(occasion.message):
        return False
    if occasion.event == "pull_request" and occasion.action not in (trigger.types or _PULL_TYPES):
        return False
    return _ref_fits(trigger, occasion) and _paths_fit(trigger, occasion)


def skipped(message: str) -> bool:
    """The head commit asks for no runs."""
    last = message.strip().splitlines()[-2:]
    trailer = any(line.replace(" ", "").lower() == "skip-checks:true" for line in last)
    return trailer or any(word in message for word in _SKIP)


def _ref_fits(trigger: Trigger, occasion: Occasion) -> bool:
    branches = (trigger.branches, trigger.branches_ignore)
    tags = (trigger.tags, trigger.tags_ignore)
    if occasion.event == "pull_request":
        return _fits(occasion.ref.removeprefix("refs/heads/"), *branches)
    of_tag = occasion.ref.startswith("refs/tags/")
    own, other = (tags, branches) if of_tag else (branches, tags)
    # Who filters only tags does not mean branches, and the other way round.
    if own == (None, None) and other != (None, None):
        return False
    return _fits(occasion.ref.split("/", 2)[2], *own)


def _fits(name: str, only: Sequence[str] | None, but: Sequence[str] | None) -> bool:
    if only is not None:
        return selected(name, only)
    return but is None or not selected(name, but)


def _paths_fit(trigger: Trigger, occasion: Occasion) -> bool:
    if occasion.ref.startswith("refs/tags/"):
        return True
    if trigger.paths is not None:
        return any(selected(path, trigger.paths) for path in occasion.changed())
    if trigger.paths_ignore is not None:
        return not all(selected(path, trigger.paths_ignore) for path in occasion.changed())
    return True
