"""How an agent's output is read, whichever it is. All of it is hostile; nothing here raises."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

TEXT_CHARACTERS = 4000
_TOKENS = 10**12
_COST = 1e9
_SESSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")
_DENIALS = 20
_ITEMS = 100  # of a list or an object
_DEPTH = 6
_NUMBER = 2**53

Event = Mapping[str, Any]


def events(output: bytes) -> Iterator[Event]:
    """Every line that is a JSON object; what is cut, binary or nested too deep is none."""
    for line in output.split(b"\n"):
        if not line.lstrip().startswith(b"{"):
            continue
        try:
            event = json.loads(line.decode())
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            yield event


def part(event: object, *keys: str) -> Event:
    """An object, or one within; empty where there is none."""
    found: Any = event
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def words(value: object) -> str | None:
    """A text, or None where it is something else."""
    return clean(value, None) if isinstance(value, str) else None


def clean(value: object, limit: int | None = TEXT_CHARACTERS) -> str:
    """Text that a database and an issue can hold: no NUL, no lone surrogate, not endless."""
    text = value if isinstance(value, str) else ""
    return text.replace("\0", "").encode(errors="replace").decode()[:limit]


def tidy(value: object, depth: int = _DEPTH) -> Any:
    """A JSON value of which all that is kept can be written again, and is not endless."""
    match value:
        case None | bool():
            return value
        case str():
            return clean(value)
        case int() | float():
            return value if -_NUMBER <= value <= _NUMBER else None
        case list() if depth:
            return [tidy(item, depth - 1) for item in value[:_ITEMS]]
        case dict() if depth:
            few = list(value.items())[:_ITEMS]
            return {clean(key, 100): tidy(item, depth - 1) for key, item in few}
    return None


def count(value: object) -> int:
    """A number of tokens; 0 for what can't be one."""
    good = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, 0), _TOKENS) if good and isinstance(value, int) else 0


def cost(value: object) -> float:
    """An amount of money; 0 for what can't be one, such as NaN."""
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if good and isinstance(value, int | float) and 0 <= value <= _COST else 0.0


def session_id(value: object) -> str | None:
    """An id that may stand in a command line and a path."""
    return value if isinstance(value, str) and _SESSION.fullmatch(value) else None


def listed(value: object) -> list[object]:
    """A list, empty where there is none."""
    return value if isinstance(value, list) else []


def names(values: Iterable[object]) -> tuple[str, ...]:
    """A few short names, each once."""
    found = dict.fromkeys(clean(value, 100) for value in values if isinstance(value, str))
    return tuple(found)[:_DENIALS]
