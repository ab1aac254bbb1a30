"""Which events start a workflow, what a matrix, inputs, permissions and groups come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.actions import globs
from app.sandbox.actions.expression import ExpressionError, Value
from app.sandbox.actions.groups import Groups
from app.sandbox.actions.inputs import called, dispatched
from app.sandbox.actions.matrix import combinations, suffix
from app.sandbox.actions.permissions import granted, of_token
from app.sandbox.actions.trigger import Occasion, skipped, starts
from app.sandbox.actions.workflow import Input, WorkflowError, read_workflow


@pytest.mark.parametrize(
    ("name", "pattern", "fits"),
    [
        ("main", "main", True), ("main", "mai", False), ("a/b", "*", False), ("a/b", "**", True),
        ("feature/x", "feature/*", True), ("feature/x/y", "feature/*", False),
        ("feature/x/y", "feature/**", True), ("v1.2", "v[12].[0-9]+", True), ("v10", "v1?0", True),
        ("v0", "v1?0", True), ("vx", "v[12]", False), ("js/a.js", "**.js", True),
        ("a.js", "**/a.js", True), ("d/e/a.js", "**/a.js", True), ("docs/x/y.md", "docs/**", True),
        ("docs", "docs/**", False), ("a+b", "a\\+b", True), ("*", "\\*", True), ("x", "", False),
        ("(x)", "(x)", True),
    ],
)  # fmt: skip
def test_filters(name: str, pattern: str, fits: bool) -> None:
    assert globs.matches(name, pattern) is fits


def test_the_last_pattern_that_fits_decides() -> None:
    patterns = ["releases/**", "!releases/**-alpha", "releases/keep-alpha"]
    names = ("releases/1", "releases/1-alpha", "releases/keep-alpha", "main")
    assert [globs.selected(name, patterns) for name in names] == [True, False, True, False]


def test_lists_of_files() -> None:
    names = ["a.py", "src/b.py", "src/b.txt", "src/c/d.py", "x.lock"]
    assert globs.files(names, ["**/*.py", "!src/c"]) == ["a.py", "src/b.py"]
    assert globs.files(names, ["src/"]) == ["src/b.py", "src/b.txt", "src/c/d.py"]
    assert globs.files(names, ["./?.lock"]) == ["x.lock"]


@given(st.text("*?+[]!/\\-a.", max_size=30), st.text("a/.-", max_size=20))
def test_any_pattern_fits_or_is_refused(pattern: str, name: str) -> None:
    try:
        assert globs.matches(name, pattern) in {True, False}
        assert len(globs.files([name], [pattern])) < 2
    except globs.GlobError:
        return


ON = {
    "bare": "push",
    "branches": "{push: {branches: [main, 'r/**']}}",
    "ignore": "{push: {branches-ignore: ['x/**']}}",
    "tags": "{push: {tags: ['v*']}}",
    "paths": "{push: {paths: ['src/**', '!**.md']}}",
    "paths-ignore": "{push: {paths-ignore: ['**.md']}}",
    "pr": "pull_request",
    "pr-base": "{pull_request: {branches: [main]}}",
    "pr-types": "{pull_request: {types: [closed]}}",
}  # fmt: skip
MAIN, TAG = "refs/heads/main", "refs/tags/v1"
PUSH = Occasion("push", MAIN, changed=lambda: ["src/a.py", "b.md"])


@pytest.mark.parametrize(
    ("on", "occasion", "wanted"),
    [
        ("bare", PUSH, True), ("bare", Occasion("push", TAG), True),
        ("bare", Occasion("pull_request", MAIN, "opened"), False),
        ("branches", PUSH, True), ("branches", Occasion("push", "refs/heads/r/1/2"), True),
        ("branches", Occasion("push", "refs/heads/x"), False),
        ("branches", Occasion("push", "refs/tags/main"), False),
        ("ignore", PUSH, True), ("ignore", Occasion("push", "refs/heads/x/1"), False),
        ("tags", PUSH, False), ("tags", Occasion("push", TAG), True),
        ("paths", PUSH, True),
        ("paths", Occasion("push", MAIN, changed=lambda: ["src/x.md"]), False),
        ("paths", Occasion("push", TAG), True),
        ("paths-ignore", PUSH, True),
        ("paths-ignore", Occasion("push", MAIN, changed=lambda: ["b.md"]), False),
        ("pr", Occasion("pull_request", MAIN, "opened"), True),
        ("pr", Occasion("pull_request", MAIN, "synchronize"), True),
        ("pr", Occasion("pull_request", MAIN, "labeled"), False),
        ("pr-base", Occasion("pull_request", "refs/heads/dev", "opened"), False),
        ("pr-types", Occasion("pull_request", MAIN, "closed"), True),
        ("pr-types", Occasion("pull_request", MAIN, "opened"), False),
    ],
)  # fmt: skip
def test_starts(on: str, occasion: Occasion, wanted: bool) -> None:
    file = f"on: {ON[on]}\njobs: {{a: {{runs-on: x, steps: [{{run: y}}]}}}}"
    assert starts(read_workflow(file.encode()), occasion) is wanted


@pytest.mark.parametrize(
    ("message", "wanted"),
    [("Mend", False), ("Mend [skip ci]", True), ("x\n\nbody [no ci]", True),
     ("x\n\nskip-checks: true", True), ("skip ci", False), ("", False)],
)  # fmt: skip
def test_commits_that_want_no_runs(message: str, wanted: bool) -> None:
    assert skipped(message) is wanted


@pytest.mark.parametrize(
    ("matrix", "wanted"),
    [
        (None, [{}]),
        ({"a": [1, 2], "b": ["x"]}, [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}]),
        ({"a": [1, 2], "exclude": [{"a": 1}]}, [{"a": 2}]),
        ({"include": [{"a": 1}, {"b": 2}]}, [{"a": 1}, {"b": 2}]),
        ({"a": [1, 2], "include": [{"c": 3}, {"a": 1, "d": 4}, {"a": 9}]},
         [{"a": 1, "c": 3, "d": 4}, {"a": 2, "c": 3}, {"a": 9}]),
        ({"a": [1], "include": [{"c": 3}, {"c": 4}]}, [{"a": 1, "c": 4}]),
    ],
    ids=str,
)  # fmt: skip
def test_matrix(matrix: Value, wanted: list[dict[str, Value]]) -> None:
    assert combinations(matrix) == wanted


@pytest.mark.parametrize(
    "matrix",
    [
        "x",
        {},
        {"a": []},
        {"a": "x"},
        {"a": [1], "exclude": [{"a": 1}]},
        {"include": [1]},
        {"a": [*range(20)], "b": [*range(20)]},
        {name: [*range(9)] for name in "abcdefgh"},
    ],
    ids=lambda one: str(one)[:40],
)
def test_matrix_refused(matrix: Value) -> None:
    with pytest.raises(ExpressionError):
        combinations(matrix)


def test_names_of_a_matrix() -> None:
    assert suffix({"a": 3.1, "b": {"os": "linux", "on": [True, None]}}) == " (3.1, linux, true, )"
    assert suffix({}) == ""


KNOWN = (
    Input("who", required=True), Input("loud", "boolean"), Input("n", "number", default=2.0),
    Input("env", "choice", options=("dev", "prod")),
)  # fmt: skip


def test_inputs_of_a_dispatch() -> None:
    found = dispatched(KNOWN, {"who": "me", "loud": "true"})
    assert found == {"who": "me", "loud": True, "n": "2", "env": "dev"}


@pytest.mark.parametrize(
    "given",
    [{}, {"who": ""}, {"who": "x", "other": "y"}, {"who": "x", "loud": "maybe"},
     {"who": "x", "env": "moon"}],
    ids=str,
)  # fmt: skip
def test_inputs_of_a_dispatch_refused(given: Mapping[str, Value]) -> None:
    with pytest.raises(WorkflowError):
        dispatched(KNOWN, given)


def test_inputs_of_a_call() -> None:
    known = (Input("who"), Input("loud", "boolean"), Input("n", "number", required=True))
    assert called(known, {"n": 3.0, "who": 1.5}) == {"who": "1.5", "loud": False, "n": 3.0}
    wrong: tuple[dict[str, Value], ...] = (
        {}, {"n": "3"}, {"n": True}, {"n": 1.0, "loud": "true"}, {"n": 1.0, "x": 1.0},
        {"n": 1.0, "who": []},
    )  # fmt: skip
    for said in wrong:
        with pytest.raises(WorkflowError):
            called(known, said)


def test_permissions() -> None:
    assert granted(None, None) == {"contents": "read", "packages": "read"}
    assert granted({"issues": "write"}, None) == {"issues": "write"}
    assert granted({"issues": "write"}, {"contents": "none"}) == {}
    assert granted("read-all", None)["checks"] == "read"
    assert granted(None, None, {"contents": "read"}) == {"contents": "read"}
    assert of_token({"pull-requests": "write"}) == {"metadata": "read", "pull_requests": "write"}
    with pytest.raises(WorkflowError, match="only allowed 'contents: read'"):
        granted({"contents": "write"}, None, {"contents": "read"})


@dataclass(eq=False)
class Runner:
    groups: Groups
    said: list[str] = field(default_factory=list)

    def proceed(self) -> None:
        self.said.append("go")

    def give_way(self) -> None:
        self.said.append("end")
        self.groups.leave(self)


def _three(cancel: bool) -> tuple[Groups, Sequence[Runner], list[bool]]:
    groups = Groups()
    runners = [Runner(groups) for _ in range(3)]
    entered = [groups.enter(1, name, one, cancel=cancel)
               for name, one in zip(("ci", "CI", "ci"), runners, strict=True)]  # fmt: skip
    return groups, runners, entered


def test_a_group_keeps_one_waiting() -> None:
    groups, (first, second, third), entered = _three(cancel=False)
    assert entered == [True, False, False]
    assert (first.said, second.said, third.said) == ([], ["end"], [])
    groups.leave(first)
    assert third.said == ["go"]
    groups.leave(third)
    assert groups.enter(1, "ci", first, cancel=False)


def test_the_newest_may_end_what_runs() -> None:
    _, (first, second, third), _ = _three(cancel=True)
    assert (first.said, second.said, third.said) == (["end"], ["go", "end"], ["go"])


def test_groups_are_of_one_repository() -> None:
    groups = Groups()
    assert groups.enter(1, "ci", Runner(groups), cancel=True)
    assert groups.enter(2, "ci", Runner(groups), cancel=True)
