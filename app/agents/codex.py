"""OpenAI's Codex, headless: its command line and configuration, and what its JSON lines mean."""

import json
from dataclasses import replace

from app.agents.judge import Heard, judge
from app.agents.reading import Event, clean, count, events, names, part, session_id, words
from app.agents.surroundings import access_of, environment, files
from app.domain.run import Access, AgentJob, AgentResult, RunExit, RunSpec, Usage

_SCRIPT = """\
mkdir -p "$HOME/.codex" && cp "$ORC_JOB/config.toml" "$HOME/.codex/config.toml" || exit 1
exec codex exec "$@" - <"$ORC_JOB/prompt.md"
"""
# The container is the sandbox; its own would need rights that the container does not have.
_CONFIG = """\
model_provider = "orc"
approval_policy = "never"
sandbox_mode = "danger-full-access"
web_search = "disabled"
check_for_update_on_startup = false
allow_login_shell = false

[model_providers.orc]
name = "orc"
base_url = {base_url}
env_key = "ORC_TOKEN"
wire_api = "responses"
request_max_retries = 4
stream_max_retries = 5

[shell_environment_policy]
inherit = "all"
ignore_default_excludes = true

[features]
apps = false
goals = false
hooks = false
memories = false
plugins = false
unbounded_connection_retries = false

[agents]
enabled = false

[analytics]
enabled = false

[history]
persistence = "none"
"""


class CodexAgent:
    """npm `@openai/codex`; seen with 0.169.0."""

    name = "codex"
    capabilities = frozenset({"git", "python", "orchestrator", "codex"})
    reaches_out = True
    metered = True

    def run(self, job: AgentJob) -> RunSpec:
        access = access_of(job)
        flags = ["--json", "--skip-git-repo-check", *(("-m", job.model) if job.model else ())]
        if job.session and session_id(job.session.id):
            flags = ["resume", *flags, job.session.id]
        return RunSpec(
            id=job.run_id,
            argv=("bash", "-c", _SCRIPT, "codex", *flags),
            env=environment(access, {}),
            files=files(job, {"config.toml": _config(access)}),
            capabilities=self.capabilities,
            gateway=True,
            keep_home=(".codex/sessions/**/*.jsonl",),
        )

    def read(self, ended: RunExit) -> AgentResult:
        return judge(ended, hear(ended.stdout))


def _config(access: Access) -> str:
    # a JSON string is a TOML string
    return _CONFIG.format(base_url=json.dumps(f"{access.url}/openai/v1"))


def hear(stdout: bytes) -> Heard:
    """`final` only where a turn was completed; its usage is that of the whole session."""
    heard, text, problem = Heard(), None, None
    for event in events(stdout):
        match event.get("type"):
            case "thread.started":
                heard = replace(heard, session=session_id(event.get("thread_id")))
            case "item.completed":
                item = part(event, "item")
                text = _message(item) or text
                heard = replace(heard, denials=names([*heard.denials, _declined(item)]))
            case "error":
                problem = words(event.get("message"))
            case "turn.completed":
                usage = _usage(part(event, "usage"))
                heard = replace(heard, final=text or "", usage=usage, failure=None)
            case "turn.failed":
                said = words(part(event, "error").get("message"))
                heard = replace(heard, failure=said or "Codex says that its turn failed.")
    unsaid = heard.final is None and heard.failure is None
    return replace(heard, failure=problem) if unsaid else heard


def _message(item: Event) -> str | None:
    return words(item.get("text")) if item.get("type") == "agent_message" else None


def _declined(item: Event) -> str | None:
    """What its approval policy refused."""
    if item.get("status") != "declined":
        return None
    return clean(item.get("command")) or clean(item.get("type"))


def _usage(said: Event) -> Usage:
    return Usage(
        input=count(said.get("input_tokens")),
        output=count(said.get("output_tokens")),
        cached=count(said.get("cached_input_tokens")),
    )
