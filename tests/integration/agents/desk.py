"""A repository, an executor and a fake model: what a real agent needs to work in a test."""

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from app.agents import make
from app.domain.run import (
    Access,
    AgentJob,
    AgentResult,
    AgentSession,
    RunExit,
    RunLimits,
    RunSpec,
)
from app.executors.process import ProcessExecutor
from app.sandbox.models import FakeModels, Tokens

LIMITS = RunLimits(wall_seconds=60, idle_seconds=60, output_bytes=1_000_000)
# Nobody listens there: what the programs try besides the model is refused at once.
_NO_PROXY = "http://127.0.0.1:9"
# Real ones wait out a bad minute; a test does not.
_IMPATIENT = {"CLAUDE_CODE_MAX_RETRIES": "1"}


def git(folder: Path, *args: str) -> str:
    return subprocess.run(
        ["git", *args], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def impatient(run: RunSpec) -> RunSpec:
    """Few retries, for errors that stay."""
    files = {
        name: content.replace(b"max_retries = 4", b"max_retries = 1").replace(
            b"max_retries = 5", b"max_retries = 1"
        )
        for name, content in run.files.items()
    }
    return replace(run, env={**run.env, **_IMPATIENT}, files=files)


@dataclass
class Desk:
    executor: ProcessExecutor
    origin: Path
    models: FakeModels

    async def work(
        self,
        agent: str,
        run_id: str,
        prompt: str,
        session: AgentSession | None = None,
        limits: RunLimits = LIMITS,
    ) -> tuple[RunExit, AgentResult]:
        """One run; its id is also the token it shows."""
        kind = make(agent, None)
        access = Access(self.models.url, _NO_PROXY, run_id)
        spec = impatient(kind.run(AgentJob(run_id, prompt, 1, access, session=session)))
        base = git(self.origin, "rev-parse", "HEAD").strip()
        home = session.home if session else None
        await self.executor.start(
            replace(spec, base=base, limits=limits, home=home), self._workspace
        )
        ended = await self.executor.wait(run_id)
        return ended, kind.read(ended)

    async def _workspace(self, workspace: Path) -> None:
        git(workspace, "clone", "-q", str(self.origin), ".")

    def take(self, ended: RunExit) -> None:
        """Put the work into the repository, as it is."""
        assert ended.work is not None
        git(self.origin, "fetch", "-q", str(ended.work), "HEAD")
        git(self.origin, "reset", "-q", "--hard", "FETCH_HEAD")

    def tests(self) -> tuple[int, str]:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(command, cwd=self.origin, check=False, capture_output=True, text=True)
        return done.returncode, done.stdout

    def sent(self, *runs: str) -> Tokens:
        """What the fake model sent to these runs in all."""
        return self.models.ledger.total(lambda entry: entry.key in runs)


def session_of(result: AgentResult, ended: RunExit, into: Path) -> AgentSession:
    """The session as the app keeps it: the files the run left of its home."""
    assert result.session is not None
    assert ended.out is not None
    home = ended.out / "home"
    assert any(path.is_file() for path in home.rglob("*"))
    home.rename(into)
    return AgentSession(result.session, into)
