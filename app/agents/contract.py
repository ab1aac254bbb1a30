"""Reads the `<result>` an agent ends with; app/roles/contract.py tells agents to write it.

Much is understood; only one clear word counts as success.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.agents.reading import clean, tidy
from app.domain.run import AgentOutcome

_RESULT = re.compile(r"<result>((?:(?!<result>).)*?)</result>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"\A```[a-z]*\n(.*)\n```\Z", re.DOTALL)
_WORD = re.compile(r"\W*(success|failure|question)\b[\s:.,*_–—-]*", re.IGNORECASE)
_VERDICTS = {
    "success": AgentOutcome.SUCCEEDED,
    "failure": AgentOutcome.FAILED,
    "question": AgentOutcome.NEEDS_ANSWER,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: AgentOutcome
    text: str
    details: Mapping[str, object] = field(default_factory=dict)


def verdict(final: str) -> Verdict | None:
    """What the last `<result>` says; None where there is none, or none that names a verdict."""
    found = _RESULT.findall(final)
    if not found:
        return None
    body = found[-1].strip()
    fenced = _FENCE.match(body)
    body = fenced[1].strip() if fenced else body
    return _of_json(body) if body.startswith("{") else _of_words(body)


def without_result(final: str) -> str:
    """What was said besides, for a result that has no text of its own."""
    return clean(_RESULT.sub("", final).strip())


def _of_json(body: str) -> Verdict | None:
    try:
        said = json.loads(body, strict=False)
    except (ValueError, RecursionError):
        return None
    word = said.get("verdict") if isinstance(said, dict) else None
    outcome = _VERDICTS.get(word.strip().lower()) if isinstance(word, str) else None
    if outcome is None:
        return None
    details = tidy({key: value for key, value in said.items() if key not in ("verdict", "text")})
    return Verdict(outcome, clean(said.get("text")).strip(), details)


def _of_words(body: str) -> Verdict | None:
    word = _WORD.match(body)
    if word is None:
        return None
    return Verdict(_VERDICTS[word[1].lower()], clean(body[word.end() :].strip()))
