"""The analyst: turns a specification into acceptance criteria that can be checked."""

from dataclasses import replace

from app.domain.run import AgentOutcome, AgentResult
from app.domain.spec import Specification
from app.domain.words.plan import fitting
from app.roles.context import RULES, Request, own_words, requested
from app.roles.contract import ending, listed

_TASK = """\
You are the analyst of this repository. A product owner has specified what the request below is to
become. {rules}
You change nothing and write no code. Make its acceptance criteria such that a test can decide each:
one observable fact in a sentence, with inputs and outputs where there are any, and the failures
that a user would meet. Leave out what no user would notice. Look at the repository for the words
and the places.

{request}
"""
_RESULT = ending("""\
<result>{"verdict": "…", "text": "…", "checks": ["GET /x says 404", "…"]}</result>

`verdict` is "success" with all criteria in `checks`, and what is new about them in `text`; or
"failure", with the reason in `text`, when it can't be checked at all.
""")


def prompt(request: Request, extra: str = "") -> str:
    """`extra` are the organisation's own words to its analyst."""
    return _TASK.format(rules=RULES, request=requested(request)) + own_words(extra) + _RESULT


def sharpened(spec: Specification, result: AgentResult) -> Specification:
    """With the criteria of the result; as it was where there are none."""
    checks = listed(result.details.get("checks"))
    if result.outcome is not AgentOutcome.SUCCEEDED or not checks:
        return spec
    return fitting(replace(spec, checks=checks))
