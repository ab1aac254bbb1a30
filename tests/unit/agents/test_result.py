"""What counts as an agent's result, and as which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.contract import verdict, without_result
from app.domain.run import AgentOutcome

GOOD, BAD, ASKS = AgentOutcome.SUCCEEDED, AgentOutcome.FAILED, AgentOutcome.NEEDS_ANSWER

READ = {
    "json": ('<result>{"verdict": "success", "text": "ok"}</result>', GOOD, "ok"),
    "on lines": ('<result>\n{"verdict": "failure",\n "text": "no"}\n</result>', BAD, "no"),
    "fenced": (
        '<result>\n```json\n{"verdict": "question", "text": "?"}\n```\n</result>',
        ASKS,
        "?",
    ),
    "capitals": ('<RESULT>{"verdict": " Success "}</Result>', GOOD, ""),
    "newline in text": ('<result>{"verdict": "success", "text": "a\nb"}</result>', GOOD, "a\nb"),
    "text of another type": ('<result>{"verdict": "success", "text": 3}</result>', GOOD, ""),
    "more keys": ('<result>{"verdict": "success", "text": "a", "x": []}</result>', GOOD, "a"),
    "words": ("<result>success: it works</result>", GOOD, "it works"),
    "bold words": ("<result>**Failure** - it does not</result>", BAD, "it does not"),
    "one word": ("done <result>question</result>", ASKS, ""),
    "the last counts": ("<result>success</result> no: <result>failure</result>", BAD, ""),
    "opened twice": ("I write <result> so: <result>success</result>", GOOD, ""),
}


@pytest.mark.parametrize(("final", "outcome", "text"), READ.values(), ids=READ)
def test_read(final: str, outcome: AgentOutcome, text: str) -> None:
    found = verdict(final)
    assert found is not None
    assert (found.outcome, found.text) == (outcome, text)


NONE = {
    "nothing": "",
    "no result": "I am done, it was a success.",
    "not closed": '<result>{"verdict": "success"}',
    "not opened": '{"verdict": "success"}</result>',
    "empty": "<result></result>",
    "other words": "<result>done</result>",
    "success later": "<result>no success</result>",
    "longer word": "<result>successful</result>",
    "other verdict": '<result>{"verdict": "ok"}</result>',
    "verdict of another type": '<result>{"verdict": ["success"]}</result>',
    "true": '<result>{"verdict": true}</result>',
    "not json": '<result>{verdict: "success"}</result>',
    "a list": '<result>[{"verdict": "success"}]</result>',
    "the last is nonsense": "<result>success</result><result>hm</result>",
    "deep": "<result>" + '{"verdict":' * 100_000 + "</result>",
}


@pytest.mark.parametrize("final", NONE.values(), ids=NONE)
def test_no_result(final: str) -> None:
    assert verdict(final) is None


def test_what_was_said_besides() -> None:
    assert without_result("It works.\n\n<result>success</result>\n") == "It works."


@given(st.text() | st.from_regex(r"(<result>|</result>|\{|\}|\"verdict\":|success|```|\n)*"))
def test_never_raises(final: str) -> None:
    found = verdict(final)
    assert found is None or "\0" not in found.text
    assert without_result(final) is not None
