"""Workflow files: what is read, what is refused and where, and that nothing else happens."""

from __future__ import annotations

import contextlib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sandbox.actions.workflow import WorkflowError, read_action, read_workflow
from app.sandbox.actions.workflow.definition import Trigger

JOB = "jobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}"


_BOMB = "\n".join(
    ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    + [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]" for n in range(6)]
)


def _steps(text: str) -> str:
    return f"on: push\njobs: {{a: {{runs-on: ubuntu-latest, steps: [{text}]}}}}"


def _job(text: str) -> str:
    return f"on: push\njobs: {{a: {{runs-on: x, steps: [{{run: y}}], {text}}}}}"


def test_everything_that_is_known() -> None:
    found = read_workflow(b"""
name: ci
run-name: By ${{ github.actor }}
on:
  push: {branches: [main, 'r/**'], paths-ignore: ['**.md']}
  pull_request:
  workflow_dispatch:
    inputs: {env: {type: choice, options: [a, b], required: true, description: Where}}
  workflow_call:
    inputs: {n: {type: number, default: 3}}
    secrets: {KEY: {required: true}, OTHER: }
    outputs: {o: {value: "${{ jobs.a.outputs.o }}", description: So}}
permissions: {contents: read, pull-requests: none}
env: {A: 1, B: true, C: 1.10, D: null}
defaults: {run: {shell: bash, working-directory: x}}
concurrency: {group: "ci-${{ github.ref }}", cancel-in-progress: true}
jobs:
  a:
    name: First
    runs-on: [self-hosted, linux]
    if: github.ref != 'x'
    needs: b
    permissions: write-all
    concurrency: one
    timeout-minutes: 5
    continue-on-error: ${{ matrix.x == 1 }}
    strategy: {matrix: {x: [1, 2], include: [{x: 3}]}, fail-fast: false, max-parallel: 1}
    outputs: {o: "${{ steps.s.outputs.o }}"}
    steps:
      - {id: s, name: N, if: always(), run: echo, shell: sh, working-directory: y, env: {E: f},
         continue-on-error: true, timeout-minutes: 1}
      - {uses: actions/checkout@v4, with: {Fetch-Depth: 0}}
  b: {uses: ./.github/workflows/x.yml, with: {n: 4}, secrets: inherit}
""")
    assert found.triggers["push"] == Trigger(branches=("main", "r/**"), paths_ignore=("**.md",))
    assert found.triggers["pull_request"] == Trigger()
    assert found.triggers["workflow_dispatch"].inputs[0].options == ("a", "b")
    assert found.triggers["workflow_call"].secrets == {"KEY": True, "OTHER": False}
    assert dict(found.env) == {"A": "1", "B": "true", "C": "1.10", "D": ""}
    first, second = found.jobs
    assert (first.needs, first.condition, first.runs_on) == (
        ("b",), "github.ref != 'x'", ["self-hosted", "linux"],
    )  # fmt: skip
    assert first.matrix == {"x": [1, 2], "include": [{"x": 3}]}
    assert first.steps[1].with_ == {"fetch-depth": "0"}
    assert (second.uses, second.secrets, second.with_) == (
        "./.github/workflows/x.yml", "inherit", {"n": 4},
    )  # fmt: skip


@pytest.mark.parametrize("on", ["push", "[push, pull_request]", "{push: }"])
def test_on_is_no_truth_value(on: str) -> None:
    assert "push" in read_workflow(f"on: {on}\n{JOB}".encode()).triggers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"), ("[]", "mapping"), ("a: [", "Line: "), ("x: \x00", "no YAML"),
        ("on: push", "missing: jobs"), (JOB, "missing: on"),
        (f"on: push\nfoo: 1\n{JOB}", "(Line: 2, Col: 1): Unexpected value 'foo'"),
        (f"on: push\non: push\n{JOB}", "already defined"),
        (f"on: schedule\n{JOB}", "starts no workflow on 'schedule'"),
        (f"on: [pusch]\n{JOB}", "'pusch'"), (f"on: {{}}\n{JOB}", "names no event"),
        (f"on: {{push: {{branch: [x]}}}}\n{JOB}", "Unexpected value 'branch'"),
        (f"on: {{push: {{branches: [x], branches-ignore: [y]}}}}\n{JOB}", "can't both"),
        (f"on: {{pull_request: {{types: [assigned]}}}}\n{JOB}", "'assigned'"),
        (f"on: {{workflow_call: {{inputs: {{x: {{}}}}}}}}\n{JOB}", "needs a type"),
        (f"on: {{workflow_dispatch: {{inputs: {{x: {{type: choice}}}}}}}}\n{JOB}", "options"),
        (f"on: push\npermissions: {{content: read}}\n{JOB}", "'content'"),
        (f"on: push\npermissions: {{contents: admin}}\n{JOB}", "'admin'"),
        (f"on: push\nconcurrency: {{cancel-in-progress: true}}\n{JOB}", "group"),
        (f"on: push\ndefaults: {{run: {{shel: x}}}}\n{JOB}", "'shel'"),
        (f"on: push\nenv: {{A: [1]}}\n{JOB}", "scalar"),
        (f"on: push\nenv: {{A: '${{{{ 1 +'}}\n{JOB}", "never closed"),
        ("on: push\njobs: {}", "1 to 256"), ("on: push\njobs: {a b: {}}", "invalid"),
        ("on: push\njobs: {a: {steps: [{run: x}]}}", "missing: runs-on"),
        ("on: push\njobs: {a: {runs-on: x}}", "missing: steps"),
        ("on: push\njobs: {a: {runs-on: x, steps: []}}", "steps"),
        (_job("container: x"), "does not do 'container'"), (_job("services: x"), "'services'"),
        (_job("environment: x"), "'environment'"), (_job("needs: z"), "unknown job 'z'"),
        (_job("needs: a"), "circle"), (_job("uses: ./x"), "Unexpected value"),
        (_job("if: a b"), "Unexpected"), (_job("strategy: {x: 1}"), "Unexpected value 'x'"),
        ("on: push\njobs: {a: {runs-on: {group: g}, steps: [{run: x}]}}", "groups"),
        (_steps("{name: x}"), "either"), (_steps("{run: x, uses: y}"), "either"),
        (_steps("{run: x, with: {a: b}}"), "'with'"), (_steps("{uses: x, shell: sh}"), "'shell'"),
        (_steps("{run: x, id: a}, {run: y, id: A}"), "more than once"),
        (_steps("{run: x, id: '1'}"), "invalid"), (_steps("{run: '${{ a b }}'}"), "Unexpected"),
        (_steps("{run: x, timeout: 3}"), "'timeout'"), (_steps("x"), "mapping"),
        ("on: push\njobs: &a {a: *a}", "too deeply"), ("a: &a [1]\n<<: {b: 1}", "merge keys"),
        ("a: " + "[" * 60 + "]" * 60, "too large"), ("a: " + "[" * 5000, "nested"),
        ("x: 1\n" + "a" * 600_000, "characters"),
        (_BOMB, "too large"),
    ],
    ids=lambda text: ascii(text[-40:]),
)  # fmt: skip
def test_refused(text: str, said: str) -> None:
    with pytest.raises(WorkflowError) as wrong:
        read_workflow(text.encode())
    assert said in str(wrong.value)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(WorkflowError, match="UTF-8"):
        read_workflow(b"\xff\xfe")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x", "missing: runs"), ("runs: {using: node20, main: x.js}", "node20"),
        ("runs: {using: docker, image: x}", "docker"), ("runs: {using: composite}", "steps"),
        ("runs: {using: composite, steps: [{run: x}]}", "shell"),
        ("runs: {using: composite, steps: [{run: x, shell: sh, timeout-minutes: 1}]}", "timeout"),
        ("inputs: {a: {typo: 1}}\nruns: {using: composite, steps: [{uses: x}]}", "typo"),
    ],
)  # fmt: skip
def test_actions_refused(text: str, said: str) -> None:
    with pytest.raises(WorkflowError, match=said):
        read_action(text.encode())


_KEYS = st.sampled_from([
    "on", "jobs", "a", "steps", "run", "runs-on", "env", "push", "branches", "strategy", "matrix",
    "if", "uses", "with", "needs", "x", "name", "permissions", "concurrency",
])  # fmt: skip
_LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from([
    "push", "a", "${{ x }}", "${{", "", "x", "./x", "inherit", "read-all",
])  # fmt: skip
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(_KEYS, _TREES, max_size=6))
@settings(max_examples=200)
def test_is_total_over_structures(said: object) -> None:
    _try(yaml.safe_dump(said).encode())


@given(st.binary(max_size=60) | st.text("on:{}[]&*!|>-#'\" \n\tjobs", max_size=60).map(str.encode))
@settings(max_examples=200)
def test_is_total_over_bytes(said: bytes) -> None:
    _try(said)


def _try(content: bytes) -> None:
    with contextlib.suppress(WorkflowError):
        read_workflow(content)
