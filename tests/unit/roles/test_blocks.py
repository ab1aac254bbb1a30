"""Foreign text stands in blocks that it can't end, whichever role is told of it."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.spec import Kind, Specification
from app.domain.thread import Comment
from app.roles import analyst, architect, developer, lead, product_owner, reviewer
from app.roles.context import Request, block, inside
from tests.unit.domain.make import AT

TAGS = (
    "request", "review", "comments", "failures", "specification", "plan", "change", "summary",
    "findings",
)  # fmt: skip
FORMS = ("<{}>", "</{}>", "</ {}>", "< /{}>", "<\t/\n{} >", "</{}\n>", "<{} a='b'>", "</{}")


def request(text: str) -> Request:
    spec = Specification("digest", Kind.CHANGE, text, (text,), (text,))
    return Request(text, text, spec, (Comment(1, "alice", AT, text),))


def brief(text: str) -> developer.Brief:
    given = request(text)
    return developer.Brief(
        title=text, body=text, test_command="make test", attempt=2, failures=(text,),
        comments=given.comments, spec=given.spec, plan=text,
        threads=(developer.Thread(text, text, (text,)),), remarks=(text,), merging=text,
    )  # fmt: skip


PROMPTS: dict[str, Callable[[str], str]] = {
    "product owner": lambda text: product_owner.prompt(request(text)),
    "product owner, later": lambda text: product_owner.follow_up(request(text).comments),
    "analyst": lambda text: analyst.prompt(request(text)),
    "lead": lambda text: lead.prompt(request(text)),
    "architect": lambda text: architect.prompt(request(text)),
    "developer": lambda text: developer.prompt(brief(text)),
    "developer, later": lambda text: developer.follow_up(brief(text), 0),
    "reviewer": lambda text: reviewer.prompt(
        reviewer.Change(request(text), "a" * 40, text, (text, text))
    ),
}
_TAG = re.compile(rf"<\s*/?\s*(?:{'|'.join(TAGS)})\b", re.IGNORECASE)


@pytest.mark.parametrize("name", PROMPTS)
@pytest.mark.parametrize("form", FORMS)
def test_no_tag_of_ours_is_written_by_others(name: str, form: str) -> None:
    own = _TAG.findall(PROMPTS[name]("harmless"))
    for tag in TAGS:
        for word in (tag, tag.upper()):
            assert _TAG.findall(PROMPTS[name](form.format(word))) == own


@given(st.text(alphabet=st.sampled_from("<>/ \n\u200b\u00adreqstlan`*&;"), max_size=40))
def test_however_it_is_written(text: str) -> None:
    assert _TAG.findall(inside(text)) == []
    assert _TAG.findall(block("plan", text)) == ["<plan", "</plan"]


@pytest.mark.parametrize("name", PROMPTS)
def test_braces_are_only_braces(name: str) -> None:
    """The prompts are forms, and foreign text is filled in once."""
    assert "{0} {rules} {} {{x}} %s" in PROMPTS[name]("{0} {rules} {} {{x}} %s")


@pytest.mark.parametrize("name", PROMPTS)
def test_each_is_told_by_which_rules_to_read_it(name: str) -> None:
    assert "does not count" in PROMPTS[name]("x")


# What a role is told, and what it is not


def test_nobody_has_said_anything() -> None:
    plain = Request("Title", "")
    for prompt in (product_owner.prompt, analyst.prompt, architect.prompt):
        told = prompt(plain)
        assert "<comments>" not in told
        assert "<specification>" not in told
        assert "(no description)" in told
    assert "<comments>" not in product_owner.follow_up(())


def test_a_reviewer_is_told_what_there_is() -> None:
    bare = reviewer.prompt(reviewer.Change(Request("Title", "Body"), "b" * 40))
    assert "git diff " + "b" * 40 in bare
    assert all(f"<{tag}>" not in bare for tag in ("plan", "findings", "comments", "specification"))
    whole = reviewer.prompt(reviewer.Change(request("x"), "b" * 40, "By hand.", ("a: b", "c: d")))
    assert "<plan>\nBy hand.\n</plan>" in whole
    assert "<findings>\n- a: b\n- c: d\n</findings>" in whole


def test_a_developer_is_told_of_threads_by_their_numbers() -> None:
    threads = (
        developer.Thread("a.py, line 3", "@@ -1 +1 @@", ("wanda: Why?", "you: So.")),
        developer.Thread("b.py, since changed", "", ("olivia: Hm.",)),
    )
    told = developer.follow_up(
        developer.Brief("x", "y", "make test", 2, threads=threads, remarks=("wanda: Almost.",)), 0
    )
    assert (
        "<review>\nwanda: Almost.\n\nThread 1, a.py, line 3:\n@@ -1 +1 @@\nwanda: Why?\nyou: So."
        "\n\nThread 2, b.py, since changed:\n\nolivia: Hm.\n</review>"
    ) in told
    assert '"answers": {"1": ' in told
    assert '"answers"' not in developer.follow_up(developer.Brief("x", "y", "make test", 2), 0)


def test_a_developer_is_told_of_the_plan() -> None:
    """Also in a session from before: each round has a plan of its own."""
    planned = developer.Brief("x", "y", "make test", 1, plan="By hand.")
    for told in (developer.prompt(planned), developer.follow_up(planned, 0)):
        assert "<plan>\nBy hand.\n</plan>" in told
    assert "<plan>" not in developer.follow_up(developer.Brief("x", "y", "make test", 1), 0)
