"""What agents are told and what is read of them are one contract."""

import pytest

from app.agents.contract import verdict
from app.roles import developer
from app.roles.contract import RESULT


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
