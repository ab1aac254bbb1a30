"""What starts workflows and what does not, what is told of runs, and who ends them."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.sandbox import Refusal, Sandbox
from tests.contract.checker import GitHubContract
from tests.flow.sandbox.test_webhooks import Ear
from tests.flow.sandbox.workshop import MANIFEST, Repo, Workshop, open_workshop

ONE = """
name: ci
on: {on}
jobs:
  a: {{runs-on: ubuntu-latest, steps: [{{uses: actions/checkout@v4}}, {{run: {run}}}]}}
"""


def _one(on: str = "push", run: str = "'true'") -> str:
    return ONE.format(on=on, run=run)


@pytest.fixture
def workshop(tmp_path: Path, github_contract: GitHubContract) -> Iterator[Workshop]:
    with open_workshop(tmp_path, github_contract) as workshop:
        yield workshop


@pytest.fixture
def repo(workshop: Workshop) -> Repo:
    return workshop.repo()


@pytest.fixture
def ear(workshop: Workshop) -> Iterator[Ear]:
    ear = Ear()
    workshop.box.webhook_url = ear.url
    yield ear
    workshop.box.wait_idle()
    ear.server.shutdown()
    ear.server.server_close()
    ear.thread.join()


def _told(ear: Ear) -> list[str]:
    """But for what is told of the App's own suite of each new commit."""
    return [name for name in ear.names
            if not name.startswith("installation") and name != "check_suite.requested"]  # fmt: skip


def test_what_is_told_of_a_run(repo: Repo, ear: Ear) -> None:
    run = repo.workflow(_one(run="exit 1"))
    repo.box.wait_idle()
    assert _told(ear) == [
        "push", "workflow_run.requested", "check_run.created", "workflow_run.in_progress",
        "check_run.completed", "workflow_run.completed", "check_suite.completed",
    ]  # fmt: skip
    told = ear.payload("workflow_run.completed")["workflow_run"]
    assert (told["id"], told["conclusion"], told["head_sha"], told["run_attempt"]) == (
        run.id, "failure", run.head_sha, 1,
    )  # fmt: skip
    suite = ear.payload("check_suite.completed")["check_suite"]
    assert (suite["id"], suite["app"]["slug"], suite["conclusion"]) == (
        told["check_suite_id"], "github-actions", "failure",
    )  # fmt: skip
    check = ear.payload("check_run.completed")["check_run"]
    assert (check["app"]["id"], check["name"], check["check_suite"]["id"]) == (
        15368, "a", suite["id"],
    )  # fmt: skip


def test_an_app_is_told_of_its_own_suites_too(workshop: Workshop, repo: Repo, ear: Ear) -> None:
    sha = repo.write("a", "1")
    workshop.login(repo, checks="write")
    base = f"/repos/acme/{repo.name}"
    assert workshop.http.get(f"{base}/commits/{sha}/check-suites").json()["total_count"] == 0
    for name, conclusion in (("one", "success"), ("two", "failure"), ("one", "success")):
        body = {"name": name, "head_sha": sha, "conclusion": conclusion}
        assert workshop.http.post(f"{base}/check-runs", json=body).status_code == 201
    repo.box.wait_idle()
    requested = ear.payload("check_suite.requested")["check_suite"]
    assert (requested["head_sha"], requested["app"]["id"], requested["status"]) == (
        sha, repo.box.app.id, "queued",
    )  # fmt: skip
    assert _told(ear).count("check_suite.completed") == 3
    found = workshop.http.get(f"{base}/commits/{sha}/check-suites").json()["check_suites"]
    assert [(one["id"], one["conclusion"]) for one in found] == [(requested["id"], "failure")]
    checks = workshop.http.get(f"{base}/check-suites/{requested['id']}/check-runs").json()
    assert [one["name"] for one in checks["check_runs"]] == ["one", "two"]
    every = workshop.http.get(f"{base}/check-suites/{requested['id']}/check-runs?filter=all")
    assert every.json()["total_count"] == 3


def test_an_app_without_the_permission_hears_nothing(tmp_path: Path) -> None:
    manifest = {"default_permissions": {"contents": "write"}, "default_events": ["workflow_run"]}
    ear = Ear()
    with Sandbox(tmp_path / "hub", manifest=manifest, webhook_url=ear.url) as box:
        box.add_person("ann")
        box.create_repository("web")
        box.grant("web", "ann", "admin")
        assert Repo(box, "web").steps("- run: 'true'").conclusion == "success"
        box.wait_idle()
    ear.server.shutdown()
    ear.server.server_close()
    assert _told(ear) == []


def test_a_pull_request_is_run_as_merged(repo: Repo, ear: Ear) -> None:
    repo.write(".github/workflows/ci.yml", _one("pull_request", "cat a b; git log -1 --format=%P"))
    repo.write("a", "from head\n", branch="x")
    repo.write("b", "from main\n")
    pull = repo.box.open_pull_request(repo.name, by="ann", title="Mend", head="x")
    run = repo.last()
    assert (run.event, run.head_branch, run.head_sha) == ("pull_request", "x", pull.head_sha)
    assert (run.ref, run.display_title) == ("refs/pull/2/merge", "Mend") or pull.number != 2
    assert run.sha != pull.head_sha
    assert "from head\nfrom main" in repo.log(run)
    repo.box.wait_idle()
    told = ear.payload("workflow_run.completed")["workflow_run"]
    assert [one["number"] for one in told["pull_requests"]] == [pull.number]
    repo.write("a", "again\n", branch="x")
    repo.write("a", "and against\n")
    assert [one.event for one in repo.box.wait_for_runs(repo.name)] == ["pull_request"] * 2
    repo.write("a", "with conflict\n", branch="x")
    assert len(repo.box.wait_for_runs(repo.name)) == 2


@pytest.mark.parametrize(
    ("on", "runs"),
    [
        ("push", 3), ("{push: {branches: [main]}}", 2), ("{push: {branches: [x]}}", 1),
        ("{push: {paths: ['src/**']}}", 1), ("workflow_dispatch", 0),
    ],
)  # fmt: skip
def test_filters(repo: Repo, on: str, runs: int) -> None:
    repo.write(".github/workflows/ci.yml", _one(on))
    repo.write("src/a", "1", branch="x")
    repo.write("b", "1")
    assert len(repo.box.wait_for_runs(repo.name)) == runs


def test_who_starts_runs(workshop: Workshop, repo: Repo) -> None:
    """People and Apps do; deleting a branch, and commits that say so, do not."""
    repo.write(".github/workflows/ci.yml", _one())
    workshop.login(repo)
    path = f"/repos/acme/{repo.name}"
    repo.write("a", "1", branch="x")
    repo.box.write_file(repo.name, "b", "1", by="ann", message="Note [skip ci]")
    assert workshop.http.delete(f"{path}/git/refs/heads/x").status_code == 204
    repo.box.write_file(repo.name, "c", "1", by=repo.box.app.bot_login)
    actors = [run.actor for run in repo.box.wait_for_runs(repo.name)]
    assert actors == ["ann", "ann", "orc[bot]"]


def test_a_broken_file_is_told_as_a_run_that_failed(repo: Repo, ear: Ear) -> None:
    run = repo.workflow("on: push\njobs: {a: {}}")
    repo.box.wait_idle()
    assert (run.conclusion, run.name) == ("failure", ".github/workflows/ci.yml")
    assert _told(ear)[-3:] == [
        "workflow_run.requested", "workflow_run.completed", "check_suite.completed",
    ]  # fmt: skip
    assert repo.box.jobs(repo.name, run.id) == []


def test_dispatch(workshop: Workshop, repo: Repo) -> None:
    inputs = "{who: {required: true}, loud: {type: boolean}, n: {default: '2'}}"
    run = "echo '>${{ inputs.who }} ${{ inputs.loud == true }} ${{ github.event.inputs.n }}'"
    repo.write(".github/workflows/ci.yml",
               _one(f"{{workflow_dispatch: {{inputs: {inputs}}}}}", f'"{run}"'))  # fmt: skip
    workshop.login(repo)
    url = f"/repos/acme/{repo.name}/actions/workflows/ci.yml/dispatches"
    bodies: tuple[tuple[dict[str, Any], int], ...] = (
        ({"ref": "main"}, 422), ({"ref": "gone", "inputs": {"who": "x"}}, 422),
        ({"ref": "main", "inputs": {"who": "x", "y": "z"}}, 422), ({}, 422),
        ({"ref": "main", "inputs": {"who": "me", "loud": "true"}}, 204),
        ({"ref": "main", "inputs": {"who": "me"}, "return_run_details": True}, 200),
    )  # fmt: skip
    answers = [(workshop.http.post(url, json=body), status) for body, status in bodies]
    assert [answer.status_code for answer, _ in answers] == [status for _, status in answers]
    runs = repo.box.wait_for_runs(repo.name)
    assert [repo.said(one) for one in runs] == [["me true 2"], ["me false 2"]]
    assert answers[-1][0].json()["workflow_run_id"] == runs[-1].id
    repo.write(".github/workflows/other.yml", _one())
    other = f"/repos/acme/{repo.name}/actions/workflows/other.yml/dispatches"
    assert workshop.http.post(other, json={"ref": "main"}).status_code == 422
    none = f"/repos/acme/{repo.name}/actions/workflows/none.yml/dispatches"
    assert workshop.http.post(none, json={"ref": "main"}).status_code == 404


def test_logs_can_be_fetched_by_who_may(workshop: Workshop, repo: Repo) -> None:
    run = repo.workflow(_one(run="echo hello; exit 1"))
    workshop.login(repo, actions="read")
    base = f"/repos/acme/{repo.name}/actions"
    job = workshop.http.get(f"{base}/runs/{run.id}/jobs").json()["jobs"][0]
    assert [step["conclusion"] for step in job["steps"]] == [
        "success", "success", "failure", "success",
    ]  # fmt: skip
    answer = workshop.http.get(f"{base}/jobs/{job['id']}/logs")
    assert answer.status_code == 302
    place = answer.headers["location"]
    text = httpx.get(place, trust_env=False).text
    assert " hello\n" in text
    assert "##[error]Process completed with exit code 1." in text
    packed = workshop.http.get(f"{base}/runs/{run.id}/logs", follow_redirects=False)
    assert httpx.get(packed.headers["location"], trust_env=False).content[:2] == b"PK"
    repo.box.advance(61)
    assert httpx.get(place, trust_env=False).status_code == 403
    assert httpx.get(f"{repo.box.url}/_downloads/x", trust_env=False).status_code == 403
    assert workshop.http.post(f"{base}/runs/{run.id}/rerun").status_code == 403
    workshop.login(repo, checks="read")
    assert workshop.http.get(f"{base}/jobs/{job['id']}/logs").status_code == 403
    assert workshop.http.get(f"{base}/runs").status_code == 403
    sha = f"/repos/acme/{repo.name}/commits/main"
    suite = workshop.http.get(f"{sha}/check-suites").json()["check_suites"][0]
    assert (suite["conclusion"], suite["latest_check_runs_count"]) == ("failure", 1)
    checks = workshop.http.get(f"{sha}/check-runs?app_id=15368").json()["check_runs"]
    assert [one["app"]["slug"] for one in checks] == ["github-actions"]


def test_an_apps_check_is_not_taken_for_a_jobs(workshop: Workshop, repo: Repo) -> None:
    run = repo.workflow(_one())
    workshop.login(repo, checks="write")
    base = f"/repos/acme/{repo.name}"
    body = {"name": "a", "head_sha": run.head_sha, "conclusion": "failure"}
    ours = workshop.http.post(f"{base}/check-runs", json=body).json()
    theirs = repo.box.jobs(repo.name, run.id)[0].id
    assert ours["check_suite"]["id"] != run.suite_id
    latest = workshop.http.get(f"{base}/commits/main/check-runs").json()["check_runs"]
    assert {one["id"] for one in latest} == {ours["id"], theirs}
    mine = workshop.http.get(f"{base}/commits/main/check-runs?app_id={repo.box.app.id}").json()
    assert [one["id"] for one in mine["check_runs"]] == [ours["id"]]
    change = workshop.http.patch(f"{base}/check-runs/{theirs}", json={"conclusion": "failure"})
    assert change.status_code == 403


def test_failed_jobs_run_again(workshop: Workshop, repo: Repo, ear: Ear) -> None:
    repo.box.set_variable(repo.name, "CODE", "1")
    run = repo.workflow("""
        on: push
        jobs:
          good: {runs-on: ubuntu-latest, outputs: {v: "${{ steps.s.outputs.v }}"},
                 steps: [{id: s, run: 'echo v=7 >> "$GITHUB_OUTPUT"'}]}
          bad: {needs: good, runs-on: ubuntu-latest,
                steps: [{run: 'echo ">${{ needs.good.outputs.v }}"; exit ${{ vars.CODE }}'}]}
          after: {needs: bad, runs-on: ubuntu-latest, steps: [{run: 'true'}]}
    """)
    first = repo.jobs(run)
    repo.box.set_variable(repo.name, "CODE", "0")
    workshop.login(repo)
    base = f"/repos/acme/{repo.name}/actions/runs/{run.id}"
    assert workshop.http.post(f"{base}/rerun-failed-jobs").status_code == 201
    again = repo.last()
    assert (again.id, again.run_attempt, again.conclusion) == (run.id, 2, "success")
    assert repo.conclusions(again) == dict.fromkeys(("good", "bad", "after"), "success")
    assert repo.said(again) == ["7"]
    assert repo.jobs(again)["good"].started_at == first["good"].started_at
    assert workshop.http.get(f"{base}/attempts/1").json()["conclusion"] == "failure"
    every = workshop.http.get(f"{base}/jobs?filter=all").json()
    assert every["total_count"] == 6
    assert workshop.http.post(f"{base}/rerun-failed-jobs").status_code == 403
    assert workshop.http.post(f"{base}/rerun").status_code == 201
    assert repo.last().run_attempt == 3
    repo.box.wait_idle()
    assert _told(ear).count("workflow_run.requested") == 3
    assert _told(ear).count("workflow_run.completed") == 3


def _wait_for(pipe: Path) -> None:
    """Until a step has written into the named pipe."""
    descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        written = select.poll()
        written.register(descriptor, select.POLLIN)
        assert written.poll(20_000), "no step has written into the pipe"
    finally:
        os.close(descriptor)


def test_a_run_is_cancelled(workshop: Workshop, repo: Repo, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    repo.write(".github/workflows/ci.yml", f"""
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - {{run: echo > {tmp_path}/pipe; sleep 60}}
              - {{run: echo ">never"}}
              - {{if: cancelled(), run: echo ">tidied"}}
          b: {{needs: a, runs-on: ubuntu-latest, steps: [{{run: 'true'}}]}}
          c: {{needs: a, if: always(), runs-on: ubuntu-latest, steps: [{{run: 'echo ">c"'}}]}}
    """)  # fmt: skip
    _wait_for(tmp_path / "pipe")
    run = repo.box.runs(repo.name)[-1]
    assert run.status == "in_progress"
    workshop.login(repo)
    base = f"/repos/acme/{repo.name}/actions/runs/{run.id}"
    job = repo.box.jobs(repo.name, run.id)[0]
    assert workshop.http.get(f"{base}/logs").status_code == 404
    jobs = f"/repos/acme/{repo.name}/actions/jobs"
    assert workshop.http.get(f"{jobs}/{job.id}/logs").status_code == 404
    assert workshop.http.post(f"{base}/rerun").status_code == 403
    assert workshop.http.post(f"{base}/cancel").status_code == 202
    run = repo.last()
    assert run.conclusion == "cancelled"
    assert repo.conclusions(run) == {"a": "cancelled", "b": "skipped", "c": "success"}
    assert repo.said(run) == ["tidied", "c"]
    assert workshop.http.post(f"{base}/cancel").status_code == 409


@pytest.mark.parametrize("cancel", [True, False], ids=["cancel", "wait"])
def test_concurrency(repo: Repo, tmp_path: Path, cancel: bool) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "go")
    group = f"{{group: 'ci-${{{{ github.ref }}}}', cancel-in-progress: {str(cancel).lower()}}}"
    text = f"""
        on: push
        concurrency: {group}
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - if: github.run_number == 1
                run: echo > {tmp_path}/pipe; read < {tmp_path}/go
    """
    repo.write(".github/workflows/ci.yml", text)
    _wait_for(tmp_path / "pipe")
    repo.write("x", "1")
    repo.write("x", "2")
    go = os.open(tmp_path / "go", os.O_RDWR)  # waits for no reader
    if not cancel:
        os.write(go, b"go\n")
    done = [run.conclusion for run in repo.box.wait_for_runs(repo.name)]
    os.close(go)
    assert done == ["cancelled" if cancel else "success", "cancelled", "success"]


def test_jobs_wait_for_their_group(repo: Repo) -> None:
    run = repo.workflow("""
        on: push
        jobs:
          a: {runs-on: ubuntu-latest, concurrency: one, steps: [{run: 'true'}]}
          b: {runs-on: ubuntu-latest, concurrency: one, steps: [{run: 'true'}]}
    """)
    assert repo.conclusions(run) == {"a": "success", "b": "success"}


def test_nothing_is_left_when_the_sandbox_stops(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with Sandbox(tmp_path / "hub", manifest=MANIFEST) as box:
        box.add_person("ann")
        box.create_repository("web")
        box.grant("web", "ann", "admin")
        repo = Repo(box, "web")
        repo.write(".github/workflows/ci.yml", f"""
            on: push
            jobs:
              a:
                runs-on: ubuntu-latest
                steps:
                  - run: |
                      trap '' TERM
                      setsid sleep 77 & echo $! $$ > {tmp_path}/pids
                      echo > {tmp_path}/pipe; sleep 77
                  - {{if: always(), run: sleep 77}}
              b: {{runs-on: ubuntu-latest, needs: a, if: always(), steps: [{{run: sleep 77}}]}}
        """)  # fmt: skip
        _wait_for(tmp_path / "pipe")
    for pid in (tmp_path / "pids").read_text().split():
        status = Path(f"/proc/{pid}/status")  # of a zombie: whose parent has not looked yet
        assert not status.exists() or "State:\tZ" in status.read_text()
    assert list((tmp_path / "hub" / "actions" / "work").iterdir()) == []


def test_people_need_a_role(repo: Repo) -> None:
    run = repo.workflow(_one())
    for call in (
        lambda: repo.box.rerun(repo.name, run.id, by="bob"),
        lambda: repo.box.cancel_run(repo.name, run.id, by="bob"),
        lambda: repo.box.dispatch(repo.name, "ci.yml", by="bob"),
    ):
        with pytest.raises(Refusal, match="needs the role write"):
            call()
    with pytest.raises(Refusal, match="404"):
        repo.box.dispatch(repo.name, "none.yml", by="ann")
