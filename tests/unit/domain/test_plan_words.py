"""What agents write is shown in our comments, and none of it works there."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.spec import Kind, Specification
from app.domain.words import plan
from tests.unit.domain.make import SPEC

# A sign of Markdown that is not escaped, or a mention, reference or link that GitHub would find.
LIVE = re.compile(r"(?<!\\)[*_`\[\]<>#|~!]|@\w|#\d|https?://|www\.")
written = st.text(
    alphabet=st.sampled_from("a1 \n\r\t*_`[]()<>#@|~!\\-+=./:w&;\u202e\0\u2028é"), max_size=60
)


def inner(shown: str) -> str:
    """Without the marks of a quote, which are ours."""
    return re.sub(r"^> ?", "", shown, flags=re.MULTILINE)


@given(written)
def test_nothing_in_a_question_works(text: str) -> None:
    first, *body, last = plan.question("alice", text).split("\n\n")
    assert first == "@alice ❓ **The product owner asks**"
    assert last == "Answer in a comment here, and the work goes on."
    quote = "\n\n".join(body)
    assert all(line.startswith(">") for line in quote.split("\n"))
    assert not LIVE.search(inner(quote))


@given(written, st.lists(written, max_size=3))
def test_nothing_in_a_specification_works(text: str, items: list[str]) -> None:
    spec = Specification("digest", Kind.CHANGE, text, tuple(items), tuple(items))
    shown = plan.specification(spec)
    for ours in ("**What is built**", "**It is done when**", "**Left alone on purpose**"):
        shown = shown.replace(ours, "", 1)
    assert not LIVE.search(inner(shown))
    assert shown.count("\n- ") == 2 * len(items)


@given(written)
def test_a_plan_can_not_end_the_part_that_holds_it(text: str) -> None:
    shown = plan.architecture(text)
    assert shown.startswith("<details><summary>How it is built</summary>\n\n>")
    assert shown.endswith("\n\n</details>")
    assert not LIVE.search(inner(shown[len("<details><summary>How it is built</summary>") : -10]))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_caption(kind: Kind) -> None:
    spec = Specification("digest", kind, "So.")
    assert plan.specification(spec) == f"**What is built** — a {kind.value}\n\n> So\\."


def test_whoever_is_gone_is_not_mentioned() -> None:
    assert plan.question("", "Which?").startswith("❓ ")
    assert plan.answer("", "That.").startswith("💬 ")
    assert plan.answer("alice", "That.").startswith("@alice 💬 ")


def test_all_of_a_specification_is_part_of_what_is_approved() -> None:
    assert SPEC.text == (
        "change\nAn endpoint `/warmest`.\n- GET /warmest says the warmest city.\nOut of scope:\n"
        "- The coldest."
    )
    assert Specification("digest", Kind.BUG, "So.").text == "bug\nSo."
    changes = [
        Specification("digest", Kind.BUG, SPEC.what, SPEC.checks, SPEC.out_of_scope),
        Specification("digest", SPEC.kind, "Another.", SPEC.checks, SPEC.out_of_scope),
        Specification("digest", SPEC.kind, SPEC.what, (), SPEC.out_of_scope),
        Specification("digest", SPEC.kind, SPEC.what, SPEC.checks, ()),
        Specification("digest", SPEC.kind, SPEC.what, SPEC.checks + SPEC.out_of_scope),
    ]
    assert len({SPEC.text, *(spec.text for spec in changes)}) == 6
