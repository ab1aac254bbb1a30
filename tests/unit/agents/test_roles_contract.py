"""What agents are told and what is read of them are one contract."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.contract import verdict
from app.domain.run import Repeat
from app.roles import developer
from app.roles.contract import COMMANDS, RESULT, loop_promised, loop_told


@pytest.mark.parametrize("failures", [(), ("tests/test_x.py: it failed",)])
def test_the_developer_is_told(failures: tuple[str, ...]) -> None:
    brief = developer.Brief("x", "y", "make test", 2, failures)
    assert developer.prompt(brief).endswith(RESULT)
    assert developer.follow_up(brief, 0).endswith(RESULT)


def test_who_quotes_the_example_has_no_result() -> None:
    assert verdict(RESULT) is None


@pytest.mark.parametrize("word", ["success", "failure", "question"])
def test_the_example_with_each_verdict_is_understood(word: str) -> None:
    assert f'"{word}"' in RESULT
    found = verdict(RESULT.replace("…", word, 1).replace("…", "So it is.", 1))
    assert found is not None
    assert found.text == "So it is."


# Of a kind that the configuration takes.
@given(st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9 .,:!_-]{1,78}[A-Za-z0-9]\Z"))
def test_what_is_told_of_a_loop_keeps_no_promise(until: str) -> None:
    loop = Repeat(until, 5)
    told, promised = loop_told(loop), loop_promised(loop)
    assert promised == Repeat(f"<promise>{until}</promise>", 5)
    for said in (told, RESULT, COMMANDS, json.dumps(told)):
        assert promised.until not in said
    assert promised.until in json.dumps({"text": f"It works.\n{promised.until}\n"})
    assert f"{until} between <promise> and </promise>" in told
