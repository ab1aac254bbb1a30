"""Reads one expression into a tree; every input gives a tree or an `ExpressionError`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from app.sandbox.actions.expression.values import MAX_DEPTH, ExpressionError, Value, number_of

MAX_LENGTH = 21_000  # GitHub's own
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>[+-]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.]))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[<>!()\[\].,*])"
)
_WORDS: dict[str, Value] = {
    "true": True, "false": False, "null": None, "NaN": math.nan, "Infinity": math.inf,
}  # fmt: skip
_COMPARISONS = (("==", "!="), ("<", "<=", ">", ">="))


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """A context: github, env, steps…; lower case."""

    name: str


@dataclass(frozen=True, slots=True)
class Access:
    """`target.a[b].*`: None stands for the star."""

    target: Tree
    keys: tuple[Tree | None, ...]


@dataclass(frozen=True, slots=True)
class Call:
    name: str  # lower case
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    inner: Tree


@dataclass(frozen=True, slots=True)
class Compare:
    sign: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Every:
    """a && b && c"""

    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """a || b || c"""

    terms: tuple[Tree, ...]


Tree: TypeAlias = "Literal | Name | Access | Call | Not | Compare | Every | Some"


def parse(text: str) -> Tree:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH} characters")
    reader = _Reader(text)
    tree = reader.any_of(0)
    reader.end()
    return tree


def children(tree: Tree) -> Iterator[Tree]:
    match tree:
        case Access(target, keys):
            yield target
            yield from (key for key in keys if key is not None)
        case Call(_, parts) | Every(parts) | Some(parts):
            yield from parts
        case Not(inner):
            yield inner
        case Compare(_, left, right):
            yield from (left, right)
        case Literal() | Name():
            return


def functions(tree: Tree) -> frozenset[str]:
    """The names of all functions that it calls."""
    own = {tree.name} if isinstance(tree, Call) else set()
    return frozenset(own.union(*(functions(child) for child in children(tree))))


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._at = 0

    def any_of(self, depth: int) -> Tree:
        return self._chain("||", depth)

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise self._unexpected()

    def _chain(self, sign: str, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise ExpressionError(f"an expression is nested at most {MAX_DEPTH} deep")
        terms = [self._term(sign, depth)]
        while self._take(sign):
            terms.append(self._term(sign, depth))
        if len(terms) == 1:
            return terms[0]
        return Some(tuple(terms)) if sign == "||" else Every(tuple(terms))

    def _term(self, sign: str, depth: int) -> Tree:
        return self._chain("&&", depth) if sign == "||" else self._compare(0, depth)

    def _compare(self, level: int, depth: int) -> Tree:
        if level == len(_COMPARISONS):
            return self._unary(depth)
        tree, links = self._compare(level + 1, depth), 0
        while sign := self._take(*_COMPARISONS[level]):
            links += 1
            if links > MAX_DEPTH:
                raise ExpressionError(f"at most {MAX_DEPTH} comparisons in one chain")
            tree = Compare(sign, tree, self._compare(level + 1, depth))
        return tree

    def _unary(self, depth: int) -> Tree:
        times = 0
        while self._take("!"):
            times += 1
        tree = self._access(depth)
        for _ in range(2 - times % 2 if times > 2 else times):  # !!!! says no more than !!
            tree = Not(tree)
        return tree

    def _access(self, depth: int) -> Tree:
        target = self._atom(depth)
        keys: list[Tree | None] = []
        while sign := self._take(".", "["):
            if sign == ".":
                keys.append(None if self._take("*") else Literal(self._word()))
                continue
            keys.append(None if self._take("*") else self.any_of(depth + 1))
            self._need("]")
        return Access(target, tuple(keys)) if keys else target

    def _atom(self, depth: int) -> Tree:
        if self._take("("):
            tree = self.any_of(depth + 1)
            self._need(")")
            return tree
        kind, text = self._peek()
        if kind == "string":
            self._at += 1
            return Literal(text[1:-1].replace("''", "'"))
        if kind == "number":
            self._at += 1
            return Literal(number_of(text))
        if kind != "name":
            raise self._unexpected()
        self._at += 1
        if self._take("("):
            return Call(text.lower(), self._arguments(depth))
        return Literal(_WORDS[text]) if text in _WORDS else Name(text.lower())

    def _arguments(self, depth: int) -> tuple[Tree, ...]:
        if self._take(")"):
            return ()
        found = [self.any_of(depth + 1)]
        while self._take(","):
            found.append(self.any_of(depth + 1))
        self._need(")")
        return tuple(found)

    def _word(self) -> str:
        kind, text = self._peek()
        if kind != "name":
            raise self._unexpected()
        self._at += 1
        return text

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self, *signs: str) -> str:
        kind, text = self._peek()
        if kind != "sign" or text not in signs:
            return ""
        self._at += 1
        return text

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise self._unexpected()

    def _unexpected(self) -> ExpressionError:
        kind, text = self._peek()
        what = "end of expression" if kind == "end" else f"symbol: '{text}'"
        return ExpressionError(f"Unexpected {what} in '{self._text[:200].strip()}'")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(f"Unexpected symbol: '{text[at : at + 20]}' in '{text[:200]}'")
        at = match.end()
        if match.lastgroup and match.lastgroup != "space":
            yield match.lastgroup, match[0]
