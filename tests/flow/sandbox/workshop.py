"""A running sandbox for many tests that run workflows; each of them has its own repository."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import jwt

from app.sandbox import JobRecord, Sandbox, WorkflowRun
from tests.contract.checker import GitHubContract
from tests.contract.fixtures import attach

MANIFEST = {
    "default_permissions": {
        "metadata": "read", "contents": "write", "issues": "write", "pull_requests": "write",
        "checks": "write", "actions": "write", "workflows": "write",
    },
    "default_events": ["push", "pull_request", "workflow_run", "check_suite", "check_run"],
}  # fmt: skip


@contextmanager
def open_workshop(folder: Path, contract: GitHubContract) -> Iterator[Workshop]:
    """ann may do everything, bob may look; every exchange is held against GitHub's contract."""
    sandbox = Sandbox(folder / "hub", manifest=MANIFEST)
    attach(contract, sandbox)
    with sandbox, httpx.Client(base_url=sandbox.api_url, timeout=20, trust_env=False) as http:
        for login in ("ann", "bob"):
            sandbox.add_person(login)
        yield Workshop(sandbox, http)
    contract.assert_clean()


@dataclass
class Repo:
    """A repository that ann owns. Texts of workflows are dedented."""

    box: Sandbox
    name: str

    def write(self, path: str, text: str, *, branch: str | None = None, by: str = "ann") -> str:
        said = textwrap.dedent(text)
        return self.box.write_file(self.name, path, said, by=by, branch=branch, message="Change")

    def workflow(self, text: str, *, name: str = "ci", branch: str | None = None) -> WorkflowRun:
        """Pushed, and run to its end."""
        self.write(f".github/workflows/{name}.yml", text, branch=branch)
        return self.last()

    def last(self) -> WorkflowRun:
        return self.box.wait_for_runs(self.name)[-1]

    def steps(self, text: str) -> WorkflowRun:
        """A workflow of one job `a`, given its steps."""
        job = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        return self.workflow(job + textwrap.indent(textwrap.dedent(text), "      "))

    def jobs(self, run: WorkflowRun) -> dict[str, JobRecord]:
        return {job.name: job for job in self.box.jobs(self.name, run.id)}

    def conclusions(self, run: WorkflowRun) -> dict[str, str | None]:
        return {job.name: job.conclusion for job in self.box.jobs(self.name, run.id)}

    def step_conclusions(self, run: WorkflowRun) -> list[str | None]:
        """Of the one job, without the steps that every job has."""
        steps = self.box.jobs(self.name, run.id)[0].steps
        return [step.conclusion for step in steps[1:-1]]

    def log(self, run: WorkflowRun, job: str | None = None) -> str:
        return self.box.run_log(self.name, run.id, job)

    def said(self, run: WorkflowRun, job: str | None = None) -> list[str]:
        """The log's lines that a command said: those with `>` before them."""
        return [line[1:] for line in self.log(run, job).splitlines() if line.startswith(">")]


@dataclass
class Workshop:
    box: Sandbox
    http: httpx.Client
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def repo(self, *, private: bool = True) -> Repo:
        name = f"r{next(self.numbers)}"
        self.box.create_repository(name, private=private)
        self.box.grant(name, "ann", "admin")
        self.box.grant(name, "bob", "read")
        return Repo(self.box, name)

    def login(self, repo: Repo, **permissions: str) -> None:
        """From now on the client uses a token of these permissions for this repository."""
        app = self.box.app
        now = int(self.box.limits.clock.time())
        claims = {"iss": str(app.id), "iat": now - 60, "exp": now + 540}
        bearer = jwt.encode(claims, app.private_key, "RS256")
        body = {"repositories": [repo.name], "permissions": permissions or None}
        answer = self.http.post(
            f"/app/installations/{app.installation_id}/access_tokens",
            json={key: value for key, value in body.items() if value},
            headers={"authorization": f"Bearer {bearer}"},
        )
        assert answer.status_code == 201, answer.text
        self.http.headers["authorization"] = f"token {answer.json()['token']}"
