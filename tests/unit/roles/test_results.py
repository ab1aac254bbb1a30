"""What each role is told to end with is understood; what it may write instead does no harm."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.contract import verdict
from app.agents.reading import tidy
from app.domain.run import AgentOutcome, AgentResult
from app.domain.spec import Kind, Project, Specification
from app.roles import analyst, architect, developer, lead, product_owner, reviewer
from app.roles.context import Request
from app.roles.reviewer import Decision
from tests.unit.domain.make import SPEC

REQUEST = Request("Something nice", "Please.")
PROMPTS: dict[str, Callable[[], str]] = {
    "product owner": lambda: product_owner.prompt(REQUEST),
    "product owner, later": lambda: product_owner.follow_up(()),
    "analyst": lambda: analyst.prompt(REQUEST),
    "lead": lambda: lead.prompt(REQUEST),
    "architect": lambda: architect.prompt(REQUEST),
    "developer": lambda: developer.prompt(developer.Brief("x", "y", "make test", 1)),
    "reviewer": lambda: reviewer.prompt(reviewer.Change(REQUEST, "a" * 40)),
}


def ended(said: str) -> AgentResult:
    found = verdict(f"I have looked.\n<result>{said}</result>")
    assert found is not None
    return AgentResult(found.outcome, found.text, details=found.details)


def result(outcome: AgentOutcome = AgentOutcome.SUCCEEDED, text: str = "x", **details: Any) -> Any:
    return AgentResult(outcome, text, details=details)


def specified(result: AgentResult) -> Specification:
    spec = product_owner.read(result, "digest")
    assert spec is not None
    return spec


# What they are told


@pytest.mark.parametrize("name", PROMPTS)
def test_who_quotes_what_it_was_told_has_no_result(name: str) -> None:
    prompt = PROMPTS[name]()
    assert "<result>" in prompt
    assert verdict(prompt) is None


@pytest.mark.parametrize("name", PROMPTS)
def test_the_result_comes_last(name: str) -> None:
    assert "<result>" in PROMPTS[name]()[-1_100:]


def brief(words: str) -> developer.Brief:
    return developer.Brief("x", "y", "make test", 1, words=words)


WORDS = "Say it in English. {not} a %s form."
EXTRA: dict[str, Callable[[str], str]] = {
    "product owner": lambda words: product_owner.prompt(REQUEST, words),
    "product owner, later": lambda words: product_owner.follow_up((), words),
    "analyst": lambda words: analyst.prompt(REQUEST, words),
    "lead": lambda words: lead.prompt(REQUEST, words),
    "architect": lambda words: architect.prompt(REQUEST, words),
    "developer": lambda words: developer.prompt(brief(words)),
    "developer, later": lambda words: developer.follow_up(brief(words), 0),
    "reviewer": lambda words: reviewer.prompt(reviewer.Change(REQUEST, "a" * 40), words),
}


@pytest.mark.parametrize("name", EXTRA)
def test_the_organisation_s_own_words_stand_before_it(name: str) -> None:
    plain, more = EXTRA[name](""), EXTRA[name](f"  {WORDS}\n")
    assert more.replace(f"\n{WORDS}\n", "", 1) == plain
    assert more.index(WORDS) < more.index("<result>")
    assert EXTRA[name](" \n") == plain


# What is understood


def test_a_question() -> None:
    found = ended('{"verdict": "question", "text": "Which city?"}')
    assert (found.outcome, found.text) == (AgentOutcome.NEEDS_ANSWER, "Which city?")


@pytest.mark.parametrize("kind", Kind)
def test_a_specification_of_each_kind(kind: Kind) -> None:
    form = {"verdict": "success", "kind": kind.value, "text": "It.", "checks": [" One\n two "],
            "out_of_scope": ["Three"],
            "project": {"name": "menu-bot", "modules": ["tg_bot", "backend"]}}  # fmt: skip
    assert f'"{kind.value}"' in product_owner.prompt(REQUEST, founds=True)
    made = Project("menu-bot", ("backend", "tg_bot")) if kind is Kind.NEW_PROJECT else None
    assert specified(ended(json.dumps(form))) == Specification(
        "digest", kind, "It.", ("One two",), ("Three",), made
    )


def test_nobody_is_offered_a_project_that_there_may_not_be() -> None:
    assert "new project" not in product_owner.prompt(REQUEST)


@pytest.mark.parametrize(
    "project",
    [
        None,
        "menu-bot",
        {},
        {"name": "menu-bot"},
        {"name": "menu-bot", "modules": []},
        {"name": "menu-bot", "modules": "backend"},
        {"name": "menu-bot", "modules": ["backend", "backend"]},
        {"name": "menu-bot", "modules": ["kernel"]},
        {"name": "menu-bot", "modules": [["backend"]]},
        {"name": "Menu Bot", "modules": ["backend"]},
        {"name": "../menu", "modules": ["backend"]},
        {"name": "m", "modules": ["backend"]},
        {"name": 5, "modules": ["backend"]},
    ],
    ids=str,
)
def test_a_new_project_that_nobody_can_make_is_no_specification(project: object) -> None:
    form = {"verdict": "success", "kind": "new project", "text": "It.", "project": project}
    assert product_owner.read(ended(json.dumps(form)), "digest") is None


@pytest.mark.parametrize(
    ("review", "decision"), [("approve", Decision.APPROVED), ("changes", Decision.CHANGES)]
)
def test_a_review_of_each_kind(review: str, decision: Decision) -> None:
    form = {"verdict": "success", "review": review, "text": "It.", "notes": [" a.py: mend it\n"]}
    assert f'"{review}"' in reviewer.prompt(reviewer.Change(REQUEST, "a" * 40))
    read = reviewer.read(ended(json.dumps(form)))
    assert (read.decision, read.text) == (decision, "It.")
    assert read.notes == (("a.py: mend it",) if decision is Decision.CHANGES else ())


def test_sharper_criteria() -> None:
    form = '{"verdict": "success", "text": "New.", "checks": ["GET /x says 404", ""]}'
    sharper = analyst.sharpened(SPEC, ended(form))
    assert sharper == Specification(
        SPEC.request, SPEC.kind, SPEC.what, ("GET /x says 404",), SPEC.out_of_scope
    )


# What is not


NOT_A_SPECIFICATION = {
    "no kind": result(),
    "another kind": result(kind="epic"),
    "a kind of another type": result(kind=["change"]),
    "a kind in capitals": result(kind="Change"),
    "no words": result(text=" \n", kind="change"),
}


@pytest.mark.parametrize("found", NOT_A_SPECIFICATION.values(), ids=NOT_A_SPECIFICATION)
def test_no_specification(found: AgentResult) -> None:
    assert product_owner.read(found, "digest") is None


NOT_SHARPER = {
    "none": result(),
    "empty": result(checks=[" ", ""]),
    "of another type": result(checks="GET /x says 404"),
    "of other types": result(checks=[1, None, ["x"], {"a": "b"}]),
    "a failure": result(AgentOutcome.FAILED, checks=["x"]),
    "a crash": result(AgentOutcome.CRASHED, checks=["x"]),
    "a question": result(AgentOutcome.NEEDS_ANSWER, checks=["x"]),
}


@pytest.mark.parametrize("found", NOT_SHARPER.values(), ids=NOT_SHARPER)
def test_an_analyst_that_fails_spoils_nothing(found: AgentResult) -> None:
    assert analyst.sharpened(SPEC, found) == SPEC


NO_REVIEW = {
    "no word": result(),
    "another word": result(review="lgtm"),
    "in capitals": result(review="Approve"),
    "of another type": result(review=["approve"]),
    "true": result(review=True),
    "a failure": result(AgentOutcome.FAILED, review="approve"),
    "a crash": result(AgentOutcome.CRASHED, review="approve"),
    "a question": result(AgentOutcome.NEEDS_ANSWER, review="approve"),
    "stopped": result(AgentOutcome.STOPPED, review="approve"),
    "out of time": result(AgentOutcome.TIMED_OUT, review="approve"),
    "changes, and not a word of which": result(text=" ", review="changes", notes=["", " ", 3]),
}


@pytest.mark.parametrize("found", NO_REVIEW.values(), ids=NO_REVIEW)
def test_no_review(found: AgentResult) -> None:
    """Only a clear word approves."""
    assert reviewer.read(found).decision is Decision.NONE


@pytest.mark.parametrize("notes", [None, [], "a.py", [1], ["", " "]], ids=str)
def test_changes_without_notes_are_asked_for_with_their_reason(notes: Any) -> None:
    found = reviewer.read(result(text="It is wrong.", review="changes", notes=notes))
    assert (found.decision, found.notes) == (Decision.CHANGES, ("It is wrong.",))


# However much there is


def test_all_of_it_is_bounded() -> None:
    many = ["x" * 5_000] * 5_000
    spec = specified(result(text="y" * 50_000, kind="change", checks=many, out_of_scope=many))
    assert len(spec.what) == 3_000
    assert [len(item) for item in spec.checks] == [300] * 12
    assert {len(item) for item in spec.out_of_scope} == {300}
    assert analyst.sharpened(SPEC, result(checks=many)).checks == spec.checks
    notes = reviewer.read(result(review="changes", notes=many)).notes
    assert [len(note) for note in notes] == [500] * 10
    assert len(reviewer.read(result(text="z" * 900, review="changes")).notes[0]) == 500


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
keys = st.sampled_from(["kind", "checks", "out_of_scope", "review", "notes", "answers"])
details = st.dictionaries(keys, values)


@given(st.sampled_from(AgentOutcome), st.text(max_size=40), details)
def test_whatever_an_agent_says_is_read(
    outcome: AgentOutcome, text: str, said: dict[str, Any]
) -> None:
    found = AgentResult(outcome, text, details=tidy(said))
    msgspec.json.encode(product_owner.read(found, "digest"))
    msgspec.json.encode(analyst.sharpened(SPEC, found))
    msgspec.json.encode(reviewer.read(found))
