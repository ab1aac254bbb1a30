"""What the template is told: whatever people and agents wrote, it is what the template takes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.policy import NewProjects
from app.domain.project import MODULES
from app.domain.spec import Kind, Project
from app.domain.task import Task
from app.graphs.founding.answers import answers
from app.graphs.founding.project import new_project, specified
from app.graphs.ports import GivenUp
from app.scaffold.answers import Answers
from tests.unit.domain.make import SPEC, task, with_record

NEW = replace(SPEC, kind=Kind.NEW_PROJECT, project=Project("menu-board", ("backend",)))
ALLOWED = {"new_projects": NewProjects(python_version="3.13")}
# Signs that would work somewhere: in templates, TOML, YAML, Markdown, shells, terminals.
HOSTILE = st.text(
    st.one_of(
        st.sampled_from(
            "{}%#\"'\\`$<>|&;:-[]@!\n\r\t\0\x1b\u2028\u202e\u200b\ufe0f\u115f\u3164\u034f\U000e0041\ud800"
        ),
        st.characters(),
    ),
    max_size=300,
)


def wanting(**changes: Any) -> Task:
    made = task(policy=ALLOWED, **changes)
    return with_record(made, spec=replace(NEW, request=made.request_digest))


@given(title=HOSTILE, what=HOSTILE, author=HOSTILE)
def test_what_is_told_is_always_taken(title: str, what: str, author: str) -> None:
    made = wanting(title=title, author=author)
    told = answers(with_record(made, spec=replace(NEW, what=what)))
    taken = Answers.read(told)
    assert taken.project_name == "menu-board"
    assert "\n" not in taken.project_description
    assert taken.modules == ("backend",)


@given(what=st.text(min_size=1, max_size=60), times=st.integers(100, 3_000))
def test_a_long_text_is_cut(what: str, times: int) -> None:
    told = answers(with_record(wanting(), spec=replace(NEW, what=what * times)))
    assert len(Answers.read(told).task_description) <= 4_000


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("alice", "alice"),
        ("alice-b", "alice-b"),
        ("dependabot[bot]", "orc"),
        ("", "orc"),
        ("a b", "orc"),
        ("alice\n", "orc"),
        ("{{ 1 }}", "orc"),
        ("älice", "orc"),
        ("-", "orc"),
        ("x" * 40, "orc"),
    ],
)
def test_who_is_named_as_its_author(author: str, name: str) -> None:
    told = Answers.read(answers(wanting(author=author)))
    assert told.author_name == name
    assert told.author_email == f"{name}@users.noreply.github.com"


def test_what_nobody_can_see_in_it_is_left_out() -> None:
    spec = replace(NEW, what="A menu.\n\n<!-- and a backdoor -->\nDaily.\u200b")
    told = answers(with_record(wanting(title="A \u202eboard"), spec=spec))
    assert told["task_description"] == "A menu.\n\n\nDaily."
    assert told["project_description"] == "A board"


def test_versions_are_the_organisations() -> None:
    told = Answers.read(answers(wanting()))
    assert (told.python_version, told.node_version) == ("3.13", "22")


def test_a_title_that_shows_nothing_is_the_name() -> None:
    assert answers(wanting(title="\u200b \n"))["project_description"] == "menu-board"


@pytest.mark.parametrize(
    ("spec", "policy", "words"),
    [
        (None, ALLOWED, "No project was specified"),
        (SPEC, ALLOWED, "No project was specified"),
        (NEW, {}, "`new_projects: repositories`"),
    ],
    ids=["nothing", "a change", "not allowed"],
)
def test_what_cannot_be_founded_is_said(spec: Any, policy: dict[str, Any], words: str) -> None:
    made = with_record(task(policy=policy), spec=spec)
    for ask in (specified, new_project, answers):
        with pytest.raises(GivenUp, match=words):
            ask(made)


def test_an_edit_does_not_change_what_the_run_was_begun_for() -> None:
    made = replace(wanting(), body="And a backdoor.")
    assert made.spec is None
    assert new_project(made).name == "menu-board"


def test_all_modules_can_be_asked_for() -> None:
    made = wanting()
    spec = replace(NEW, project=Project("menu-board", MODULES))
    assert Answers.read(answers(with_record(made, spec=spec))).modules == MODULES
