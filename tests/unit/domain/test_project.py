"""New projects: a description that fits and says where it comes from."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.project import MAX_DESCRIPTION, NameTaken, NewProject, is_name
from app.domain.ref import IssueRef, RepoRef

REQUEST = IssueRef(RepoRef(11, "acme", "requests", 3), 7)
KEY, SEAL = b"a key", "e573d7bb336e1580"


def project(summary: str) -> NewProject:
    return NewProject("weather-bot", True, summary, REQUEST)


@pytest.mark.parametrize(
    ("summary", "description"),
    [
        ("Tells the weather", "Tells the weather "),
        ("Tells\tthe\r\n\n weather ", "Tells the weather "),
        ("", ""),
        ("a\u202eb", "a b "),
    ],
    ids=["plain", "lines", "empty", "direction"],
)
def test_description(summary: str, description: str) -> None:
    assert project(summary).description(KEY) == f"{description}[acme/requests#7 {SEAL}]"


@given(summary=st.text(max_size=1_000))
def test_any_summary_becomes_one_line_that_github_takes(summary: str) -> None:
    text = project(summary).description(KEY)
    assert len(text) <= MAX_DESCRIPTION
    assert text.endswith(f"{REQUEST.repo.full_name}#7 {SEAL}]")
    assert project("Else").is_origin_of(text, KEY)
    assert not any(unicodedata.category(char) == "Cc" for char in text)


@pytest.mark.parametrize(
    "other",
    [
        replace(project("T"), name="weather-bots"),
        replace(project("T"), request=replace(REQUEST, number=8)),
        replace(project("T"), request=replace(REQUEST, repo=replace(REQUEST.repo, id=12))),
    ],
    ids=["name", "issue", "repository"],
)
def test_nobody_else_can_describe_a_repository_as_made_for_a_request(other: NewProject) -> None:
    """Whoever may make repositories would else get what is pushed into it, and could prepare it."""
    ours = project("T").description(KEY)
    assert not other.is_origin_of(ours, KEY)
    assert not project("T").is_origin_of(project("T").description(b"another key"), KEY)
    for forged in ("", "[acme/requests#7]", "T [acme/requests#7]", "T [acme/requests#7 ]", SEAL):
        assert not project("T").is_origin_of(forged, KEY)


def test_it_is_known_though_the_request_s_repository_was_renamed() -> None:
    renamed = replace(REQUEST, repo=replace(REQUEST.repo, name="ideas"))
    assert replace(project("T"), request=renamed).is_origin_of(project("T").description(KEY), KEY)


def test_a_taken_name_says_what_to_do() -> None:
    taken = NameTaken("acme", "web", "it was made for something else")
    assert str(taken) == (
        "acme/web exists already (it was made for something else). Choose another name."
    )
    assert taken.name == "web"


@pytest.mark.parametrize("name", ["ab", "menu-board", "a1-2b-c3", "a" * 40])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "a", "a" * 41, "1a", "Menu", "menu_board", "menu--board", "-menu", "menu-", "a b"]
)
def test_what_is_no_name(name: str) -> None:
    assert not is_name(name)
