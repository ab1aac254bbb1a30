"""How much one check of a Python test demands, as a small number. Pure; it runs nothing.

The numbers are only for comparing a test with what it was: an equation asks more than "is true".
"""

import ast

ALWAYS = 0  # it can't fail
_SOME, _LOOSE, _CLOSE, _EXACT = 1, 2, 3, 4
_OPERATORS: tuple[tuple[type[ast.cmpop], int], ...] = (
    (ast.Eq, _EXACT),
    (ast.Is, _EXACT),
    (ast.In, _CLOSE),
    (ast.Lt, _CLOSE),
    (ast.LtE, _CLOSE),
    (ast.Gt, _CLOSE),
    (ast.GtE, _CLOSE),
    (ast.NotEq, _LOOSE),
    (ast.IsNot, _LOOSE),
    (ast.NotIn, _LOOSE),
)
_BROAD = frozenset({"Exception", "BaseException"})
_RAISES = frozenset({"raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns"})
_EXACT_CALLS = frozenset(
    {
        *("assertEqual", "assertEquals", "assertIs", "assertIsNone", "assertListEqual"),
        *("assertDictEqual", "assertSetEqual", "assertTupleEqual", "assertMultiLineEqual"),
        *("assertCountEqual", "assertSequenceEqual", "assert_called_once_with", "assert_equal"),
        *("assert_array_equal", "assert_frame_equal", "assert_called_with", "assert_has_calls"),
    }
)
_TRUTH_CALLS = frozenset({"assertTrue", "assert_", "assert_true", "assertIsNotNone"})


def of_expression(test: ast.expr) -> int:
    """What `assert test` demands. Raises RecursionError where it is nested too deeply."""
    if isinstance(test, ast.BoolOp):
        parts = [of_expression(value) for value in test.values]
        return sum(parts) if isinstance(test.op, ast.And) else max(min(parts) - 1, ALWAYS)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return ALWAYS if _is_true(test.operand) else _LOOSE
    if isinstance(test, ast.Compare):
        return _comparison(test)
    if isinstance(test, ast.NamedExpr):
        return of_expression(test.value)
    return ALWAYS if _is_true(test) else _LOOSE


def _comparison(test: ast.Compare) -> int:
    sides = [test.left, *test.comparators]
    if all(_is_constant(side) for side in sides) or len({ast.dump(side) for side in sides}) == 1:
        return ALWAYS
    demand = 0
    for operator, side in zip(test.ops, test.comparators, strict=True):
        exact = next(demand for kind, demand in _OPERATORS if isinstance(operator, kind))
        demand += exact - 1 if _is_loosened(side) or _is_loosened(test.left) else exact
    return demand


def _is_loosened(side: ast.expr) -> bool:
    """`approx(x, rel=…)`, `mock.ANY`."""
    if isinstance(side, ast.Call):
        return called(side) == "approx" and bool(side.keywords or side.args[1:])
    return isinstance(side, ast.Attribute | ast.Name) and last_name(side) == "ANY"


def _is_constant(node: ast.expr) -> bool:
    """It depends on nothing."""
    return not any(isinstance(inner, ast.Name | ast.Call) for inner in ast.walk(node))


def _is_true(node: ast.expr) -> bool:
    """Its truth is known before the test runs: also that of `assert (x, "message")`."""
    return _is_constant(node) or isinstance(node, ast.Tuple | ast.Lambda | ast.JoinedStr)


def of_call(call: ast.Call) -> int | None:
    """What `self.assertEqual(…)`, `fail(…)` or `raises(…)` demands; None: it is no check."""
    name = called(call)
    if name in _RAISES:
        expected = last_name(call.args[0]) if call.args else ""
        return _SOME if expected in _BROAD else _EXACT + bool(call.keywords)
    if name in ("fail", "assert_never"):
        return _LOOSE
    if not name.startswith("assert"):
        return None
    if call.args and all(_is_constant(arg) for arg in call.args):
        return ALWAYS
    if len(call.args) > 1 and ast.dump(call.args[0]) == ast.dump(call.args[1]):
        return ALWAYS
    if name in _TRUTH_CALLS:
        return of_expression(call.args[0]) if call.args else ALWAYS
    return _EXACT if name in _EXACT_CALLS else _CLOSE


def called(call: ast.Call) -> str:
    """The last part of what is called."""
    return last_name(call.func)


def last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
