"""A running sandbox with one repository, a person and an issue, every exchange contract-checked."""

from __future__ import annotations

import functools
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.sandbox import Sandbox
from tests.contract.checker import GitHubContract
from tests.contract.fixtures import attach, github_contract

__all__ = ["github_contract"]

MANIFEST = {
    "default_permissions": {
        "metadata": "read", "contents": "write", "issues": "write", "pull_requests": "write",
        "checks": "write", "administration": "write", "actions": "write",
    },
    "default_events": [
        "issues", "issue_comment", "pull_request", "push", "check_run", "repository",
        "pull_request_review", "pull_request_review_comment", "pull_request_review_thread",
        "sub_issues", "issue_dependencies", "workflow_run",
    ],
}  # fmt: skip


# For HTTP to this machine: loading the trust store would cost each test 20 ms.
NO_TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@functools.cache
def _key(pem: str) -> RSAPrivateKey:
    """Parsed once: that takes longer than a test's first request."""
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


@dataclass
class Hub:
    """The sandbox and the ways in that a client has."""

    sandbox: Sandbox
    http: httpx.Client
    folder: Path

    def jwt(self, **claims: Any) -> str:
        now = int(self.sandbox.limits.clock.time())
        base = {"iss": str(self.sandbox.app.id), "iat": now - 60, "exp": now + 540}
        return jwt.encode(base | claims, _key(self.sandbox.app.private_key), "RS256")

    def mint(self, **body: Any) -> httpx.Response:
        path = f"/app/installations/{self.sandbox.app.installation_id}/access_tokens"
        return self.http.post(path, json=body, headers={"authorization": f"Bearer {self.jwt()}"})

    def token(self, **body: Any) -> str:
        answer = self.mint(**body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def login(self, **body: Any) -> None:
        """From now on the client uses a new token."""
        self.http.headers["authorization"] = f"token {self.token(**body)}"

    def query(self, document: str, **variables: Any) -> dict[str, Any]:
        body = {"query": document, "variables": variables}
        answer = self.http.post(self.sandbox.graphql_url, json=body)
        assert answer.status_code == 200, answer.text
        parsed: dict[str, Any] = answer.json()
        return parsed

    def data(self, document: str, **variables: Any) -> dict[str, Any]:
        answer = self.query(document, **variables)
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"]
        return found

    def branch(self, name: str, path: str = "a.py", content: str = "x = 1\n") -> str:
        """A branch one commit ahead of main, pushed over HTTP; returns its sha."""
        work = self.folder / f"work-{name.replace('/', '-')}"
        self.git("clone", "-q", self.remote(), str(work))
        self.git("checkout", "-q", "-b", name, at=work)
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(content)
        self.git("add", ".", at=work)
        self.git("commit", "-q", "-m", f"Change {path}", at=work)
        self.git("push", "-q", "origin", name, at=work)
        return self.git("rev-parse", "HEAD", at=work).stdout.strip()

    def remote(self, token: str | None = None, repo: str = "web") -> str:
        secret = token or self.http.headers["authorization"].split()[1]
        return self.sandbox.url.replace("://", f"://x-access-token:{secret}@") + f"/acme/{repo}.git"

    def git(
        self, *args: str, at: Path | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        who = ["-c", "user.name=ann", "-c", "user.email=ann@example.com", "-c",
               "push.default=current"]  # fmt: skip
        return subprocess.run(
            ["git", *who, *args], cwd=at or self.folder, capture_output=True, text=True,
            check=check, env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_TERMINAL_PROMPT": "0",
                              "HOME": str(self.folder)},
        )  # fmt: skip


@contextmanager
def open_hub(folder: Path, contract: GitHubContract, manifest: Mapping[str, Any]) -> Iterator[Hub]:
    """acme/web is private; ann administers it, bob may see it, eve is nobody; issue 1 is open."""
    sandbox = Sandbox(folder / "hub", manifest=manifest)
    attach(contract, sandbox)
    http = httpx.Client(base_url=sandbox.api_url, timeout=20, trust_env=False, verify=NO_TRUST)
    with sandbox, http:
        for login in ("ann", "bob", "eve"):
            sandbox.add_person(login)
        sandbox.create_repository("web")
        sandbox.grant("web", "ann", "admin")
        sandbox.grant("web", "bob", "read")
        sandbox.open_issue("web", by="ann", title="Say hello", body="Please.", labels=["bug"])
        hub = Hub(sandbox, http, folder)
        hub.login()
        yield hub
    contract.assert_clean()


@pytest.fixture
def hub(tmp_path: Path, github_contract: GitHubContract) -> Iterator[Hub]:
    with open_hub(tmp_path, github_contract, MANIFEST) as opened:
        yield opened
