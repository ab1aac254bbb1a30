"""Reads `on:`; which events match is decided elsewhere."""

from __future__ import annotations

from typing import cast, get_args

from app.sandbox.actions.workflow.definition import Input, InputType, Trigger
from app.sandbox.actions.workflow.tree import Tree

_REFS = ("branches", "branches-ignore")
_PATHS = ("paths", "paths-ignore")
# Event → the keys it may have. Events without an entry start nothing here, and that is an error.
_EVENTS: dict[str, tuple[str, ...]] = {
    "push": (*_REFS, "tags", "tags-ignore", *_PATHS),
    "pull_request": (*_REFS, *_PATHS, "types"),
    "workflow_dispatch": ("inputs",),
    "workflow_call": ("inputs", "secrets", "outputs"),
}
_INPUT = ("description", "required", "default", "type", "options", "deprecationMessage")
_TYPES = (
    "opened", "synchronize", "reopened", "closed", "edited", "labeled", "unlabeled",
)  # fmt: skip


def read_triggers(tree: Tree) -> dict[str, Trigger]:
    if isinstance(tree.value, str):
        return {_event(tree): Trigger()}
    if isinstance(tree.value, tuple):
        return {_event(one): Trigger() for one in tree.value}
    found = tree.mapping()
    if not found:
        raise tree.wrong("`on` names no event")
    return {_event(tree.labels[name]): _trigger(name, one) for name, one in found.items()}


def _event(tree: Tree) -> str:
    name = tree.text()
    if name not in _EVENTS:
        raise tree.wrong(
            f"The sandbox starts no workflow on '{name[:80]}', only on {', '.join(_EVENTS)}"
        )
    return name


def _trigger(event: str, tree: Tree) -> Trigger:
    if tree.value is None:
        return Trigger()
    said = tree.mapping(_EVENTS[event])
    for name in ("branches", "tags", "paths"):
        if name in said and f"{name}-ignore" in said:
            raise tree.wrong(f"'{name}' and '{name}-ignore' can't both be said of '{event}'")
    lists = {key.replace("-", "_"): one.texts() for key, one in said.items()
             if key not in {"inputs", "secrets", "outputs"}}  # fmt: skip
    for wrong in set(lists.get("types", ())) - set(_TYPES):
        raise said["types"].wrong(f"The sandbox has no pull_request of type '{wrong[:80]}'")
    return Trigger(
        **lists,
        inputs=read_inputs(said["inputs"], typed=event == "workflow_call")
        if "inputs" in said else (),
        secrets=_secrets(said["secrets"]) if "secrets" in said else {},
        outputs=read_outputs(said["outputs"]) if "outputs" in said else {},
    )  # fmt: skip


def read_inputs(tree: Tree, *, typed: bool = False) -> tuple[Input, ...]:
    if tree.value is None:
        return ()
    return tuple(_input(name, one, typed=typed) for name, one in tree.mapping().items())


def _input(name: str, tree: Tree, *, typed: bool) -> Input:
    if tree.value is None and not typed:
        return Input(name)
    said = tree.mapping(_INPUT)
    kind = said["type"].text() if "type" in said else "string"
    if (typed and "type" not in said) or kind not in get_args(InputType):
        raise tree.wrong(f"Input '{name}' needs a type: one of {', '.join(get_args(InputType))}")
    options = said["options"].texts() if "options" in said else ()
    if kind == "choice" and not options:
        raise tree.wrong(f"Input '{name}' is a choice without options")
    return Input(
        name,
        cast("InputType", kind),
        required=said["required"].flag() if "required" in said else False,
        default=said["default"].plain() if "default" in said else None,
        options=options,
    )


def _secrets(tree: Tree) -> dict[str, bool]:
    required = {}
    for name, one in tree.mapping().items():
        said = {} if one.value is None else one.mapping(("description", "required"))
        required[name] = said["required"].flag() if "required" in said else False
    return required


def read_outputs(tree: Tree) -> dict[str, str]:
    found = {}
    for name, one in tree.mapping().items():
        said = one.mapping(("description", "value"))
        if "value" not in said:
            raise one.wrong(f"Output '{name}' has no value")
        found[name] = said["value"].text()
    return found
