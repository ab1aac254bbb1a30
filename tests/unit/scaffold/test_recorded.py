"""An answers file is read as it was written, or refused."""

import contextlib
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.domain.project import MODULES
from app.scaffold.answers import Answers
from app.scaffold.error import AnswersError
from app.scaffold.recorded import Recorded, parse

GOOD = {
    "project_name": "null",
    "project_description": "1",
    "task_description": "true",
    "author_name": "~",
    "author_email": "ada@example.com",
    "modules": ["backend"],
}
VISIBLE = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=50)


@given(
    VISIBLE.filter(lambda text: text.strip()),
    st.lists(VISIBLE).map("\n".join),
    st.sets(st.sampled_from(MODULES), min_size=1),
)
def test_what_was_answered_is_read(description: str, task: str, modules: set[str]) -> None:
    said = GOOD | {"project_description": description, "task_description": task}
    try:
        answers = Answers.read(said | {"modules": list(modules)})
    except AnswersError:
        return
    kept = {"_digest": "sha256:1", "asked_no_more": "x", **answers.model_dump(mode="json")}
    for unicode in (True, False):
        text = yaml.safe_dump(kept, allow_unicode=unicode, default_flow_style=False)
        assert parse(text) == Recorded(answers, "sha256:1")


REFUSED = {
    "no digest": ("project_name: a\n", "names no digest"),
    "no answers": ("_digest: [a]", "project_name: is not answered"),
    "a mapping for the modules": ("_digest: 1\nmodules: {a: b}", "line 2: write a text"),
    "a list": ("- _digest", "write `key: value` lines"),
    "a key twice": ("_digest: 1\n_digest: 2\n", "line 2: '_digest' is there twice"),
    "a key of parts": ("? [a]\n: 1\n", "line 1: write a text"),
    "an alias": ("_digest: &a 1\nmodules: [*a]\n", "line 2: aliases are not taken"),
    "deep": (f"modules: {'[' * 50}{']' * 50}\n", "nested too deep"),
    "two documents": ("_digest: 1\n---\n_digest: 1\n", "not valid YAML"),
    "broken": ("_digest: [", "not valid YAML"),
    "control signs": ("_digest: \x00", "characters that YAML does not allow"),
    "empty": ("", "is empty"),
    "huge": ("#" * 100_001, "shorten it"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(text: str, said: str) -> None:
    with pytest.raises(AnswersError, match=re.escape(said)):
        parse(text)


@given(st.text() | st.text(alphabet="_digest: 1\n-[]{}&*!?|>'\"#%@a"))
def test_whatever_stands_there_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(AnswersError):
        assert parse(text).answers
