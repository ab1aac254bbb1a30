"""What `strategy.matrix` comes to: one mapping of values for each job."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from app.sandbox.actions.expression import ExpressionError, Value, to_text

Combination = dict[str, Value]
MAX_JOBS = 256


def combinations(matrix: Value) -> list[Combination]:
    """In GitHub's order. `matrix` is evaluated; one empty combination where there is none."""
    if matrix is None:
        return [{}]
    if not isinstance(matrix, dict):
        raise ExpressionError("strategy.matrix is a mapping")
    axes = {name: _list(name, values) for name, values in matrix.items()
            if name not in {"include", "exclude"}}  # fmt: skip
    excluded = _objects("exclude", matrix.get("exclude"))
    originals = [one for one in _product(axes) if not any(_covers(one, out) for out in excluded)]
    found = _included(originals, _objects("include", matrix.get("include")))
    if not 0 < len(found) <= MAX_JOBS:
        raise ExpressionError(f"strategy.matrix gives {len(found)} jobs; from 1 to {MAX_JOBS}")
    return found


def suffix(combination: Mapping[str, Value]) -> str:
    """What is added to a job's name."""
    texts = [text for value in combination.values() for text in _flat(value)]
    return f" ({', '.join(texts)})" if texts else ""


def _flat(value: Value) -> Iterator[str]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _flat(one)
    else:
        yield to_text(value)


def _product(axes: Mapping[str, list[Value]]) -> list[Combination]:
    if not axes:
        return []
    size = 1
    for values in axes.values():
        size *= len(values)
        if size > 10_000:
            raise ExpressionError(f"strategy.matrix gives more than {MAX_JOBS} jobs")
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def _included(originals: list[Combination], extras: list[Combination]) -> list[Combination]:
    """Each extra goes into all that it contradicts in nothing original; else it stands alone."""
    found = [dict(one) for one in originals]
    for extra in extras:
        fits = [number for number, one in enumerate(originals)
                if all(one.get(key, value) == value for key, value in extra.items())]  # fmt: skip
        for number in fits:
            found[number] |= extra
        if not fits:
            found.append(dict(extra))
    return found


def _covers(one: Combination, pattern: Combination) -> bool:
    return all(key in one and one[key] == value for key, value in pattern.items())


def _list(name: str, values: Value) -> list[Value]:
    if not isinstance(values, list) or not values:
        raise ExpressionError(f"strategy.matrix.{name} is a list of at least one value")
    return values


def _objects(name: str, values: Value) -> list[Combination]:
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        raise ExpressionError(f"strategy.matrix.{name} is a list of mappings")
    return [one for one in values if isinstance(one, dict)]
