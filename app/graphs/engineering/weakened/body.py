"""What a function of a test file checks, from its syntax alone, and what keeps it from counting."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from app.graphs.engineering.weakened import strength

MARKS = frozenset(
    {
        *("skip", "skipif", "xfail", "skipIf", "skipUnless", "skipTest", "expectedFailure"),
        *("flaky", "importorskip"),
    }
)
_SWALLOWED = frozenset({"", "Exception", "BaseException", "AssertionError"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Check:
    """`text` names it (the same check has the same text); `demand` is what it asks."""

    text: str
    demand: int
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a function; one that only checks can be added without taking anything away."""

    text: str
    line: int
    checks: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Something by what it says and where: a decorator, a call, a condition."""

    text: str
    line: int


def looked_at(function: Function) -> Iterator[Check | Mark]:
    """The checks that are reached, and calls such as `pytest.skip()`."""
    used = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    yield from _Body(frozenset(used)).read(function.body, in_vain=False)


def is_empty(function: Function) -> bool:
    return all(_says_nothing(statement) for statement in function.body)


def statements(function: Function) -> list[Step]:
    """What it is made of: decorators, parameters, statements; a docstring is left out."""
    given = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
    named = ", ".join(name for name in given if name not in ("self", "cls"))
    steps = [step for node in function.decorator_list for step in _decorator(node)]
    steps.append(Step(f"({named})", function.lineno, False))
    said = [node for node in function.body if not _is_remark(node)]
    return steps + [Step(ast.dump(node), node.lineno, _only_checks(node)) for node in said]


def _decorator(node: ast.expr) -> list[Step]:
    """Of one that lists cases, each case by itself: more of them take nothing away."""
    if isinstance(node, ast.Call) and strength.called(node) == "parametrize" and node.args[1:]:
        named, cases, *_ = node.args
        rest = [ast.dump(word.value) for word in node.keywords if word.arg != "ids"]
        whole = Step(f"{ast.dump(named)} {rest}", node.lineno, False)
        return [whole, *(Step(part, node.lineno, True) for part in parts(cases))]
    return [Step(ast.dump(node), node.lineno, False)]


def parts(value: ast.expr) -> list[str]:
    """The entries of a table, or all of another value as one."""
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        return [ast.dump(item) for item in value.elts]
    if isinstance(value, ast.Dict):
        entries = zip(value.keys, value.values, strict=True)
        return [f"{ast.dump(k) if k else '**'}: {ast.dump(v)}" for k, v in entries]
    return [ast.dump(value)]


def _only_checks(node: ast.stmt) -> bool:
    if isinstance(node, ast.With | ast.AsyncWith):
        calls = [item.context_expr for item in node.items]
        return all(isinstance(c, ast.Call) and strength.of_call(c) is not None for c in calls)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return strength.of_call(node.value) is not None
    return isinstance(node, ast.Assert)


def marks(nodes: list[ast.expr]) -> list[Mark]:
    """Those among decorators, and within them, that may keep a test from counting."""
    found = []
    for node in nodes:
        names = {
            strength.last_name(inner)
            for inner in ast.walk(node)
            if isinstance(inner, ast.Attribute | ast.Name)
        }
        if MARKS & names:
            found.append(Mark(said(node), node.lineno))
    return found


def said(node: ast.AST) -> str:
    """Its first line."""
    return ast.unparse(node).partition("\n")[0]


def blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The lists of statements in a statement."""
    for name in ("body", "orelse", "finalbody"):
        yield getattr(node, name, [])
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def is_never(node: ast.stmt) -> bool:
    """Its body is not reached."""
    if isinstance(node, ast.If | ast.While):
        return isinstance(node.test, ast.Constant) and not node.test.value
    return (
        isinstance(node, ast.For)
        and isinstance(node.iter, ast.List | ast.Tuple)
        and not node.iter.elts
    )


@dataclass(frozen=True, slots=True)
class _Body:
    """`used` are the names that the function reads: an inner function of another name is idle."""

    used: frozenset[str]

    def read(self, statements: list[ast.stmt], *, in_vain: bool) -> Iterator[Check | Mark]:
        """`in_vain`: a failure would be caught, so nothing is demanded."""
        for node in statements:
            if isinstance(node, ast.Assert):
                demand = strength.ALWAYS if in_vain else strength.of_expression(node.test)
                yield Check(ast.dump(node.test), demand, node.lineno)
            elif isinstance(node, ast.Try):
                yield from self._try(node, in_vain)
            elif isinstance(node, ast.With | ast.AsyncWith):
                yield from self._with(node, in_vain)
            elif isinstance(node, Function) and node.name not in self.used:
                continue
            elif any(inner := list(blocks(node))):
                for block in inner[is_never(node) :]:
                    yield from self.read(block, in_vain=in_vain)
            else:
                yield from _calls(node, in_vain)
            if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break):
                return

    def _try(self, node: ast.Try, in_vain: bool) -> Iterator[Check | Mark]:
        lost = in_vain or any(_swallows(handler) for handler in node.handlers)
        lost = lost or any(isinstance(last, ast.Return) for last in node.finalbody)
        yield from self.read(node.body, in_vain=lost)
        for block in [*(handler.body for handler in node.handlers), node.orelse, node.finalbody]:
            yield from self.read(block, in_vain=in_vain)

    def _with(self, node: ast.With | ast.AsyncWith, in_vain: bool) -> Iterator[Check | Mark]:
        for item in node.items:
            yield from _calls(item.context_expr, in_vain)
        lost = in_vain or any(_suppresses(item.context_expr) for item in node.items)
        yield from self.read(node.body, in_vain=lost)


def _calls(node: ast.AST, in_vain: bool) -> Iterator[Check | Mark]:
    for inner in ast.walk(node):
        if not isinstance(inner, ast.Call):
            continue
        if strength.called(inner) in MARKS:
            yield Mark(said(inner), inner.lineno)
        elif (demand := strength.of_call(inner)) is not None:
            yield Check(ast.dump(inner), strength.ALWAYS if in_vain else demand, inner.lineno)


def _says_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Return):
        return node.value is None or isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Pass) or _is_remark(node)


def _is_remark(node: ast.stmt) -> bool:
    """A docstring, `...`."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _swallows(handler: ast.ExceptHandler) -> bool:
    """It catches a failed check, and does not fail itself."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {"" if kind is None else strength.last_name(kind) for kind in kinds}
    fails = any(
        isinstance(inner, ast.Raise | ast.Assert)
        or (isinstance(inner, ast.Call) and strength.called(inner) == "fail")
        for statement in handler.body
        for inner in ast.walk(statement)
    )
    return bool(names & _SWALLOWED) and not fails


def _suppresses(item: ast.expr) -> bool:
    return (
        isinstance(item, ast.Call)
        and strength.called(item) == "suppress"
        and any(strength.last_name(arg) in _SWALLOWED for arg in item.args)
    )
