"""Claude Code, headless: its command line, and what its stream of JSON lines means."""

from dataclasses import replace

from app.agents.judge import Heard, judge
from app.agents.reading import (
    Event,
    cost,
    count,
    events,
    listed,
    names,
    part,
    session_id,
    words,
)
from app.agents.surroundings import access_of, environment, files
from app.domain.run import AgentJob, AgentResult, RunExit, RunSpec, Usage

# Nothing that leaves the workspace, starts other agents or waits for a person.
_TOOLS = "Bash,Edit,Glob,Grep,Read,Write"
_TURNS = 200
_FLAGS = (
    *("-p", "--output-format", "stream-json", "--verbose"),  # lines are its signs of life
    *("--tools", _TOOLS, "--allowedTools", _TOOLS),
    *("--permission-mode", "dontAsk"),  # what is not allowed is denied, and nobody is asked
    *("--max-turns", str(_TURNS)),
    # The project's CLAUDE.md is read; what else it brings is not started.
    *("--setting-sources", "user,project", "--strict-mcp-config"),
    *("--settings", '{"disableAllHooks":true}'),
)
_QUIET = {
    # Its own notes are not kept from run to run, its git rules want branches and `gh`, and nothing
    # it starts outlives the run: that it is not told of them saves a fifth of each request.
    "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
    "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
    "CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS": "1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_MAX_RETRIES": "5",  # by default it tries ten times, also where that can't help
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "DISABLE_TELEMETRY": "1",
}
_CEILINGS = ("error_max_turns", "error_max_budget_usd")


class ClaudeAgent:
    """npm `@anthropic-ai/claude-code`; seen with 2.1.330."""

    name = "claude"
    capabilities = frozenset({"git", "python", "orchestrator", "claude"})
    reaches_out = True
    metered = True

    def run(self, job: AgentJob) -> RunSpec:
        access = access_of(job)
        flags = [*_FLAGS, *(("--model", job.model) if job.model else ())]
        if job.session and session_id(job.session.id):
            flags += ["--resume", job.session.id]
        key = {
            "ANTHROPIC_BASE_URL": f"{access.url}/anthropic",
            "ANTHROPIC_API_KEY": access.token,
        }
        return RunSpec(
            id=job.run_id,
            argv=("bash", "-c", 'exec claude "$@" <"$ORC_JOB/prompt.md"', "claude", *flags),
            env=environment(access, _QUIET | key),
            files=files(job),
            capabilities=self.capabilities,
            gateway=True,
            keep_home=(".claude/projects/*/*.jsonl",),
        )

    def read(self, ended: RunExit) -> AgentResult:
        return judge(ended, hear(ended.stdout))


def hear(stdout: bytes) -> Heard:
    """The last event of type `result` says it all; before it, only the session is known."""
    session, heard = None, Heard()
    for event in events(stdout):
        session = session_id(event.get("session_id")) or session
        if event.get("type") == "result":
            heard = _result(event)
    return replace(heard, session=session)


def _result(event: Event) -> Heard:
    denials = event.get("permission_denials")
    status = event.get("api_error_status")
    good = event.get("is_error") is False and event.get("subtype") == "success"
    return Heard(
        final=words(event.get("result")),
        usage=_usage(event),
        failure=None if good else _failure(event),
        status=status if isinstance(status, int) else None,
        ceiling=event.get("subtype") in _CEILINGS,
        denials=names([part(one).get("tool_name") for one in listed(denials)]),
    )


def _failure(event: Event) -> str:
    said = [words(event.get("result")), *map(words, listed(event.get("errors")))]
    return "\n".join(filter(None, said)) or f"Claude Code says: {words(event.get('subtype'))}"


def _usage(event: Event) -> Usage:
    """Here `input_tokens` are those that neither came from the cache nor went into it."""
    said = part(event, "usage")
    cached = count(said.get("cache_read_input_tokens"))
    written = count(said.get("cache_creation_input_tokens"))
    return Usage(
        input=count(said.get("input_tokens")) + written + cached,
        output=count(said.get("output_tokens")),
        cached=cached,
        cost_usd=cost(event.get("total_cost_usd")),
    )
