"""Every document that can be built is valid against GitHub's own schema."""

from itertools import product

import pytest
from graphql import GraphQLError, GraphQLSchema, parse, validate
from graphql.execution.values import get_variable_values
from graphql.language import OperationDefinitionNode
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ref import IssueRef, RepoRef
from app.domain.stage import ACTIVE, Stage
from app.github import queries
from app.github.queries import Change
from tests.contract import schemas

CHANGES = [
    Change("I_1", add, remove, comment, "body", is_open)
    for add, remove, comment, is_open in product(
        (None, "LA_1"), ((), ("LA_2",), ("LA_2", "LA_3")), (None, "IC_1"), (None, True, False)
    )
]


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    schemas.need()
    return schemas.graphql()


def check(schema: GraphQLSchema, document: str, variables: dict[str, object]) -> None:
    """Valid, every variable used and of its type, and none given that is not declared."""
    tree = parse(document)
    assert validate(schema, tree) == []
    (operation,) = (one for one in tree.definitions if isinstance(one, OperationDefinitionNode))
    values = get_variable_values(schema, operation.variable_definitions, variables)
    assert not isinstance(values, list), values
    declared = {definition.variable.name.value for definition in operation.variable_definitions}
    assert variables.keys() <= declared


def told(change: Change) -> str:
    return (
        f"{'add' if change.add else '-'} {len(change.remove)} "
        f"{'edit' if change.comment else 'create'} {change.is_open}"
    )


@pytest.mark.parametrize("change", CHANGES, ids=told)
def test_show(change: Change, schema: GraphQLSchema) -> None:
    check(schema, *queries.show(change))


@pytest.mark.parametrize("change", CHANGES, ids=told)
def test_the_new_label_stands_before_the_old_one_goes(change: Change) -> None:
    document, _ = queries.show(change)
    document = document[document.index("{") :]  # variables are named like some of the fields
    for first, then in (("reopen:", "add:"), ("add:", "remove:"), ("remove:", "close:")):
        if first in document and then in document:
            assert document.index(first) < document.index(then)
    assert ("add:" in document, "remove:" in document) == (bool(change.add), bool(change.remove))
    assert ("reopen:" in document) is (change.is_open is True)
    assert ("close:" in document) is (change.is_open is False)
    assert ("addComment" in document) is (change.comment is None)


@given(body=st.text())
def test_no_text_is_a_part_of_a_document(body: str) -> None:
    """Texts travel as variables, whatever they hold."""
    change = Change("I_1", "LA_1", (), None, body, None)
    plain, _ = queries.show(Change("I_1", "LA_1", (), None, "", None))
    document, variables = queries.show(change)
    assert document == plain
    assert variables["body"] == body


@pytest.mark.parametrize("trigger", [None, "orchestrate", Stage.QUEUED.value])
@pytest.mark.parametrize("number", range(1, len(Stage) + 1))
def test_create_labels(number: int, trigger: str | None, schema: GraphQLSchema) -> None:
    stages = [*Stage][:number]
    document, variables = queries.create_labels(stages, trigger)
    check(schema, document, {"repository": "R_1", **variables})
    names = [made for name, made in variables.items() if name.startswith("name")]
    assert names == [*stages, *({trigger} - {None, *stages})]


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (
            queries.TASK,
            {
                "owner": "acme",
                "name": "weather",
                "number": 7,
                "branch": "b",
                "trigger": "orchestrate",
                "after": None,
            },
        ),
        (queries.PULLS, {"owner": "acme", "name": "weather", "branch": "b"}),
        (queries.CONFIG, {"owner": "acme", "name": "weather", "path": "HEAD:a.yml"}),
        (
            queries.TRACKED,
            {"owner": "acme", "name": "weather", "label": "orc:queued", "after": "c"},
        ),
        (
            queries.SURVEY,
            {
                "owner": "acme",
                "name": "weather",
                "since": "2026-03-04T05:06:07Z",
                "after": None,
            },
        ),
    ],
    ids=["task", "pulls", "config", "tracked", "survey"],
)
def test_queries(document: str, variables: dict[str, object], schema: GraphQLSchema) -> None:
    check(schema, document, variables)


@pytest.mark.parametrize("cursors", [(None,), (None, None), ("c", None), ("c", "d")], ids=str)
def test_parts(cursors: tuple[str | None, ...], schema: GraphQLSchema) -> None:
    repo = RepoRef(1, 'acme"', "we{}ather", 2)
    issues = [(IssueRef(repo, number), cursor) for number, cursor in enumerate(cursors, 1)]
    document, variables = queries.parts(issues)
    check(schema, document, variables)
    assert variables["owner0"] == 'acme"'
    assert [variables[f"after{i}"] for i in range(len(cursors))] == list(cursors)
    assert "acme" not in document


def test_the_survey_asks_for_every_active_stage() -> None:
    for stage in ACTIVE:
        assert f'labels: ["{stage.value}"]' in queries.SURVEY


def test_the_check_itself_finds_what_is_wrong(schema: GraphQLSchema) -> None:
    with pytest.raises(AssertionError):
        check(schema, "query X { viewer { nickname } }", {})
    with pytest.raises(AssertionError):
        check(schema, "query X($a: ID!) { node(id: $a) { id } }", {})
    with pytest.raises(GraphQLError):
        parse("mutation {")
