"""What a Python file's tests are and what they check, from its syntax alone. It imports nothing.

Only what pytest and unittest would collect counts as a test: a function that is renamed, shadowed,
deleted again or defined under `if False` is none.
"""

import ast
from dataclasses import dataclass, field, replace

from app.graphs.engineering.weakened import body, strength
from app.graphs.engineering.weakened.body import Check, Function, Mark, Step

MAX_CHARACTERS = 200_000
_MOST_STEPS = 3_000_000  # a file made for it could name everything again and again


@dataclass(slots=True)
class Test:
    """A function of a test file; `collected`: the runner would find it as a test.

    `cases` is in how many it runs, None where only the runner knows.
    """

    name: str
    line: int
    collected: bool
    checks: list[Check] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    cases: int | None = 1
    empty: bool = False

    @property
    def demand(self) -> int:
        return sum(check.demand for check in self.checks)

    @property
    def texts(self) -> frozenset[str]:
        return frozenset(check.text for check in self.checks)


@dataclass(frozen=True, slots=True)
class Bound:
    """Of a table that only grows no part is lost."""

    parts: frozenset[str]
    line: int


@dataclass(slots=True)
class Outline:
    """Functions by qualified name; `loose`, in full, is what runs when the file is imported.

    `bound` says by name what the file's own names stand for, part by part.
    """

    tests: dict[str, Test] = field(default_factory=dict)
    loose: list[Mark] = field(default_factory=list)
    bound: dict[str, Bound] = field(default_factory=dict)


def outline(text: str) -> Outline | None:
    """None where it can't be read as Python, or not within limits. Never raises."""
    if len(text) > MAX_CHARACTERS:
        return None
    reader = _Reader()
    try:
        reader.read(ast.parse(text).body, _Scope())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return reader.found


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a definition stands: in which class, whether that is collected, what marks it."""

    prefix: str = ""
    collected: bool = True
    marks: tuple[Mark, ...] = ()

    def marked(self, *more: Mark) -> "_Scope":
        return replace(self, marks=(*self.marks, *more))


class _Reader:
    def __init__(self) -> None:
        self.found = Outline()
        self._steps = 0

    def read(self, statements: list[ast.stmt], scope: _Scope) -> None:
        for node in statements:
            if isinstance(node, Function):
                self._function(node, scope)
            elif isinstance(node, ast.ClassDef):
                self._class(node, scope)
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.Delete):
                scope = self._assignment(node, scope)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node)
            elif isinstance(node, ast.Expr):
                scope = self._expression(node, scope)
            elif any(body.blocks(node)):
                self._compound(node, scope)

    def _function(self, node: Function, scope: _Scope) -> None:
        name = scope.prefix + node.name
        test = Test(name, node.lineno, scope.collected and node.name.startswith("test"))
        test.marks = [*scope.marks, *body.marks(node.decorator_list)]
        test.cases = _cases(node.decorator_list)
        test.empty = body.is_empty(node)
        test.steps = body.statements(node)
        for seen in body.looked_at(node):
            if isinstance(seen, Mark):
                test.marks.append(seen)
            else:
                test.checks.append(seen)
        self.found.tests[name] = test  # of two with one name the last is the one that runs
        self._bind(name, ["def"], node.lineno)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        source = "." * node.level + (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            self._bind(alias.asname or alias.name, [f"{source} {alias.name}"], node.lineno)

    def _bind(self, name: str, parts: list[str], line: int) -> None:
        self.found.bound[name] = Bound(frozenset(parts), line)

    def _class(self, node: ast.ClassDef, scope: _Scope) -> None:
        self._bind(scope.prefix + node.name, ["class"], node.lineno)
        built = any(isinstance(n, Function) and n.name == "__init__" for n in node.body)
        collected = (node.name.startswith("Test") and not built) or bool(node.bases)
        inner = _Scope(f"{scope.prefix}{node.name}.", scope.collected and collected, scope.marks)
        self._uncollect(inner.prefix.removesuffix("."))
        self.read(node.body, inner.marked(*body.marks(node.decorator_list)))

    def _assignment(self, node: ast.Assign | ast.AnnAssign | ast.Delete, scope: _Scope) -> _Scope:
        value = None if isinstance(node, ast.Delete) else node.value
        targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
        for target in targets:
            name = strength.last_name(target)
            self._uncollect(scope.prefix + name)
            if value is not None:
                self._bind(scope.prefix + name, body.parts(value), node.lineno)
            if name == "__test__":
                self._uncollect(scope.prefix.removesuffix("."))
                scope = replace(scope, collected=False)
        if value is None:
            return scope
        return self._mark(body.marks([value]), scope)

    def _expression(self, node: ast.Expr, scope: _Scope) -> _Scope:
        if not isinstance(node.value, ast.Call):
            return scope
        self.found.loose.append(Mark(ast.unparse(node), node.lineno))
        return self._mark(body.marks([node.value]), scope)

    def _compound(self, node: ast.stmt, scope: _Scope) -> None:
        """`if`, `with`, `try`, loops: tests in them may or may not be there."""
        if isinstance(node, ast.If) and _is_harmless(node.test):
            return
        mark = Mark(body.said(node), node.lineno)
        if _calls_now(node):
            self.found.loose.append(Mark(ast.unparse(node), node.lineno))
        first, *others = body.blocks(node)
        never = body.is_never(node)
        known = len(self.found.loose)
        inside = scope.marked(mark)
        self.read(first, replace(inside, collected=scope.collected and not never))
        for block in others:
            self.read(block, inside)
        del self.found.loose[known:]  # the statement as a whole is told

    def _mark(self, marks: list[Mark], scope: _Scope) -> _Scope:
        """It holds for all in the scope, before and after."""
        if marks:
            self._count()
        for test in self.found.tests.values() if marks else ():
            test.marks += marks if test.name.startswith(scope.prefix) else []
        return scope.marked(*marks)

    def _uncollect(self, name: str) -> None:
        """What had this name has it no more; the empty name is the whole file."""
        self._count()
        for known, test in self.found.tests.items():
            if not name or known == name or known.startswith(f"{name}."):
                test.collected = False

    def _count(self) -> None:
        self._steps += len(self.found.tests) + 1
        if self._steps > _MOST_STEPS:
            raise ValueError("too much to look through")


def _calls_now(node: ast.AST) -> bool:
    """It calls something that is not in a function, which would wait to be called itself."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.Call):
            return True
        if not isinstance(inner, Function | ast.Lambda):
            waiting += ast.iter_child_nodes(inner)
    return False


def _is_harmless(test: ast.expr) -> bool:
    if isinstance(test, ast.Compare):
        return strength.last_name(test.left) == "__name__"
    return strength.last_name(test) == "TYPE_CHECKING"


def _cases(decorators: list[ast.expr]) -> int | None:
    """In how many cases it runs, where its decorators list them."""
    cases = 1
    for node in decorators:
        if isinstance(node, ast.Call) and strength.called(node) == "parametrize":
            values = node.args[1] if len(node.args) > 1 else None
            if not isinstance(values, ast.List | ast.Tuple):
                return None
            cases *= len(values.elts)
    return cases
