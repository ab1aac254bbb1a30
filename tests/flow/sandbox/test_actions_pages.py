"""Pages of runs: what they show, where they lead, and that texts on them are only words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.sandbox import WorkflowRun
from tests.contract.checker import GitHubContract
from tests.flow.sandbox.workshop import Repo, Workshop, open_workshop

ATTACK = "<img src=x onerror=alert(1)></main><script>alert(1)</script>"


@pytest.fixture(scope="module")
def workshop(
    tmp_path_factory: pytest.TempPathFactory, github_contract: GitHubContract
) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("pages"), github_contract) as workshop:
        yield workshop


@pytest.fixture(scope="module")
def repo(workshop: Workshop) -> Repo:
    return workshop.repo()


@pytest.fixture(scope="module")
def run(repo: Repo) -> WorkflowRun:
    """Red, with a job of each kind."""
    repo.box.set_secret(repo.name, "KEY", "s3cr3t")
    return repo.workflow(f"""
        name: ci {ATTACK}
        on: push
        jobs:
          a:
            name: First {ATTACK}
            runs-on: ubuntu-latest
            steps:
              - name: Say {ATTACK}
                run: |
                  echo '{ATTACK}' "${{{{ secrets.KEY }}}}"
                  echo '::error::Not so {ATTACK}'; printf '\\e[31mred\\e[0m\\n'
                  echo '{ATTACK} **bold**' >> "$GITHUB_STEP_SUMMARY"
              - run: seq 1000; exit 4
          b: {{needs: a, runs-on: ubuntu-latest, steps: [{{run: 'true'}}]}}
    """)


def _page(repo: Repo, path: str) -> httpx.Response:
    return httpx.get(f"{repo.box.url}/acme/{repo.name}{path}", trust_env=False)


@pytest.fixture(scope="module")
def text(repo: Repo, run: WorkflowRun) -> str:
    return _page(repo, f"/actions/runs/{run.id}").text


def test_the_list_leads_to_runs(repo: Repo, run: WorkflowRun) -> None:
    page = _page(repo, "/actions")
    assert f'href="/acme/{repo.name}/actions/runs/{run.id}"' in page.text
    assert "1 workflow run" in page.text
    assert 'data-tone="bad"' in page.text
    assert "push by ann" in page.text
    assert f'href="/acme/{repo.name}/actions"' in _page(repo, "").text


def test_an_empty_list_explains_itself(workshop: Workshop) -> None:
    assert "Nothing has run yet" in _page(workshop.repo(), "/actions").text


def test_jobs_steps_and_the_end_of_logs(text: str) -> None:
    for words in (
        "Process completed with exit code 4.", "604 lines before this one not shown",
        '<li value="1003">1000</li>', "It was skipped.", "<strong>bold</strong>",
        '<li class="group"', ">red</li>",
    ):  # fmt: skip
        assert words in text
    assert "<details" in text
    assert re.search(r'<details class="step" id="step-\d+-3" open>', text)
    assert "s3cr3t" not in text


def test_what_was_written_is_only_words(text: str, repo: Repo) -> None:
    for page in (text, _page(repo, "/actions").text):
        assert "<img" not in page
        assert page.count("<script") == 1
        assert page.count("</main>") == 1
        assert "alert(1)" in page


def test_a_job_is_a_part_of_its_run(repo: Repo, run: WorkflowRun) -> None:
    job = repo.box.jobs(repo.name, run.id)[0]
    wanted = f"/acme/{repo.name}/actions/runs/{run.id}#job-{job.id}"
    for path in (f"/actions/runs/{run.id}/job/{job.id}", f"/runs/{job.id}"):
        assert _page(repo, path).headers["location"] == wanted


@pytest.mark.parametrize("path", ["/actions/runs/1", "/actions/runs/x", "/actions/runs/RUN/job/1"])
def test_what_is_not_there(repo: Repo, run: WorkflowRun, path: str) -> None:
    assert _page(repo, path.replace("RUN", str(run.id))).status_code == 404


def test_why_a_run_could_not_start(workshop: Workshop) -> None:
    repo = workshop.repo()
    run = repo.workflow(f"on: push\njobs: {{'{ATTACK}': 1}}")
    page = _page(repo, f"/actions/runs/{run.id}").text
    assert "The run could not start." in page
    assert "is invalid" in page
    assert page.count("<script") == 1


def test_a_commit_shows_the_last_attempt(workshop: Workshop) -> None:
    repo = workshop.repo()
    repo.box.set_variable(repo.name, "CODE", "1")
    run = repo.steps("- run: exit ${{ vars.CODE }}")
    assert "1 of 1 check failed" in _page(repo, f"/commit/{run.head_sha}").text
    repo.box.set_variable(repo.name, "CODE", "0")
    repo.box.rerun(repo.name, run.id, by="ann")
    repo.last()
    assert "All checks passed" in _page(repo, f"/commit/{run.head_sha}").text
    assert "attempt 2" in _page(repo, f"/actions/runs/{run.id}").text


def test_no_secret_is_kept_where_pages_look(repo: Repo, run: WorkflowRun) -> None:
    assert "s3cr3t" not in repr(repo.box.state.view())
    for file in Path(repo.box.actions.folder).rglob("*.log"):
        assert "s3cr3t" not in file.read_text()
