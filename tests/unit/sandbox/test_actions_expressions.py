"""GitHub's expressions: what they come to, what they refuse, and that nothing else happens."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sandbox.actions.expression import (
    ExpressionError,
    Scope,
    Status,
    Value,
    condition,
    evaluate,
    interpolate,
    resolve,
    text_of,
)
from app.sandbox.actions.expression.syntax import MAX_LENGTH
from app.sandbox.actions.expression.values import MAX_TEXT

GITHUB: dict[str, Value] = {
    "ref": "refs/heads/main", "event": {"commits": [{"id": "a", "n": 1.0}, {"id": "b"}], "x": {}},
    "Actor": "ann",
}  # fmt: skip
ENV: dict[str, Value] = {"A": "1", "empty": "", "my-key": "dashed"}
SCOPE = Scope({"github": GITHUB, "env": ENV, "steps": {}}, Status())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("null", None), ("true", True), ("'it''s'", "it's"), ("''", ""),
        ("42", 42.0), ("-9.2", -9.2), ("0xff", 255.0), ("0o17", 15.0), ("-2.99e-2", -0.0299),
        ("github.ref", "refs/heads/main"), ("GITHUB['REF']", "refs/heads/main"),
        ("github.actor", "ann"), ("env.my-key", "dashed"), ("env.nothing.at.all", None),
        ("github.event.commits[0].id", "a"), ("github.event.commits[7].id", None),
        ("github.event.commits['x']", None),
        ("join(github.event.commits.*.id)", "a,b"),
        ("join(github.event.commits.*.n, '-')", "1"),
        ("join(github.event.commits[*].id[1])", ""),
        ("1 == '1'", True), ("'A' == 'a'", True), ("'' == 0", True), ("null == ''", True),
        ("true == 1", True), ("'x' == 0", False), ("NaN == NaN", False), ("'NaN' != 'nan'", False),
        ("github.event == github.event", True), ("github.event == 'Object'", False),
        ("1 < 2", True), ("'b' > 'A'", True), ("2 <= 2", True), ("'x' < 1", False),
        ("3 >= 4", False), ("1 < 2 == true", True),
        ("!true", False), ("!!'x'", True), ("!!!0", True), ("!!!!0", False),
        ("false || 'b'", "b"), ("'a' && 'b'", "b"), ("'' && 'b'", ""), ("0 || null", None),
        ("false && true || true", True), ("(1 == 2) || !(1 == 2)", True),
        ("contains('Hello', 'LL')", True), ("contains(fromJSON('[\"a\", \"B\"]'), 'b')", True),
        ("contains(github.event, 'x')", False), ("contains('a1', 1)", True),
        ("startsWith(github.ref, 'REFS/heads')", True), ("endsWith('abc', 'C')", True),
        ("format('{{{0}}} {1}-{0}', 'a', 2)", "{a} 2-a"),
        ("join('solo', ';')", "solo"), ("join(fromJSON('[1, true, null]'), ' ')", "1 true "),
        ("toJSON(env.A)", '"1"'), ("toJSON(fromJSON('1.50'))", "1.5"),
        ("toJSON(fromJSON('{\"a\":[1,2]}'))", '{\n  "a": [\n    1,\n    2\n  ]\n}'),
        ("fromJSON('[1,2]')[1]", 2.0), ("success()", True), ("always()", True),
        ("cancelled() || failure()", False), ("SUCCESS()", True),
    ],
    ids=str,
)  # fmt: skip
def test_comes_to(text: str, wanted: Value) -> None:
    found = evaluate(text, SCOPE)
    assert found == wanted
    assert type(found) is type(wanted) or isinstance(found, float)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "'open", "a b", "1 +", "1 + 2", "github.", "github[", "github[1", "()", "(1",
        "1)", "f(1,", "f(,)", '"double"', "a = b", "1 2", "0x", "1.2.3", "&& 1", "nothing",
        "nothing()", "contains('a')", "format()", "format('{0}')", "format('{')", "format('{x}')",
        "fromJSON('{')", "fromJSON('NaN')", "success(1)", "hashFiles('x')", "github.'x'",
        "${{ 1 }}", "matrix.x", "a\0b", "(" * 60 + "1" + ")" * 60, "1" + "<1" * 60,
        "x" * (MAX_LENGTH + 1), f"fromJSON('{'[' * 60}{']' * 60}')", f"fromJSON('{'[' * 9000}')",
    ],
    ids=lambda text: ascii(text[:30]),
)  # fmt: skip
def test_refuses(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, SCOPE)


def test_what_is_long_is_no_deep_recursion() -> None:
    assert evaluate(" || ".join(["false"] * 2000 + ["'x'"]), SCOPE) == "x"
    assert evaluate("!" * 20_000 + "true", SCOPE) is True
    assert evaluate("env" + ".x" * 5000, SCOPE) is None


def test_results_are_capped() -> None:
    bomb = "'" + "x" * 5000 + "'"
    for _ in range(6):
        bomb = f"format('{{0}}{{0}}{{0}}{{0}}{{0}}', {bomb})"
    with pytest.raises(ExpressionError, match="longer than"):
        evaluate(bomb, SCOPE)
    quotes = "'" + '"' * 1000 + "'"
    for _ in range(20):
        quotes = f"toJSON({quotes})"
    with pytest.raises(ExpressionError, match="longer than"):
        evaluate(quotes, SCOPE)
    with pytest.raises(ExpressionError, match="longer than"):
        text_of("${{ env.A }}" + "y" * MAX_TEXT, SCOPE)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", "plain"), ("a ${{ env.A }} b", "a 1 b"), ("${{ 1 == 1 }}", True),
        ("${{ github.event.x }}", {}), ("${{ '}}' }}", "}}"), ("${{ 1.0 }}${{ null }}!", "1!"),
        ("$ {{ x }}", "$ {{ x }}"), ("", ""), ("${{ 0.1 }} ${{ 1e21 }}", "0.1 1e+21"),
    ],
    ids=str,
)  # fmt: skip
def test_texts(text: str, wanted: Value) -> None:
    assert interpolate(text, SCOPE) == wanted


@pytest.mark.parametrize("text", ["${{", "${{ 'x }}", "a ${{ 1 } }", "${{ }}"])
def test_texts_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        interpolate(text, SCOPE)


def test_everything_within_is_resolved() -> None:
    said: Value = {"a": ["${{ env.A }}", 2.0], "b": {"c": "x${{ env.A }}"}, "d": None}
    assert resolve(said, SCOPE) == {"a": ["1", 2.0], "b": {"c": "x1"}, "d": None}


FAILED = Status(success=False, failure=True)
CANCELLED = Status(success=False, cancelled=True)


@pytest.mark.parametrize(
    ("text", "status", "wanted"),
    [
        ("", Status(), True), ("", FAILED, False), ("always()", FAILED, True),
        ("failure()", FAILED, True), ("failure()", Status(), False),
        ("env.A == '1'", Status(), True), ("env.A == '1'", FAILED, False),
        ("env.A == '2' || always()", FAILED, True), ("${{ env.A == '1' }}", Status(), True),
        ("${{ !cancelled() }}", FAILED, True), ("!cancelled()", CANCELLED, False),
        ("cancelled()", CANCELLED, True), ("${{ env.empty }}", Status(), False),
        ("${{ false }} text", Status(), True), ("${{ false }} text", FAILED, False),
        ("'always()'", FAILED, False), ("${{ success() }}", FAILED, False),
    ],
    ids=str,
)  # fmt: skip
def test_conditions(text: str, status: Status, wanted: bool) -> None:
    assert condition(text, Scope(SCOPE.contexts, status)) is wanted


_PIECES = st.sampled_from([
    "github", ".ref", "['x']", "[0]", ".*", "(", ")", "!", "&&", "||", "==", "<", ">=", "1", "-0x1",
    "'s'", "''", "null", "NaN", "true", "contains(", "toJSON(", "format('{0}',", ",", " ", "env.A",
    "success()", "fromJSON('[1]')", "join(",
])  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map("".join)))
@settings(max_examples=400)
def test_is_total(text: str) -> None:
    """A value or an `ExpressionError`, whatever comes."""
    try:
        evaluate(text, SCOPE)
    except ExpressionError:
        return


@given(st.text(alphabet="${} '}x", max_size=40))
@settings(max_examples=300)
def test_texts_are_total(text: str) -> None:
    try:
        interpolate(text, SCOPE)
    except ExpressionError:
        return


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner,
                                                                max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(_JSON)
def test_json_comes_back(value: Value) -> None:
    scope = Scope({"x": {"json": json.dumps(value)}})
    assert _alike(evaluate("fromJSON(toJSON(fromJSON(x.json)))", scope), value)


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-30)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    return one == other
