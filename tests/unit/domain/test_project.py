"""New projects: a description that fits and says where it comes from."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.project import MAX_DESCRIPTION, NameTaken, NewProject
from app.domain.ref import IssueRef, RepoRef

REQUEST = IssueRef(RepoRef(11, "acme", "requests", 3), 7)


def project(summary: str) -> NewProject:
    return NewProject("weather-bot", True, summary, REQUEST)


@pytest.mark.parametrize(
    ("summary", "description"),
    [
        ("Tells the weather", "Tells the weather [acme/requests#7]"),
        ("Tells\tthe\r\n\n weather ", "Tells the weather [acme/requests#7]"),
        ("", "[acme/requests#7]"),
        ("a\u202eb", "a b [acme/requests#7]"),
    ],
    ids=["plain", "lines", "empty", "direction"],
)
def test_description(summary: str, description: str) -> None:
    assert project(summary).description == description


@given(summary=st.text(max_size=1_000))
def test_any_summary_becomes_one_line_that_github_takes(summary: str) -> None:
    text = project(summary).description
    assert len(text) <= MAX_DESCRIPTION
    assert text.endswith(REQUEST.repo.full_name + "#7]")
    assert not any(unicodedata.category(char) == "Cc" for char in text)


def test_a_taken_name_says_what_to_do() -> None:
    taken = NameTaken("acme", "web", "it was made for something else")
    assert str(taken) == (
        "acme/web exists already (it was made for something else). Choose another name."
    )
    assert taken.name == "web"
