"""Checks the inputs of a dispatched or called workflow, and fills in what was not said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.sandbox.actions.expression import Value, to_text
from app.sandbox.actions.workflow import Input, WorkflowError


def dispatched(known: Sequence[Input], given: Mapping[str, Value]) -> dict[str, Value]:
    """As POST …/dispatches takes them: texts are turned into what the input is."""
    _refuse_unknown(known, given, "Unexpected inputs provided: {}")
    return {one.name: _from_text(one, given.get(one.name)) for one in known}


def called(known: Sequence[Input], given: Mapping[str, Value]) -> dict[str, Value]:
    """As a job's `with:` hands them on: the kind must be right already."""
    _refuse_unknown(known, given, "Invalid input, {} is not defined in the referenced workflow.")
    return {one.name: _typed(one, given) for one in known}


def _refuse_unknown(known: Sequence[Input], given: Mapping[str, Value], words: str) -> None:
    unknown = sorted(given.keys() - {one.name for one in known})
    if unknown:
        raise WorkflowError(words.format(", ".join(unknown)[:300]))


def _from_text(one: Input, said: Value) -> Value:
    if said is None or said == "":
        if one.required and one.default is None:
            raise WorkflowError(f"Required input '{one.name}' not provided")
        said = one.default
    if one.type == "boolean":
        if said not in {None, True, False, "true", "false"}:
            raise WorkflowError(f"Provided value for input '{one.name}' is not true or false")
        return said in {True, "true"}
    if one.type == "choice":
        chosen = to_text(said) if said is not None else one.options[0]
        if chosen not in one.options:
            raise WorkflowError(
                f"Provided value '{chosen[:80]}' for input '{one.name}' not in the list of "
                "allowed values"
            )
        return chosen
    return to_text(said)


def _typed(one: Input, given: Mapping[str, Value]) -> Value:
    if one.name not in given:
        if one.required:
            raise WorkflowError(f"Input {one.name} is required, but not provided while calling.")
        empty: dict[str, Value] = {"string": "", "boolean": False, "number": 0.0}
        return empty.get(one.type, "") if one.default is None else one.default
    value = given[one.name]
    fits = {
        "string": not isinstance(value, list | dict),
        "boolean": isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
    }
    if not fits.get(one.type, False):
        raise WorkflowError(f"Input {one.name} is a {one.type}, and was given something else")
    return to_text(value) if one.type == "string" else value
