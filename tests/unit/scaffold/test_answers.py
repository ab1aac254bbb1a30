"""Answers are taken or refused as a whole, with words that say what to write instead."""

from typing import get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.domain.project import MODULES, Module
from app.scaffold.answers import Answers
from app.scaffold.error import AnswersError
from app.scaffold.template import service

GOOD: dict[str, object] = {
    "project_name": "weather-bot",
    "project_description": "The weather at our stations",
    "task_description": "I want to know\nwhether it rains.",
    "author_name": "Ada Weatherby",
    "author_email": "ada@example.com",
    "modules": ["backend"],
}


def test_what_is_not_answered_has_a_default() -> None:
    answers = Answers.read(GOOD)
    assert (answers.python_version, answers.node_version) == ("3.12", "22")
    assert Answers.read({k: v for k, v in GOOD.items() if k != "task_description"})


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("one\r\n\r\n  two \n\n", "one\n\n  two"),
        ("- a\n\t- b", "- a\n    - b"),
        ("  indented", "  indented"),
        (" \n ", ""),
    ],
    ids=["line-ends", "tabs", "indented", "blank"],
)
def test_a_task_keeps_its_lines(said: str, kept: str) -> None:
    assert Answers.read(GOOD | {"task_description": said}).task_description == kept


@pytest.mark.parametrize("order", [["frontend", "backend"], ("backend", "frontend")])
def test_modules_have_one_order(order: object) -> None:
    assert Answers.read(GOOD | {"modules": order}).modules == ("backend", "frontend")


REFUSED: dict[str, tuple[str, object]] = {
    "name-path": ("project_name", "../../etc"),
    "name-absolute": ("project_name", "/etc"),
    "name-dots": ("project_name", ".."),
    "name-git": ("project_name", "a.git"),
    "name-option": ("project_name", "--upload-pack"),
    "name-upper": ("project_name", "Weather"),
    "name-dash-last": ("project_name", "weather-"),
    "name-dashes": ("project_name", "weather--bot"),
    "name-digit": ("project_name", "1weather"),
    "name-short": ("project_name", "a"),
    "name-long": ("project_name", "a" * 41),
    "name-line": ("project_name", "weather\n"),
    "name-nul": ("project_name", "weather\0"),
    "name-jinja": ("project_name", "{{ 7*7 }}"),
    "name-yaml": ("project_name", "weather: [x]"),
    "name-cyrillic": ("project_name", "w\u0435ather"),
    "name-number": ("project_name", 7),
    "name-none": ("project_name", None),
    "description-lines": ("project_description", "one\ntwo"),
    "description-blank": ("project_description", " "),
    "description-long": ("project_description", "x" * 201),
    "description-escape": ("project_description", "a\x1b[2J"),
    "description-tags": ("project_description", "a\U000e0041"),
    "description-direction": ("project_description", "a\u202eb"),
    "description-width": ("project_description", "a\u200bb"),
    "description-variation": ("project_description", "a\ufe0f"),
    "description-surrogate": ("project_description", "a\ud800"),
    "description-list": ("project_description", ["a"]),
    "task-long": ("task_description", "x" * 4_001),
    "task-grown": ("task_description", "\tx" * 1_500),
    "task-nul": ("task_description", "a\0"),
    "task-return": ("task_description", "a\rb"),
    "task-separator": ("task_description", "a\u2028b"),
    "author-line": ("author_name", "Ada\nBob"),
    "author-long": ("author_name", "x" * 101),
    "email-none": ("author_email", "ada"),
    "email-name": ("author_email", "Ada <ada@example.com>"),
    "email-line": ("author_email", "ada@example.com\n"),
    "email-two": ("author_email", "a@b.co,c@d.co"),
    "modules-none": ("modules", []),
    "modules-twice": ("modules", ["backend", "backend"]),
    "modules-unknown": ("modules", ["backend", "../x"]),
    "modules-text": ("modules", "backend"),
    "modules-nested": ("modules", [["backend"]]),
    "modules-mapping": ("modules", {"backend": True}),
    "python-old": ("python_version", "2.7"),
    "python-number": ("python_version", 3.12),
    "node-jinja": ("node_version", "{{ 22 }}"),
    "unknown-question": ("_src_path", "/etc"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    question, answer = REFUSED[case]
    with pytest.raises(AnswersError) as caught:
        Answers.read(GOOD | {question: answer})
    (line,) = str(caught.value).splitlines()
    assert line.split(":")[0] == (
        question if question in GOOD or "version" in question else "an unknown name"
    )


@pytest.mark.parametrize("said", [None, [], "x", 7, {1: 2}, {}], ids=repr)
def test_what_are_no_answers(said: object) -> None:
    with pytest.raises(AnswersError):
        Answers.read(said)


def test_a_refusal_repeats_nothing_that_was_said() -> None:
    said = dict.fromkeys(GOOD, "S3CR3T \x1b") | {"S3CR3T\x1b": 1}
    with pytest.raises(AnswersError) as caught:
        Answers.read(said)
    assert "S3CR3T" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


WHATEVER = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "python_version", "else"]), WHATEVER))
def test_whatever_is_said_is_taken_or_refused(said: dict[str, object]) -> None:
    try:
        answers = Answers.read(GOOD | said)
    except AnswersError:
        return
    assert Answers.read(answers.model_dump(mode="json")) == answers
    assert all(c == "\n" or c.isprintable() for c in answers.task_description)


def test_the_template_asks_what_is_answered() -> None:
    questions = yaml.safe_load((service() / "copier.yml").read_text())
    asked = {name: each for name, each in questions.items() if not name.startswith("_")}
    assert list(asked) == list(Answers.model_fields)
    assert tuple(asked["modules"]["choices"].values()) == MODULES == get_args(Module)
    for name in ("python_version", "node_version"):
        field = Answers.model_fields[name]
        assert tuple(asked[name]["choices"]) == get_args(field.annotation)
        assert asked[name]["default"] == field.default
