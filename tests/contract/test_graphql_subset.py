"""The sandbox's GraphQL schema is a true subset of the one GitHub publishes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    introspection_types,
    specified_scalar_types,
)

import app.sandbox
from app.sandbox.graph.fields import TABLES
from app.sandbox.graph.mutations import MUTATIONS
from tests.contract import schemas

_FILE = Path(app.sandbox.__file__).parent / "schema.graphql"
_OURS: GraphQLSchema = build_schema(_FILE.read_text())
_BUILT_IN = introspection_types.keys() | specified_scalar_types.keys()
_NAMES = sorted(_OURS.type_map.keys() - _BUILT_IN)


def differences(ours: GraphQLNamedType, theirs: GraphQLNamedType | None) -> list[str]:
    """What one type of ours says that GitHub's does not."""
    if theirs is None or type(ours) is not type(theirs):
        return [f"{ours.name}: GitHub has no such type"]
    if isinstance(ours, GraphQLEnumType):
        extra = ours.values.keys() - theirs.values.keys()  # type: ignore[attr-defined]
        return [f"{ours.name}: GitHub has no value {value}" for value in sorted(extra)]
    if isinstance(ours, GraphQLUnionType):
        known = {kind.name for kind in theirs.types}  # type: ignore[attr-defined]
        return [f"{ours.name}: no member {k.name}" for k in ours.types if k.name not in known]
    if isinstance(ours, GraphQLInputObjectType):
        found = _inputs(ours.name, ours.fields, theirs.fields)  # type: ignore[attr-defined]
        return found + _needed(ours.name, ours.fields, theirs.fields)  # type: ignore[attr-defined]
    if isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
        return _fields(ours, theirs)
    return []


def _fields(ours: Any, theirs: Any) -> list[str]:
    known = {kind.name for kind in theirs.interfaces}
    wrong = [f"{ours.name}: is no {k.name}" for k in ours.interfaces if k.name not in known]
    for name, field in ours.fields.items():
        where, other = f"{ours.name}.{name}", theirs.fields.get(name)
        if other is None:
            wrong.append(f"{where}: GitHub has no such field")
            continue
        if str(field.type) != str(other.type):
            wrong.append(f"{where}: {field.type}, GitHub says {other.type}")
        wrong += _inputs(where, field.args, other.args) + _needed(where, field.args, other.args)
    return wrong


def _inputs(where: str, ours: Any, theirs: Any) -> list[str]:
    wrong = []
    for name, one in ours.items():
        other = theirs.get(name)
        if other is None:
            wrong.append(f"{where}({name}): GitHub has no such input")
        elif (str(one.type), one.default_value) != (str(other.type), other.default_value):
            wrong.append(f"{where}({name}): {one.type}, GitHub says {other.type}")
    return wrong


def _needed(where: str, ours: Any, theirs: Any) -> list[str]:
    """What GitHub demands, the sandbox must demand too."""
    return [
        f"{where}({name}): GitHub requires it"
        for name, other in theirs.items()
        if str(other.type).endswith("!") and name not in ours and "Undefined" in
        repr(other.default_value)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def github() -> GraphQLSchema:
    schemas.need()
    return schemas.graphql()


@pytest.mark.parametrize("name", _NAMES)
def test_type_is_githubs(github: GraphQLSchema, name: str) -> None:
    assert differences(_OURS.type_map[name], github.type_map.get(name)) == []


@pytest.mark.parametrize(
    ("sdl", "words"),
    [
        ("type Query { x: Issue } type Issue { shoeSize: Int }", "no such field"),
        ("type Query { x: Issue } type Issue { title: String }", "GitHub says String!"),
        ("type Query { x: Issue } interface Issue { title: String! }", "no such type"),
        ("type Query { x: IssueState } enum IssueState { AJAR }", "no value AJAR"),
        ("type Query { x(a: DeleteRefInput): Int } input DeleteRefInput { refId: ID }",
         "GitHub says ID!"),
        ("type Query { x: Int } input DeleteRefInput { clientMutationId: String }",
         "GitHub requires it"),
        ("type Query { x: Repository } type Repository { issues(first: Int!): Int }",
         "GitHub says Int"),
    ],
)  # fmt: skip
def test_a_planted_difference_is_found(github: GraphQLSchema, sdl: str, words: str) -> None:
    planted = build_schema(sdl)
    found = [
        wrong
        for name in planted.type_map.keys() - _BUILT_IN - {"Query"}
        for wrong in differences(planted.type_map[name], github.type_map.get(name))
    ]
    assert any(words in wrong for wrong in found), found


def test_every_field_has_a_resolver() -> None:
    """Else graphql-core would look for an attribute and answer null."""
    tables: dict[str, Any] = TABLES | {"Mutation": MUTATIONS}
    missing = [
        f"{name}.{field}"
        for name, table in tables.items()
        for field in _OURS.type_map[name].fields  # type: ignore[attr-defined]
        if field not in table
    ]
    assert missing == []
