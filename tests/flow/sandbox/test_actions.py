"""Workflows that really run: what jobs and steps do, see, and say."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.checker import GitHubContract
from tests.flow.sandbox.workshop import Repo, Workshop, open_workshop


@pytest.fixture(scope="module")
def workshop(
    tmp_path_factory: pytest.TempPathFactory, github_contract: GitHubContract
) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("workshop"), github_contract) as workshop:
        yield workshop


@pytest.fixture
def repo(workshop: Workshop) -> Repo:
    return workshop.repo()


def test_steps_hand_on_environment_outputs_and_path(repo: Repo) -> None:
    run = repo.steps("""
        - id: one
          run: |
            echo "A=1" >> "$GITHUB_ENV"
            printf 'B<<E\\nx\\ny\\nE\\n' >> "$GITHUB_ENV"
            echo "out=4 2" >> "$GITHUB_OUTPUT"
            mkdir -p "$RUNNER_TEMP/bin"; echo 'echo ">tool"' > "$RUNNER_TEMP/bin/tool"
            chmod +x "$RUNNER_TEMP/bin/tool"; echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
            echo "# Said" >> "$GITHUB_STEP_SUMMARY"
        - run: tool; echo ">$A ${B/$'\\n'/-} ${{ steps.one.outputs.out }} ${{ env.A }}"
        - env: {A: own}
          run: echo ">$A ${{ env.A }}"
    """)
    assert run.conclusion == "success"
    assert repo.said(run) == ["tool", "1 x-y 4 2 1", "own own"]
    assert repo.jobs(run)["a"].summary == "# Said\n"


def test_a_failure_ends_a_job_but_not_what_runs_always(repo: Repo) -> None:
    run = repo.steps("""
        - {id: soft, run: exit 2, continue-on-error: true}
        - run: echo ">${{ steps.soft.outcome }} ${{ steps.soft.conclusion }} ${{ job.status }}"
        - run: |
            false
            echo ">never"
        - run: echo ">never either"
        - {if: failure(), run: echo ">failed"}
        - {if: "always() && steps.soft.outcome == 'failure'", run: echo ">always"}
        - {if: success(), run: echo ">no"}
    """)
    assert run.conclusion == "failure"
    assert repo.said(run) == ["failure success success", "failed", "always"]
    assert repo.step_conclusions(run) == [
        "success", "success", "failure", "skipped", "success", "success", "skipped",
    ]  # fmt: skip
    assert "##[error]Process completed with exit code 1." in repo.log(run)


def test_shells_and_folders(repo: Repo) -> None:
    run = repo.workflow("""
        on: push
        defaults: {run: {working-directory: below}}
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - {uses: actions/checkout@v4, with: {path: below}}
              - {run: "false | true; echo ok"}
              - {run: "false | true", shell: bash, continue-on-error: true, id: strict}
              - {shell: sh, run: 'echo ">${{ steps.strict.outcome }} ${BASH_VERSION:-sh}"',
                 working-directory: .}
              - {shell: python, run: "import os; print('>py', os.path.basename(os.getcwd()))"}
              - {shell: fish, run: echo, continue-on-error: true}
              - {run: echo, working-directory: nowhere}
    """)
    assert repo.said(run) == ["failure sh", "py below"]
    log = repo.log(run)
    assert "The sandbox has no shell 'fish'" in log
    assert "nowhere' does not exist" in log
    assert repo.step_conclusions(run)[-1] == "failure"


def test_the_commit_is_checked_out(repo: Repo) -> None:
    repo.write("a.txt", "one")
    run = repo.steps("""
        - uses: actions/checkout@v4
        - run: |
            echo ">$(git rev-parse HEAD) $(git branch --show-current) $(git log --oneline | wc -l)"
            echo ">$(cat a.txt) $(git remote get-url origin)"
        - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683
          with: {fetch-depth: 0, path: deep, persist-credentials: false}
        - run: echo ">$(git log --oneline | wc -l)" "$(grep -c extraheader .git/config)"
          working-directory: deep
        - {uses: actions/checkout@v4, with: {ref: nothing}, continue-on-error: true}
        - {uses: actions/checkout@v4, with: {submodules: true}, continue-on-error: true}
        - {uses: actions/checkout@v4, with: {repository: other/one}, continue-on-error: true}
        - {uses: actions/checkout@v4, with: {path: ../../..}}
    """)
    first, second, third = repo.said(run)
    assert first.split() == [run.head_sha, "main", "1"]
    assert second.split() == ["one", f"{repo.box.url}/acme/{repo.name}"]
    assert third.split() == ["3", "0"]
    log = repo.log(run)
    assert "'nothing' could not be found" in log
    assert "does not do input 'submodules' of actions/checkout" in log
    assert "not other/one" in log
    assert "is not under" in log


def test_a_jobs_token_is_its_own(repo: Repo) -> None:
    """It pushes with what it was given, starts nothing by that, and ends with the job."""
    run = repo.workflow("""
        on: push
        permissions: {contents: write}
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - run: |
                  git -c user.name=x -c user.email=x@y commit -q --allow-empty -m More
                  git push -q origin HEAD:made
                  echo "${{ github.token }}" | rev > "$GITHUB_STEP_SUMMARY"
              - if: always()
                run: echo ">${{ github.token }}" "${{ secrets.GITHUB_TOKEN == github.token }}"
    """)
    assert run.conclusion == "success", repo.log(run)
    assert repo.said(run) == ["*** true"]
    assert "made" in repo.box.branches(repo.name)
    assert len(repo.box.wait_for_runs(repo.name)) == 1
    token = repo.jobs(run)["a"].summary.strip()[::-1]
    remote = repo.box.url.replace("://", f"://x:{token}@") + f"/acme/{repo.name}.git"
    done = subprocess.run(
        ["git", "ls-remote", remote], capture_output=True, check=False, text=True,
        env={"GIT_TERMINAL_PROMPT": "0", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode != 0


def test_a_token_may_only_what_is_said(repo: Repo) -> None:
    run = repo.workflow("""
        on: push
        permissions: {issues: write}
        jobs:
          a: {runs-on: ubuntu-latest, steps: [{uses: actions/checkout@v4}]}
    """)
    assert "Repository not found" in repo.log(run)


def test_the_environment_is_small(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTS_OWN_TOKEN", "hush")
    run = repo.steps("""
        - run: |
            env | cut -d= -f1 | sort | tr '\\n' ' ' | sed 's/^/>/'; echo
            echo ">$HOME" "$(ls -A "$HOME" | wc -l)" "$(id -un | wc -l)"
    """)
    names, home = repo.said(run)
    unknown = [name for name in names.split()
               if not name.startswith(("GITHUB_", "RUNNER_"))]  # fmt: skip
    assert unknown == ["CI", "HOME", "LANG", "PATH", "PWD", "SHLVL", "_"]
    assert home.split()[1] == "0"
    assert not Path(home.split()[0]).exists()


def test_secrets_and_variables(repo: Repo) -> None:
    repo.box.set_secret(repo.name, "key", "s3cr3t")
    repo.box.set_variable(repo.name, "PLACE", "here")
    run = repo.workflow("""
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            outputs: {leak: "${{ steps.s.outputs.leak }}", fine: "${{ steps.s.outputs.fine }}"}
            env: {KEY: "${{ secrets.KEY }}"}
            steps:
              - id: s
                run: |
                  echo ">$KEY ${{ vars.place }} ${#KEY} ${{ secrets.NONE }}."
                  echo "::add-mask::also"; echo ">also"
                  echo "leak=x$KEY" >> "$GITHUB_OUTPUT"; echo "fine=1" >> "$GITHUB_OUTPUT"
              - {if: "secrets.KEY == ''", run: echo, continue-on-error: true}
          b:
            needs: a
            runs-on: ubuntu-latest
            steps: [{run: 'echo ">[${{ needs.a.outputs.leak }}${{ needs.a.outputs.fine }}]"'}]
    """)
    assert repo.said(run) == ["*** here 6 .", "***", "[1]"]
    log = repo.log(run)
    assert "s3cr3t" not in log
    assert "Skip output 'leak' since it may contain secret." in log
    assert "Unrecognized named-value: 'secrets'" in log


def test_needs_conditions_and_what_is_skipped(repo: Repo) -> None:
    run = repo.workflow("""
        on: push
        jobs:
          good: {runs-on: ubuntu-latest, outputs: {v: "${{ steps.s.outputs.v }}"},
                 steps: [{id: s, run: 'echo v=7 >> "$GITHUB_OUTPUT"'}]}
          bad: {runs-on: ubuntu-latest, steps: [{run: exit 1}]}
          soft: {runs-on: ubuntu-latest, continue-on-error: true, steps: [{run: exit 1}]}
          after-good: {needs: good, if: "needs.good.outputs.v == '7'", runs-on: ubuntu-latest,
                       steps: [{run: 'echo ">${{ toJSON(needs.good) }}" | tr -d " \\n"'}]}
          after-bad: {needs: [good, bad], runs-on: ubuntu-latest, steps: [{run: 'true'}]}
          after-soft: {needs: soft, runs-on: ubuntu-latest,
                       steps: [{run: 'echo ">${{ needs.soft.result }}"'}]}
          mourner: {needs: bad, if: failure(), runs-on: ubuntu-latest, steps: [{run: 'true'}]}
          second-hand: {needs: mourner, runs-on: ubuntu-latest, steps: [{run: 'true'}]}
          last: {needs: [after-bad], if: always(), runs-on: ubuntu-latest,
                 steps: [{run: 'echo ">${{ needs.after-bad.result }}"'}]}
          never: {if: "github.ref == 'refs/heads/x'", runs-on: ubuntu-latest,
                  steps: [{run: 'true'}]}
    """)
    assert run.conclusion == "failure"
    assert repo.conclusions(run) == {
        "good": "success", "bad": "failure", "soft": "failure", "after-good": "success",
        "after-bad": "skipped", "after-soft": "success", "mourner": "success",
        "second-hand": "skipped", "last": "success", "never": "skipped",
    }  # fmt: skip
    assert repo.said(run, "after-soft") == ["success"]
    assert repo.said(run, "last") == ["skipped"]
    assert repo.said(run, "after-good") == ["{result:success,outputs:{v:7}}"]


def test_a_matrix(repo: Repo) -> None:
    run = repo.workflow("""
        on: push
        jobs:
          list: {runs-on: ubuntu-latest, outputs: {all: '["x", "y"]'}, steps: [{run: 'true'}]}
          each:
            needs: list
            runs-on: ${{ matrix.os }}
            strategy:
              fail-fast: false
              max-parallel: 1
              matrix:
                os: [ubuntu-24.04]
                v: ${{ fromJSON(needs.list.outputs.all) }}
                include: [{v: z, os: ubuntu-latest, extra: true}]
            steps:
              - run: echo ">${{ matrix.v }}${{ matrix.extra }}${{ strategy.job-index }}"
              - run: test "${{ matrix.v }}" != y
          named:
            name: Number ${{ matrix.n }}
            runs-on: ubuntu-latest
            strategy: {matrix: {n: [1]}}
            steps: [{run: 'true'}]
          empty:
            runs-on: ubuntu-latest
            strategy: {matrix: {n: "${{ fromJSON('[]') }}"}}
            steps: [{run: 'true'}]
    """)
    assert repo.conclusions(run) == {
        "list": "success", "each (ubuntu-24.04, x)": "success", "Number 1": "success",
        "each (ubuntu-24.04, y)": "failure", "each (z, ubuntu-latest, true)": "success",
        "empty": "failure",
    }  # fmt: skip
    assert sorted(repo.said(run)) == ["x0", "y1", "ztrue2"]
    assert "matrix.n is a list of at least one value" in repo.log(run, "empty")


def test_a_called_workflow(repo: Repo) -> None:
    repo.box.set_secret(repo.name, "KEY", "hidden")
    repo.write(".github/workflows/called.yml", """
        on:
          workflow_call:
            inputs: {who: {type: string, required: true}, loud: {type: boolean, default: true}}
            secrets: {TOKEN: {required: true}}
            outputs: {said: {value: "${{ jobs.inner.outputs.said }}"}}
        jobs:
          inner:
            runs-on: ubuntu-latest
            outputs: {said: "${{ steps.s.outputs.said }}"}
            steps:
              - id: s
                run: |
                  echo "said=hi ${{ inputs.who }}" >> "$GITHUB_OUTPUT"
                  echo ">${{ inputs.loud }} ${{ secrets.TOKEN }} [${{ secrets.KEY }}]"
    """)  # fmt: skip
    run = repo.workflow("""
        on: push
        jobs:
          call:
            uses: ./.github/workflows/called.yml
            with: {who: "${{ github.actor }}"}
            secrets: {TOKEN: "${{ secrets.KEY }}"}
          after:
            needs: call
            runs-on: ubuntu-latest
            steps: [{run: 'echo ">${{ needs.call.outputs.said }} ${{ needs.call.result }}"'}]
          wrong-input: {uses: ./.github/workflows/called.yml, with: {whom: x}, secrets: inherit}
          no-secret: {uses: ./.github/workflows/called.yml, with: {who: x}}
          nothing: {uses: ./.github/workflows/none.yml}
          not-callable: {uses: ./.github/workflows/ci.yml}
          elsewhere: {uses: other/repo/.github/workflows/x.yml@main}
    """)
    assert repo.said(run) == ["true *** []", "hi ann success"]
    said = {name: repo.log(run, name) for name in repo.jobs(run)}
    assert repo.jobs(run)["call / inner"].conclusion == "success"
    assert "whom is not defined" in said["wrong-input"]
    assert "TOKEN is required" in said["no-secret"]
    assert "not found" in said["nothing"]
    assert "missing `on: workflow_call`" in said["not-callable"]
    assert "same commit only" in said["elsewhere"]


def test_a_composite_action(repo: Repo) -> None:
    repo.write(
        ".github/actions/greet/action.yml",
        """
        name: Greet
        inputs: {who: {default: "${{ github.actor }}"}, Loud: {required: true}}
        outputs: {words: {value: "${{ steps.w.outputs.words }}"}}
        runs:
          using: composite
          steps:
            - {id: w, shell: bash, run: 'echo "words=Hello ${{ inputs.who }}" >> "$GITHUB_OUTPUT"'}
            - shell: bash
              env: {LOUD: "${{ inputs.loud }}"}
              run: |
                echo ">$LOUD $OUTER $(basename "$GITHUB_ACTION_PATH") ${{ secrets.X }}" || true
              if: inputs.loud != 'secret'
            - {shell: bash, run: 'exit ${{ inputs.loud }}', if: inputs.loud == '3'}
            - {shell: bash, run: 'echo ">mourns"', if: failure()}
    """,
    )
    run = repo.steps("""
        - uses: actions/checkout@v4
        - {id: g, uses: ./.github/actions/greet, with: {loud: secret}, env: {OUTER: o}}
        - run: echo ">${{ steps.g.outputs.words }}"
        - {uses: ./.github/actions/greet, with: {loud: '3'}, continue-on-error: true}
        - {uses: ./.github/actions/nothing}
    """)
    assert repo.said(run) == ["Hello ann", "mourns"]
    log = repo.log(run)
    assert "Unrecognized named-value: 'secrets'" in log
    assert "Can't find 'action.yml'" in log
    assert repo.step_conclusions(run) == ["success", "success", "success", "success", "failure"]


def test_what_is_not_known_is_said(repo: Repo) -> None:
    run = repo.steps("""
        - {uses: docker/build-push-action@v6, continue-on-error: true}
        - {uses: actions/setup-python@v5, with: {python-version: '2.7'}, continue-on-error: true}
        - {uses: actions/setup-node@v4, with: {node-version: 7}, continue-on-error: true}
        - {run: 'echo "::set-output name=a::b"', continue-on-error: true}
        - {run: 'echo "GITHUB_SHA=x" >> "$GITHUB_ENV"', continue-on-error: true}
        - {run: 'echo broken >> "$GITHUB_OUTPUT"', continue-on-error: true}
        - {run: 'echo ${{ nothing.at.all }}', continue-on-error: true}
    """)
    assert run.conclusion == "success"
    log = repo.log(run)
    for words in (
        "does not know the action docker/build-push-action@v6", "Python 2.7 is not on this machine",
        "Node.js 7 is not on this machine", "`::set-output::` is disabled",
        "Can't set the variable 'GITHUB_SHA'", "Invalid format 'broken'",
        "Unrecognized named-value: 'nothing'",
    ):  # fmt: skip
        assert words in log


@pytest.mark.parametrize(
    ("text", "conclusion", "words"),
    [
        ("on: push\njobs: {a: {runs-on: x, stepz: []}}", "failure", "Unexpected value 'stepz'"),
        ("on: push\nconcurrency: '${{ nope.x }}'\njobs: {a: {runs-on: x, steps: [{run: y}]}}",
         "startup_failure", "Unrecognized named-value: 'nope'"),
        ("on: push\njobs: {a: {runs-on: windows-latest, steps: [{run: y}]}}", "failure",
         "No runner here has the labels windows-latest"),
        ("on: push\njobs: {a: {runs-on: linux, timeout-minutes: '${{ 0 }}', steps: [{run: y}]}}",
         "failure", "timeout-minutes is a number"),
    ],
    ids=["file", "start", "runner", "job"],
)  # fmt: skip
def test_what_can_not_begin(repo: Repo, text: str, conclusion: str, words: str) -> None:
    run = repo.workflow(text)
    assert (run.status, run.conclusion) == ("completed", conclusion)
    assert words in repo.log(run)


def test_interpreters_that_are_here(repo: Repo) -> None:
    run = repo.steps("""
        - {id: py, uses: actions/setup-python@v5, with: {python-version: 3.x, cache: pip}}
        - run: python -c "import sys, pytest; print('>' + sys.version.split()[0])"
        - run: echo ">${{ steps.py.outputs.python-version }}"
    """)
    first, second = repo.said(run)
    assert first == second


def test_artifacts_and_caches(repo: Repo) -> None:
    text = """
        on: push
        jobs:
          make:
            runs-on: ubuntu-latest
            steps:
              - id: c
                uses: actions/cache@v4
                with: {path: kept, key: "k-${{ hashFiles('none') }}", restore-keys: k}
              - run: echo ">hit=${{ steps.c.outputs.cache-hit }} $(cat kept/f || true)"
              - run: mkdir -p kept out/deep; echo old > kept/f; echo a > out/a; echo b > out/deep/b
              - {uses: actions/upload-artifact@v4, with: {name: all, path: out}}
              - {uses: actions/upload-artifact@v4, with: {name: all, path: out},
                 continue-on-error: true}
              - {uses: actions/upload-artifact@v4, with: {name: no, path: gone,
                 if-no-files-found: error}, continue-on-error: true}
          take:
            needs: make
            runs-on: ubuntu-latest
            steps:
              - {uses: actions/download-artifact@v4, with: {name: all, path: got}}
              - run: echo ">$(cd got && find . -type f | sort | tr '\\n' ' ')"
    """
    first = repo.workflow(text)
    assert repo.said(first) == ["hit= ", "./a ./deep/b "]
    assert {name: sorted(p.name for p in path.rglob("*") if p.is_file())
            for name, path in repo.box.artifacts(repo.name, first.id).items()} == {
        "all": ["a", "b"]
    }  # fmt: skip
    assert "already exists" in repo.log(first)
    repo.write("x", "y")
    assert repo.said(repo.last())[0] == "hit=true old"


def test_long_output_is_cut(repo: Repo) -> None:
    run = repo.steps("- run: head -c 5000000 /dev/zero | tr '\\0' y | fold -w 30000; echo; exit 3")
    assert run.conclusion == "failure"
    assert "The log is cut here" in repo.log(run)
    assert len(repo.log(run)) < 4_100_000


def test_time_is_up(repo: Repo) -> None:
    repo.box.actions.minute = 0.4
    try:
        run = repo.workflow("""
            on: push
            jobs:
              step: {runs-on: ubuntu-latest, steps: [{run: sleep 60, timeout-minutes: 1}]}
              job:
                runs-on: ubuntu-latest
                timeout-minutes: 1
                steps:
                  - run: sleep 60
                  - run: echo ">never"
                  - {if: always(), run: 'echo ">${{ job.status }}"'}
        """)
    finally:
        repo.box.actions.minute = 60.0
    assert repo.conclusions(run) == {"step": "failure", "job": "cancelled"}
    assert "The step has timed out" in repo.log(run, "step")
    assert repo.said(run, "job") == ["cancelled"]
