"""What every agent with a model finds around it: who commits, the gateway, its prompt's file."""

from collections.abc import Mapping

from app.domain.run import Access, AgentJob

PROMPT = "prompt.md"
_COMMITTER = {
    "GIT_AUTHOR_NAME": "agent",
    "GIT_AUTHOR_EMAIL": "agent@localhost",
    "GIT_COMMITTER_NAME": "agent",
    "GIT_COMMITTER_EMAIL": "agent@localhost",
    "GIT_TERMINAL_PROMPT": "0",
}


def access_of(job: AgentJob) -> Access:
    """Raises ValueError: no agent with a model works without the gateway."""
    if job.access is None:
        raise ValueError(f"run {job.run_id} needs access to the gateway: admit it first")
    return job.access


def environment(access: Access, own: Mapping[str, str]) -> dict[str, str]:
    """The agent's own variables beside those all have."""
    return {**_COMMITTER, "PYTHONUTF8": "1", **access.env, **own}


def files(job: AgentJob, own: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """The prompt goes in as a file: a command line is short, and others can read it."""
    texts = {PROMPT: job.prompt, **(own or {})}
    return {name: text.encode(errors="replace") for name, text in texts.items()}
